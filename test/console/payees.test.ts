import { judged, judgeAtBothWidths } from '../builders/console-browser.ts';
import { ConsoleHouse, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/workflows/fixtures/shared-charge.yaml']);
});
afterAll(() => house.close());

async function accepted(copy: boolean, pages = 5): Promise<string> {
  const token = await house.api.applicant('mai');
  const form = { owner: { name: 'Trần Thị Mai' }, copy, pages };
  const body = { procedure: 'shared-charge', unit: 'thu-lam', form };
  const id = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
  await house.api.stage.settle();
  const reception = await house.api.official('thu-lam-reception', 'reception');
  await house.api.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.api.stage.settle();
  return id;
}

const plain = ({ text }: Shown): string => text.replaceAll('\u00a0', ' ');

describe('a sum that is owed to several units', () => {
  it('is told in one, with whose is how much of it, and no counter offers to take it', async () => {
    const id = await accepted(true);
    const own = plain(await house.get(`/console/mine/${id}`, MAI));
    for (const said of ['You owe ₫20,550', 'Thư Lâm: ₫20,050', 'Đông Anh: ₫500']) expect(own).toContain(said);
    const cash = plain(await house.get(`/console/dossiers/${id}/cash`, RECEPTION));
    expect(cash).toContain('It is owed to several units');
    expect(cash).not.toContain('name="voucher"');
    const dossier = plain(await house.get(`/console/dossiers/${id}`, RECEPTION));
    expect(dossier).toContain('It is owed to several units');
    expect(dossier).not.toContain(`/dossiers/${id}/cash`);
  });

  it('is to be paid in one, not at a counter', async () => {
    const own = plain(await house.get(`/console/mine/${await accepted(true)}`, MAI));
    expect(own).toContain('Pay all of it in one sum, not in parts and not in cash at a counter');
    expect(own).not.toContain('Pay in the way that');
  });
});

describe('a sum that is owed to another unit than the one that receives', () => {
  it('is told with that one', async () => {
    const id = await accepted(false);
    const own = plain(await house.get(`/console/mine/${id}`, MAI));
    expect(own).toMatch(/Owed to<\/dt>\s*<dd[^>]*>\s*[^<]*Đông Anh\s*</);
  });

  it('is not offered to be taken by the counter that receives, which is told whose it is', async () => {
    const id = await accepted(false);
    for (const page of [`/console/dossiers/${id}/cash`, `/console/dossiers/${id}`]) {
      const shown = plain(await house.get(page, RECEPTION));
      expect(shown).toMatch(/It is owed to [^:]*Đông Anh: this counter does not take it/);
      expect(shown).not.toContain('name="voucher"');
    }
    expect(plain(await house.get(`/console/dossiers/${id}`, RECEPTION))).not.toContain(`/dossiers/${id}/cash`);
  });

  it('is not said to be owed to another while it cannot be told', async () => {
    const id = await accepted(false);
    const { registry } = house.api.stage.machine.platform;
    const list = registry.list.bind(registry);
    // Providers are what a payment is read with, and no login.
    registry.list = (kind, page) => (kind === 'system' ? Promise.reject(new Error('away')) : list(kind, page));
    const shown = await house.get(`/console/mine/${id}`, MAI).finally(() => {
      registry.list = list;
    });
    const own = plain(shown);
    expect(own).toContain('You owe ₫500');
    expect(own).toMatch(/Owed to<\/dt>\s*<dd[^>]*>\s*It cannot be told now\s*</);
    expect(own).toContain('Do not pay yet; load this page again');
    expect(own).not.toMatch(/Pay in the way that|has no page to pay at/);
  });
});

describe('a sum that is owed to the unit that receives alone', () => {
  it('is taken at its counter', async () => {
    const id = await accepted(true, 0);
    expect(plain(await house.get(`/console/dossiers/${id}`, RECEPTION))).toContain(`/dossiers/${id}/cash`);
    expect((await house.get(`/console/dossiers/${id}/cash`, RECEPTION)).text).toContain('name="voucher"');
  });
});

judged('several payees in a browser', () => {
  it('are shown without a fault for axe, at 360 and 1,280 pixels', async () => {
    const id = await accepted(true);
    const shown = await judgeAtBothWidths({ house, suite: 'payees' }, MAI, async (person, url) => {
      await person.open(`${url}/console/mine/${id}`);
      await person.look('several payees');
    });
    expect(shown).toEqual({ looked: 2, faults: [] });
  }, 120_000);
});
