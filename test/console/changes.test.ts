import type { SourceAnswer } from '../../domain/ports/connectors.ts';
import { ConsoleHouse, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

const FIRST = {
  applicant: { name: 'Trần Thị Mai', phone: '0901' },
  plot: { parcel: '17-204', holder: 'Trần Thị Mai', area: 120, since: '2020-05-01', uses: ['rau', 'hoa'] },
};
const SECOND = {
  applicant: { name: 'Trần Thị Mai <b>Hương</b>' },
  plot: { ...FIRST.plot, area: 125, since: '2020-05-02', uses: ['rau', 'hoa', 'cá'] },
};
const pdf = (words: string): Buffer => Buffer.from(`%PDF-1.7\n${words}\n%%EOF\n`);

let house: ConsoleHouse;
let mai: string;
let reception: string;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/console/compared.yaml']);
  const { platform } = house.api.stage.machine;
  const record = { holder: 'Trần Thị Mai', area: 125, since: '2019-01-31', colour: 'red' };
  const ask = async (): Promise<SourceAnswer> => ({
    kind: 'found',
    how: 'asked',
    level: 'authentic',
    at: house.api.stage.now,
    record,
  });
  platform.connectors = { ...platform.connectors, ask };
  mai = await house.api.applicant('mai');
  reception = await house.api.official('thu-lam-reception', 'reception');
});
afterAll(() => house.close());

async function begun(): Promise<string> {
  const { api } = house;
  const documents = [{ component: 'plan', upload: await api.upload(mai, pdf('first plan')) }];
  const body = { procedure: 'compared', unit: 'thu-lam', form: FIRST, documents };
  const made = await api.send('POST', '/dossiers', { token: mai, body });
  expect(made.status).toBe(201);
  await api.stage.settle();
  return String(made.body['id']);
}

/** Asked for another form and plan, and given. */
async function supplement(id: string, visit: number, form: object, words: string): Promise<void> {
  const { api } = house;
  const body = { outcome: 'incomplete', missing: ['plan', 'plot'], comment: 'Sai' };
  const asked = await api.send('POST', `/tasks/${id}.receive.${visit}/decision`, { token: reception, body });
  expect(asked.status).toBe(200);
  await api.stage.settle();
  const documents = [{ component: 'plan', upload: await api.upload(mai, pdf(words)) }];
  const given = await api.send('POST', `/dossiers/${id}/supplements`, { token: mai, body: { form, documents } });
  expect(given.status).toBe(200);
  await api.stage.settle();
}

async function completed(): Promise<string> {
  const id = await begun();
  await supplement(id, 1, SECOND, 'second plan');
  return id;
}

