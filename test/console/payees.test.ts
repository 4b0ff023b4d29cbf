import { judged, judgeAtBothWidths } from '../builders/console-browser.ts';
import { ConsoleHouse, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/workflows/fixtures/shared-charge.yaml']);
});
afterAll(() => house.close());

async function accepted(copy: boolean): Promise<string> {
  const token = await house.api.applicant('mai');
  const form = { owner: { name: 'Trần Thị Mai' }, copy, pages: 5 };
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
  });
});

describe('a sum that is owed to another unit than the one that receives', () => {
  it('is told with that one', async () => {
    const id = await accepted(false);
    const own = plain(await house.get(`/console/mine/${id}`, MAI));
    expect(own).toMatch(/Owed to<\/dt>\s*<dd[^>]*>\s*[^<]*Đông Anh\s*</);
  });
});

judged('several payees in a browser', () => {
  it('are shown without a fault for axe, at 360 and 1,280 pixels', async () => {
    const id = await accepted(true);
    const shown = await judgeAtBothWidths(house, MAI, async (person, url) => {
      await person.open(`${url}/console/mine/${id}`);
      await person.look('several payees');
    });
    expect(shown).toEqual({ looked: 2, faults: [] });
  }, 120_000);
});
