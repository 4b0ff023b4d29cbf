import { judged, judgeAtBothWidths } from '../builders/console-browser.ts';
import { ConsoleHouse, type Fields, hidden, OFFICER, type Person, type Shown } from '../builders/console-house.ts';

const ARCHIVIST: Person = { subject: 'thu-lam-archivist', office: { unit: 'thu-lam', role: 'archivist' } };
const CHAIR: Person = { subject: 'thu-lam-chair', office: { unit: 'thu-lam', role: 'chairperson' } };
const ABOVE: Person = { subject: 'coordinator', office: { unit: 'coordination', role: 'coordinator' } };
const ELSEWHERE: Person = { subject: 'dong-anh-chair', office: { unit: 'dong-anh', role: 'chairperson' } };

let house: ConsoleHouse;
const ids: string[] = [];
/** Dossiers that ended in 2026, in the year in which their time is over. */
beforeAll(async () => {
  house = await ConsoleHouse.open();
  const { api } = house;
  for (const subject of ['mai', 'ngoc', 'kehoa', 'lan']) {
    const token = await api.applicant(subject);
    const id = await api.submitted(token);
    await api.send('POST', `/dossiers/${id}/withdrawal`, { token, body: { reason: 'enough' } });
    ids.push(id);
  }
  await api.stage.settle();
  await api.stage.passUntil(Date.parse('2032-01-02T02:00:00.000Z'));
}, 60_000);
afterAll(() => house.close());

const page = (path: string, person: Person): Promise<Shown> => house.get(`/console${path}`, person);
const records = (fields: Fields, person = ARCHIVIST): Promise<Shown> => house.post('/console/records', person, fields);
const act = (list: string, name: string, person: Person, fields: Fields = {}): Promise<Shown> =>
  house.post(`${list}/${name}`, person, fields);
const DECIDED = { number: '12/QĐ-UBND', legalBasis: 'Luật Lưu trữ 33/2024/QH15', fate: 'destroyed', to: '' };

/** Proposed by the archivist, through the pages; the address of its page. */
async function proposed(...dossiers: string[]): Promise<string> {
  const check = await records({ step: 'check', dossiers, ...DECIDED });
  const confirmed = { step: 'confirm', dossiers, ...DECIDED, list: hidden(check, 'list') };
  const done = await records(confirmed);
  expect(done.status).toBe(303);
  const again = await records(confirmed);
  expect(again.headers.get('location')).toBe(done.headers.get('location'));
  return String(done.headers.get('location'));
}