/** The cells of each row of a table, without what is for the eye. */
function rowsIn({ text }: Shown, caption: string): string[][] {
  const tables = text.split('<table').slice(1);
  const table = tables.find((each) => each.slice(0, 400).includes(caption)) ?? '';
  const [body = ''] = /<tbody[\s\S]*?<\/tbody>/.exec(table) ?? [];
  return [...body.matchAll(/<tr[\s\S]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      cell
        .replaceAll(/<[^>]+>/g, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    ),
  );
}

it('tells beside the documents what was fetched from registers, before anybody asks for it', async () => {
  const id = await begun();
  const { text } = await house.get(`/console/tasks/${id}.receive.1`, RECEPTION);
  const documents = text.slice(text.indexOf('id="documents"'), text.indexOf('id="history"'));
  expect(documents).toContain('was fetched from its register');
  const vi = await house.get(`/console/tasks/${id}.receive.1`, RECEPTION, { cookie: '__Host-onetrack-language=vi' });
  expect(vi.text.slice(vi.text.indexOf('id="documents"'))).toContain('từ cơ sở dữ liệu');
});

describe('versions of a dossier by the API', () => {
  it('are every form and document, when, by whom and by which task', async () => {
    const id = await completed();
    for (const token of [mai, reception]) {
      const { status, body } = await house.api.send('GET', `/dossiers/${id}/versions`, { token });
      expect(status).toBe(200);
      const by = { kind: 'applicant' };
      expect(body['forms']).toMatchObject([
        { seq: 1, by, task: null, form: FIRST },
        { by, task: `${id}.complete.1`, form: SECOND },
      ]);
      const [plan] = body['documents'] as { component: string; versions: { size: number }[] }[];
      expect(plan).toMatchObject({
        component: 'plan',
        versions: [
          { task: null, size: pdf('first plan').length, how: 'scan' },
          { task: `${id}.complete.1`, size: pdf('second plan').length },
        ],
      });
    }
  });

  it('are nobody else’s', async () => {
    const id = await begun();
    const ask = async (token: string): Promise<number> =>
      (await house.api.send('GET', `/dossiers/${id}/versions`, { token })).status;
    expect(await ask(await house.api.applicant('ngoc'))).toBe(404);
    expect(await ask(await house.api.official('dong-anh-reception', 'reception', 'dong-anh'))).toBe(403);
    expect(await ask(await house.api.admin())).toBe(403);
  });
});

describe('what a supplement changed', () => {
  it('stands on the dossier and at its task, old and new, field by field, in words too', async () => {
    const id = await completed();
    for (const path of [`/console/dossiers/${id}`, `/console/tasks/${id}.receive.2`]) {
      const shown = await house.get(path, RECEPTION);
      expect(rowsIn(shown, 'What has changed')).toEqual([
        ['Applicant – Name', 'Before: Trần Thị Mai', 'Now: Trần Thị Mai &lt;b&gt;Hương&lt;/b&gt;'],
        ['Plot – Area', 'Before: 120', 'Now: 125'],
        ['Plot – Since', 'Before: Friday 1 May 2020', 'Now: Saturday 2 May 2020'],
        ['Plot – Uses – Item 3', 'no answer', 'Now: cá'],
        ['Applicant – Telephone', 'Before: 0901', 'no answer'],
      ]);
      expect(shown.text).toMatch(/<del class="ot-del">[\s\S]*?120<\/del>/);
      expect(shown.text).toMatch(/<ins class="ot-ins">[\s\S]*?125<\/ins>/);
      expect(shown.text).toContain('Handed in anew: Plan');
      expect(shown.text).toContain(`/console/dossiers/${id}/changes"`);
    }
  });

  it('is compared between any two versions, and what was never there is not found', async () => {
    const id = await completed();
    await supplement(id, 2, FIRST, 'third plan');
    const page = `/console/dossiers/${id}/changes`;
    const latest = await house.get(page, RECEPTION);
    expect(rowsIn(latest, 'What has changed')).toContainEqual(['Plot – Area', 'Before: 125', 'Now: 120']);
    const [, earlier] = new RegExp(`href="(${page}\\?[^"]+)"`).exec(latest.text)!;
    const before = await house.get(earlier!.replaceAll('&amp;', '&'), RECEPTION);
    expect(rowsIn(before, 'What has changed')).toContainEqual(['Plot – Area', 'Before: 120', 'Now: 125']);
    for (const wrong of ['?from=99', '?to=x', '?from=2&to=1'])
      expect([wrong, (await house.get(`${page}${wrong}`, RECEPTION)).status]).toEqual([wrong, 404]);
  });

  it('is shown of documents: each version with name, size, digest, when and by whom, the latest first', async () => {
    const id = await completed();
    const { body } = await house.api.send('GET', `/dossiers/${id}/versions`, { token: reception });
    const [plan] = body['documents'] as { versions: { sha256: string }[] }[];
    const shown = await house.get(`/console/dossiers/${id}/changes`, RECEPTION);
    const digests = [...shown.text.matchAll(/<code[^>]*>([0-9a-f]{64})<\/code>/g)].map(([, digest]) => digest);
    expect(digests).toEqual(plan!.versions.map(({ sha256 }) => sha256).toReversed());
    for (const digest of digests) expect(shown.text).toContain(`/console/dossiers/${id}/documents/${digest}"`);
    expect(shown.text).toContain('Version 1');
  });

  it('is not spoken of where nothing came twice, and another unit sees nothing', async () => {
    const id = await begun();
    const shown = await house.get(`/console/dossiers/${id}`, RECEPTION);
    expect(shown.text).not.toContain('What has changed');
    const page = await house.get(`/console/dossiers/${id}/changes`, RECEPTION);
    expect(page.text).toContain('The form was handed in once.');
    const elsewhere = { subject: 'dong-anh-reception', office: { unit: 'dong-anh', role: 'reception' } };
    expect((await house.get(`/console/dossiers/${id}/changes`, elsewhere)).status).toBe(403);
    expect((await house.get(`/console/dossiers/${id}/changes`, MAI)).status).toBe(403);
  });

  it('stands beside what the register says, by the same name, and says what differs', async () => {
    const id = await completed();
    const shown = await house.get(`/console/dossiers/${id}/changes`, RECEPTION);
    expect(rowsIn(shown, 'Beside the registers').toSorted()).toEqual([
      ['Plot – Area', '125', '125', 'the same'],
      ['Plot – Holder', 'Trần Thị Mai', 'Trần Thị Mai', 'the same'],
      ['Plot – Since', 'Thursday 31 January 2019', 'Saturday 2 May 2020', 'differs'],
      ['colour', 'red', 'no answer', 'not in the form'],
    ]);
  });
});
