import { judged, judgeAtBothWidths } from '../builders/console-browser.ts';
import { ConsoleHouse, type Fields, hidden, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

const PDF = new File(['%PDF-1.7\nstatement\n%%EOF\n'], 'statement.pdf', { type: 'application/pdf' });
const OWNER = { '/owner/name': 'Lê Văn Nam' };
const SHOWN = { 'evidence-shown:ownership': '1' };

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open([
    'test/workflows/fixtures/tree-survey.yaml',
    'test/workflows/fixtures/tree-felling.yaml',
  ]);
});
afterAll(() => house.close());

const send = (fields: Fields): Promise<Shown> =>
  house.post('/console/apply/tree-felling', MAI, { unit: 'thu-lam', email: '', ...OWNER, ...fields });
/** The page of the documents, as it was sent. */
const documents = (fields: Fields): Promise<Shown> => send({ page: '2', step: 'next', ...SHOWN, ...fields });
const uploads = (shown: Shown): string[] =>
  [...shown.text.matchAll(/name="uploaded"\s+value="([^"]*)"/g)].map(([, value]) => value ?? '');
const chosen = ({ text }: Shown): string[] =>
  [...text.matchAll(/<input[^>]*name="evidence:ownership"[^>]*>/g)]
    .filter(([input]) => input.includes('checked'))
    .map(([input]) => /value="([^"]*)"/.exec(input)?.[1] ?? '');

describe('a document instead of which other evidence counts', () => {
  it('is told of in the catalogue, in words', async () => {
    const { text } = await house.get('/console/procedures/tree-felling', MAI);
    expect(text).toContain('or instead: Statement of the neighbours');
  });

  it('asks what it is that is handed in, with nothing chosen beforehand', async () => {
    const shown = await send({ page: '0', step: 'go:2' });
    expect(shown.text).toContain('What do you hand in here (Title to the land)?');
    for (const label of ['Title to the land', 'Statement of the neighbours', 'Receipt of the land tax'])
      expect(shown.text).toContain(label);
    expect(chosen(shown)).toEqual([]);
  });

  it.each<[string, Fields]>([
    ['nothing', {}],
    ['what the procedure does not name', { 'evidence:ownership': 'sketch' }],
  ])('asks again where %s is said, and keeps the file', async (_, fields) => {
    const again = await documents({ 'file:ownership': PDF, ...fields });
    expect(again.status).toBe(422);
    expect(again.text).toContain('Say what you hand in');
    expect(again.text).toContain('We have: statement.pdf');
    expect(chosen(again)).toEqual([]);
    expect((await documents({ uploaded: uploads(again) })).status).toBe(422);
  });

  it('is asked for before it is handed in, also where its page was left without an answer and the draft gone on with', async () => {
    const again = await documents({ 'file:ownership': PDF });
    const left = await send({ page: '2', step: 'back', uploaded: uploads(again), once: hidden(again, 'once') });
    const [once, carried] = [hidden(left, 'once'), { uploaded: uploads(left) }];
    const resumed = await house.get(`/console/apply/tree-felling?draft=${once}`, MAI);
    expect(uploads(resumed)).toEqual([expect.stringMatching(/^ownership\/ u\S+ statement\.pdf$/)]);
    const refused = await send({ page: '4', step: 'submit', ...carried, once });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Say what you hand in');
    expect(chosen(refused)).toEqual([]);
  });

  it('travels from page to page, can be changed, and is handed in as it was said', async () => {
    const first = await documents({ 'file:ownership': PDF, 'evidence:ownership': 'tax-receipt' });
    expect(first.status).toBe(200);
    expect(uploads(first)).toEqual([expect.stringMatching(/^ownership\/tax-receipt u\S+ statement\.pdf$/)]);
    const back = await send({ page: '3', step: 'go:2', uploaded: uploads(first) });
    expect(chosen(back)).toEqual(['tax-receipt']);
    const itself = await documents({ 'evidence:ownership': 'itself', uploaded: uploads(first) });
    expect(uploads(itself)).toEqual([expect.stringMatching(/^ownership u/)]);
    const changed = await documents({ 'evidence:ownership': 'neighbours-statement', uploaded: uploads(itself) });
    const check = await send({ page: '3', step: 'next', uploaded: uploads(changed), once: hidden(changed, 'once') });
    expect(check.text).toContain('Statement of the neighbours (instead of: Title to the land)');
    const sent = await send({ page: '4', step: 'submit', uploaded: uploads(check), once: hidden(check, 'once') });
    expect(sent.status).toBe(303);
    const [, id = ''] = /\/mine\/(d[0-9a-z]+)/.exec(sent.headers.get('location') ?? '') ?? [];
    await house.api.stage.settle();
    const shown = await house.get(`/console/dossiers/${id}`, RECEPTION);
    expect(shown.text).toContain('Statement of the neighbours (instead of: Title to the land)');
  });
});

judged('other evidence in a browser', () => {
  it('is chosen without a fault for axe, at 360 and 1,280 pixels', async () => {
    const shown = await judgeAtBothWidths({ house, suite: 'evidence' }, MAI, async (person, url) => {
      await person.open(`${url}/console/apply/tree-felling?new=1`);
      await person.choose('unit', 'thu-lam');
      await person.press(person.button('next'));
      await person.page.locator('[name="/owner/name"]').fill('Lê Văn Nam');
      await person.press(person.button('next'));
      await person.look('other evidence');
      await person.page
        .locator('[name="file:ownership"]')
        .setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n%%EOF\n') });
      await person.press(person.button('next'));
      await person.look('other evidence, not said which');
    });
    expect(shown).toEqual({ looked: 4, faults: [] });
  }, 120_000);
});
