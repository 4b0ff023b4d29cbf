import { judged, judgeAtBothWidths } from '../builders/console-browser.ts';
import { ConsoleHouse, type Fields, hidden, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

const PDF = new File(['%PDF-1.7\nrequest\n%%EOF\n'], 'request.pdf', { type: 'application/pdf' });
const OWNER = { '/owner/name': 'Lê Văn Nam' };

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/workflows/fixtures/restricted-zone.yaml']);
});
afterAll(() => house.close());

const send = (fields: Fields): Promise<Shown> =>
  house.post('/console/apply/restricted-zone', MAI, { unit: 'thu-lam', email: '', ...OWNER, ...fields });
const said = (number: string, keptBy: string, day = ''): Fields => ({
  'reference:plan.number': number,
  'reference:plan.keptBy': keptBy,
  'reference:plan.day': day,
  'reference:plan.month': day && '10',
  'reference:plan.year': day && '2026',
});
/** The page of the documents, as it was sent. */
const documents = (fields: Fields): Promise<Shown> => send({ page: '2', step: 'next', 'file:request': PDF, ...fields });

describe('a classified document of an application', () => {
  it('is asked for by number and keeper, not as a file', async () => {
    const { text } = await send({ page: '0', step: 'go:2' });
    expect(text).toContain('This document is classified and is not sent.');
    expect(text).toContain('name="file:request"');
    expect(text).not.toContain('name="file:plan"');
    expect(text).not.toContain('name="paper:plan"');
  });

  it.each<[string, Fields, string]>([
    ['nothing', said('', ''), 'document-plan'],
    ['no number', said('', 'Ban'), 'Enter the number of the document'],
    ['no keeper', said('07/TMT', ''), 'Enter who keeps the document'],
    ['a day that is none', said('07/TMT', 'Ban', '32'), 'Enter a real day'],
  ])('is asked for again where %s is said', async (_, fields, text) => {
    const again = await documents(fields);
    expect(again.status).toBe(422);
    expect(again.text).toContain(text);
    // What was typed is typed once.
    for (const typed of Object.values(fields))
      expect(again.text).toContain(`value="${typeof typed === 'string' ? typed : ''}"`);
  });

  it('travels from page to page, can be changed, and is handed in as it was said', async () => {
    const first = await documents(said('06/TMT', 'Ban', '1'));
    expect(first.status).toBe(200);
    const uploads = (shown: Shown): string[] =>
      [...shown.text.matchAll(/name="uploaded"\s+value="([^"]*)"/g)].map(([, value]) => value ?? '');
    const changed = await documents({ ...said('07/TMT', 'Ban CHQS', '1'), uploaded: uploads(first) });
    expect(uploads(changed).filter((each) => each.startsWith('plan '))).toHaveLength(1);
    expect(changed.text).toContain('07/TMT, 2026-10-01, Ban CHQS');
    const blank = await documents({ ...said('', ''), uploaded: uploads(changed) });
    expect([blank.status, uploads(blank).filter((each) => each.startsWith('plan '))]).toEqual([422, []]);
    const back = await send({ page: '3', step: 'go:2', uploaded: uploads(changed) });
    expect(back.text).toContain('value="07/TMT"');
    const sent = await send({ page: '4', step: 'submit', uploaded: uploads(changed), once: hidden(changed, 'once') });
    expect(sent.status).toBe(303);
    const [, id = ''] = /\/mine\/(d[0-9a-z]+)/.exec(sent.headers.get('location') ?? '') ?? [];
    await house.api.stage.settle();
    const shown = await house.get(`/console/dossiers/${id}`, RECEPTION);
    expect(shown.text).toContain('07/TMT, 2026-10-01, Ban CHQS');
    expect(shown.text).toContain('Classified: the dossier has this reference alone.');
  });
});

judged('a classified document in a browser', () => {
  it('is asked for without a fault for axe, at 360 and 1,280 pixels', async () => {
    const shown = await judgeAtBothWidths({ house, suite: 'classified' }, MAI, async (person, url) => {
      await person.open(`${url}/console/apply/restricted-zone?new=1`);
      await person.choose('unit', 'thu-lam');
      await person.press(person.button('next'));
      await person.page.locator('[name="/owner/name"]').fill('Lê Văn Nam');
      await person.press(person.button('next'));
      await person.look('a classified document');
      await person.page.locator('#document-plan-kept-by').fill('Ban CHQS');
      await person.press(person.button('next'));
      await person.look('a classified document, at fault');
    });
    expect(shown).toEqual({ looked: 4, faults: [] });
  }, 120_000);
});
