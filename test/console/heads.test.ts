import { appendSurely } from '../../functions/runtime/append.ts';
import { parkFor } from '../../functions/stages/park.ts';
import { ADMIN, ConsoleHouse, hidden, MAI, OFFICER, RECEPTION } from '../builders/console-house.ts';

const DAY = 86_400_000;
let house: ConsoleHouse;
beforeEach(async () => {
  house = await ConsoleHouse.open();
});
afterEach(() => house.close());

/** A dossier that waits for examination. */
async function received(): Promise<string> {
  const id = await house.api.submitted(await house.api.applicant());
  await house.api.accepted(id);
  return id;
}

async function stalled(): Promise<string> {
  const id = await received();
  await appendSurely(house.api.stage.machine.platform, id, ({ dossier }) =>
    parkFor(dossier, 'TaskTerminal', 'the register answered nothing that can be read'),
  );
  return id;
}

/** The cells of a table's rows, as words. */
function rowsOf(text: string, caption: string): string[][] {
  const [, table = ''] = text.split(new RegExp(`<caption[^>]*>\\s*${caption}\\s*</caption>`));
  const [body = ''] = (table.split('<tbody')[1] ?? '').split('</tbody>');
  return body
    .split('<tr')
    .slice(1)
    .map((row) =>
      [...row.matchAll(/<(td|th)[^>]*>([\s\S]*?)<\/\1>/g)].map(([, , cell = '']) =>
        cell
          .replaceAll(/<[^>]*>/g, ' ')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      ),
    );
}

describe('the page on the work of a unit', () => {
  it('tells by stage and by official what waits and is late, drawn and as a table', async () => {
    const first = await received();
    await house.api.submitted(await house.api.applicant());
    const token = await house.api.official('thu-lam-officer-1', 'case-officer');
    await house.api.send('POST', `/tasks/${first}.verify.1/claim`, { token, body: {} });
    await house.api.stage.passUntil(house.api.stage.now + 8 * DAY);
    const evening = { ...OFFICER, subject: 'thu-lam-officer-1' };
    const { status, text } = await house.get('/console/work', evening);
    expect(status).toBe(200);
    expect(rowsOf(text, 'By stage').map(([name, ...numbers]) => [name?.replace(/ Library.*/, ''), ...numbers])).toEqual(
      [
        [expect.stringContaining('Verif'), '1', '1', '0', '1', '8'],
        [expect.any(String), '1', '0', '0', '0', '8'],
      ],
    );
    expect(rowsOf(text, 'By official')).toContainEqual([expect.any(String), '1', '1', '0', '0', '0', '–']);
    expect(rowsOf(text, 'By official')).toContainEqual([expect.any(String), '0', '0', '0', '1', '0', '0']);
    expect(text).toContain('1 (four weeks before: 0)');
    expect(text).toMatch(/<svg\s+class="ot-chart"\s+role="img"\s+aria-labelledby="stages-title"/);
    expect(text).toContain('1, 1 late');
    expect(text).toContain('has closed no dossier with a result yet');
    expect(text).toContain('What does this page not tell?');
  });

  it('tells how many came in time, of what was closed', async () => {
    const token = await house.api.applicant();
    const id = await house.api.submitted(token);
    await house.api.stage.passUntil(house.api.stage.now + 2 * DAY);
    await house.api.send('POST', `/dossiers/${id}/withdrawal`, { token, body: {} });
    await house.api.stage.settle();
    const { text } = await house.get('/console/work', OFFICER);
    expect(text).toContain('Of the one closed dossier.');
    expect(text).toContain('1 of 1 (100%)');
    expect(rowsOf(text, 'By week')).toEqual([['Monday 16 November 2026', '1', '0', '2']]);
  });
});