describe('a disposal list, on pages', () => {
  it('is chosen from the records whose time is over, with its decision, after being told what happens', async () => {
    const [first, second] = ids as [string, string];
    const none = await records({ step: 'choose' });
    expect([none.status, none.text.includes('Choose at least one record')]).toEqual([422, true]);
    const form = await records({ step: 'choose', dossiers: [first, second] });
    expect([form.status, form.text.includes('2 records were chosen')]).toEqual([200, true]);
    const empty = await records({ step: 'check', dossiers: [first], number: '', legalBasis: '' });
    expect(empty.status).toBe(422);
    for (const text of ['Give the number', 'Say by which law', 'Choose what becomes'])
      expect(empty.text).toContain(text);
    const noArchive = await records({ step: 'check', dossiers: [first], ...DECIDED, fate: 'transferred' });
    expect([noArchive.status, noArchive.text.includes('Say which archive')]).toEqual([422, true]);
    const bothWays = await records({ step: 'check', dossiers: [first], ...DECIDED, to: 'An archive' });
    expect([bothWays.status, bothWays.text.includes('Leave this empty')]).toEqual([422, true]);
    const gone = await records({ step: 'check', dossiers: [first, `d${'0'.repeat(26)}`], ...DECIDED });
    expect([gone.status, gone.text.includes('not here any more')]).toEqual([422, true]);
    const check = await records({ step: 'check', dossiers: [first, second], ...DECIDED });
    expect(check.text).toContain('You cannot approve it yourself');
    expect((await page('/disposals', ARCHIVIST)).text).toContain('There is no list');
    expect((await records({ step: 'choose', dossiers: [first] }, OFFICER)).status).toBe(403);
  });

  it('is approved by two others, told each time what happens, and carried out; the page says what became of each', async () => {
    const [first, second] = ids as [string, string];
    const list = await proposed(first, second);
    const hold = { legalBasis: 'Quyết định 5', reason: 'In court' };
    const at = `/console/dossiers/${second}/hold`;
    const check = await house.post(at, CHAIR, { step: 'check', ...hold });
    await house.post(at, CHAIR, { step: 'confirm', ...hold, once: hidden(check, 'once') });
    const own = await house.get(list, ARCHIVIST);
    expect([own.text.includes('/approval'), own.text.includes('/withdrawal')]).toEqual([false, true]);
    expect((await act(list, 'approval', ARCHIVIST)).text).toContain('You proposed this list');
    expect((await house.get(list, OFFICER)).status).toBe(403);
    expect((await house.get(list, ELSEWHERE)).status).toBe(403);
    expect((await page('/disposals', ELSEWHERE)).text).not.toContain('12/QĐ-UBND');
    expect((await page('/disposals', ABOVE)).text).toContain('waits for two approvals');
    expect((await house.get(`${list}/approval`, ABOVE)).text).toContain('one more has to approve');
    expect((await act(list, 'approval', ABOVE)).headers.get('location')).toBe(list);
    expect((await house.get(list, ABOVE)).text).not.toContain(`${list}/approval`);
    expect((await house.get(`${list}/approval`, CHAIR)).text).toContain('carried out at once');
    expect((await act(list, 'approval', CHAIR)).status).toBe(303);
    await house.api.stage.settle();
    const after = await house.get(list, CHAIR);
    for (const text of ['approved', 'Destroyed on', 'Spared', 'A hold forbids it']) expect(after.text).toContain(text);
    expect([after.text.includes(`/dossiers/${first}`), after.text.includes(`/dossiers/${second}`)]).toEqual([
      false,
      true,
    ]);
    expect((await house.get(`${list}/withdrawal`, CHAIR)).headers.get('location')).toBe(list);
    const late = await act(list, 'refusal', CHAIR, { reason: 'too late' });
    expect([late.status, late.text.includes('Somebody has just decided')]).toEqual([409, true]);
    expect((await records({ step: 'check', dossiers: [second], ...DECIDED })).status).toBe(422);
  });

  it('is declined with a reason that who proposed it reads, or taken back', async () => {
    const [, , third] = ids as [string, string, string];
    const declined = await proposed(third);
    const silent = await act(declined, 'refusal', CHAIR, { reason: ' ' });
    expect([silent.status, silent.text.includes('Say why')]).toEqual([422, true]);
    expect((await act(declined, 'refusal', CHAIR, { reason: 'The audit is not over' })).status).toBe(303);
    const read = await house.get(declined, ARCHIVIST);
    for (const text of ['declined', 'The audit is not over', 'Is there']) expect(read.text).toContain(text);
    expect(read.text).not.toContain('/withdrawal');
    expect((await act(declined, 'approval', ABOVE)).status).toBe(409);
    const back = await proposed(third);
    expect((await act(back, 'withdrawal', ARCHIVIST)).status).toBe(303);
    expect((await house.get(back, CHAIR)).text).toContain('taken back');
    await house.api.stage.settle();
    expect((await page(`/dossiers/${third}`, CHAIR)).status).toBe(200);
  });

  it('tells which record may not go after all', async () => {
    const [, , , last] = ids as [string, string, string, string];
    const check = await records({ step: 'check', dossiers: [last], ...DECIDED });
    const hold = { legalBasis: 'Quyết định 6', reason: 'In court' };
    const at = `/console/dossiers/${last}/hold`;
    const asked = await house.post(at, CHAIR, { step: 'check', ...hold });
    await house.post(at, CHAIR, { step: 'confirm', ...hold, once: hidden(asked, 'once') });
    const confirm = { step: 'confirm', dossiers: [last], ...DECIDED, list: hidden(check, 'list') };
    const refused = await records(confirm);
    expect([refused.status, refused.text.includes('may not be disposed of now')]).toEqual([422, true]);
  });
});

judged('a disposal list in a browser', () => {
  it('is told without a fault for axe, at 360 and 1,280 pixels', async () => {
    const [, , third] = ids as [string, string, string];
    const list = await proposed(third);
    const shown = await judgeAtBothWidths({ house, suite: 'disposals' }, ABOVE, async (person, url) => {
      await person.open(`${url}/console/disposals`);
      await person.look('disposal lists');
      await person.follow(list);
      await person.look('a disposal list');
      await person.follow('/approval');
      await person.look('a disposal list, to be approved');
      await person.open(`${url}${list}/refusal`);
      await person.send();
      await person.look('a disposal list, declined without a reason');
    });
    expect(shown).toEqual({ looked: 8, faults: [] });
  }, 120_000);
});