describe('a stalled dossier', () => {
  it('is listed with its fault to its unit and to the administrator, and to nobody else', async () => {
    const id = await stalled();
    const elsewhere = { subject: 'dong-anh-officer-1', office: { unit: 'dong-anh', role: 'case-officer' } };
    for (const person of [OFFICER, ADMIN]) {
      const { text } = await house.get('/console/stalled', person);
      expect(text).toContain(`/console/stalled/${id}`);
      expect(text).toContain('TaskTerminal');
    }
    expect((await house.get('/console/work', OFFICER)).text).toContain('1 dossier stands still');
    expect((await house.get('/console/stalled', elsewhere)).text).not.toContain(id);
    expect((await house.get(`/console/stalled/${id}`, elsewhere)).status).toBe(403);
    expect((await house.get(`/console/stalled/${id}`, MAI)).status).toBe(403);
  });

  it('offers no helper to let it go on', async () => {
    const id = await stalled();
    const office = { unit: 'thu-lam', role: 'helper' };
    const appointments = [{ ...office, from: '2026-07-01', title: 'HỖ TRỢ' }];
    const helper = { id: 'thu-lam-helper', name: 'Hà', subject: 'thu-lam-helper', appointments };
    await house.api.stage.machine.platform.registry.put('official', helper.id, helper, 0);
    const page = await house.get(`/console/stalled/${id}`, { subject: helper.subject, office });
    expect(page.text).toContain('the register answered nothing');
    expect(page.text).not.toContain('/resume');
    expect((await house.get(`/console/stalled/${id}`, OFFICER)).text).toContain('/resume');
  });

  it('says why and since when, what will happen, and goes on once however often it is sent', async () => {
    const id = await stalled();
    const page = await house.get(`/console/stalled/${id}`, ADMIN);
    for (const part of ['the register answered nothing', 'Monday 16 November 2026', 'starts again at the stage'])
      expect(page.text).toContain(part);
    const once = { once: hidden(page, 'once') };
    for (const sent of [1, 2]) {
      const done = await house.post(`/console/stalled/${id}/resume`, ADMIN, once);
      expect([sent, done.status, done.headers.get('location')]).toEqual([sent, 303, `/console/stalled/${id}`]);
    }
    await house.api.stage.settle();
    expect((await house.get(`/console/stalled/${id}`, ADMIN)).text).toContain('does not stand still any more');
    const events = await house.api.stage.machine.platform.store.events(id);
    const resumed = events.filter(
      ({ event }) => event.type === 'RunRequested' && event.data['reason'] === 'resumption',
    );
    expect(resumed).toHaveLength(1);
    expect((await house.get('/console/stalled', OFFICER)).text).toContain('No dossier stands still');
  });

  it('is reached from the work of the unit and leads back there; to the administrator it is an item of the menu', async () => {
    const back = /class="govuk-back-link"/;
    const current = (text: string) => /href="([^"]+)"\s+aria-current="page"/.exec(text)?.[1];
    expect((await house.get('/console/work', OFFICER)).text).toContain('href="/console/stalled"');
    const { text } = await house.get('/console/stalled', OFFICER);
    expect(text).toMatch(/href="\/console\/work" class="govuk-back-link"/);
    expect(current(text)).toBe('/console/work');
    const id = await stalled();
    expect(current((await house.get(`/console/stalled/${id}`, OFFICER)).text)).toBe('/console/work');
    const admin = (await house.get('/console/stalled', ADMIN)).text;
    expect(admin).not.toMatch(back);
    expect(current(admin)).toBe('/console/stalled');
  });

  it('that somebody else let go on meanwhile is told so, and no second run begins', async () => {
    const id = await stalled();
    const page = await house.get(`/console/stalled/${id}`, OFFICER);
    await house.post(`/console/stalled/${id}/resume`, RECEPTION, { once: 'the-other-one' });
    const late = await house.post(`/console/stalled/${id}/resume`, OFFICER, { once: hidden(page, 'once') });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Nothing was recorded');
  });
});

describe('dossiers whose run was lost', () => {
  it('are looked at by the administrator alone, after a page that says what will happen', async () => {
    await received();
    expect((await house.get('/console/restart', OFFICER)).status).toBe(403);
    expect((await house.get('/console/restart', ADMIN)).text).toContain('Open dossiers are looked at');
    const found = await house.post('/console/restart', ADMIN);
    expect(found.status).toBe(200);
    expect(found.text).toContain('All open dossiers were looked at');
    expect(found.text).toMatch(/Running, left alone[\s\S]*?1\s*<\/dd>/);
  });
});
