import { judged, judgeAtBothWidths } from '../builders/console-browser.ts';
import { ConsoleHouse, hidden, OFFICER, type Person, type Shown } from '../builders/console-house.ts';

const CHAIR: Person = { subject: 'thu-lam-chair', office: { unit: 'thu-lam', role: 'chairperson' } };
const ARCHIVIST: Person = { subject: 'thu-lam-archivist', office: { unit: 'thu-lam', role: 'archivist' } };
const LAW = 'Quyết định 12/QĐ-TA';

let house: ConsoleHouse;
let id: string;
/** A dossier that ended in 2026, in the year in which its time is over. */
beforeAll(async () => {
  house = await ConsoleHouse.open();
  const { api } = house;
  const token = await api.applicant('mai');
  id = await api.submitted(token);
  await api.send('POST', `/dossiers/${id}/withdrawal`, { token, body: { reason: 'enough' } });
  await api.stage.settle();
  await api.stage.passUntil(Date.parse('2032-01-02T02:00:00.000Z'));
}, 60_000);
afterAll(() => house.close());

const page = async (path: string, person: Person): Promise<string> => (await house.get(path, person)).text;
const order = (name: string, person: Person, fields: Record<string, string>): Promise<Shown> =>
  house.post(`/console/dossiers/${id}/${name}`, person, fields);

describe('records whose time is over, on pages', () => {
  it('are listed for who looks after them, with what becomes of them, and for nobody else', async () => {
    for (const person of [ARCHIVIST, CHAIR]) {
      expect(await page('/console/find', person)).toContain('href="/console/records"');
      const text = await page('/console/records', person);
      expect(text).toContain(`href="/console/dossiers/${id}"`);
      expect(text).toContain('is destroyed');
      expect(text).not.toContain('Held: not disposed of');
    }
    expect(await page('/console/find', OFFICER)).not.toContain('/console/records');
    expect((await house.get('/console/records', OFFICER)).status).toBe(403);
  });

  it('are held by the archivist: with a law and a reason, after being told what happens', async () => {
    expect(await page(`/console/dossiers/${id}`, ARCHIVIST)).toContain(`/console/dossiers/${id}/hold`);
    const empty = await order('hold', ARCHIVIST, { step: 'check', legalBasis: '', reason: '' });
    expect([empty.status, empty.text.includes('Say by which law')]).toEqual([422, true]);
    const check = await order('hold', ARCHIVIST, { step: 'check', legalBasis: LAW, reason: 'In court' });
    expect(check.text).toContain('No disposal touches this record');
    expect(await page('/console/records', CHAIR)).not.toContain('Held: not disposed of');
    const confirm = { step: 'confirm', legalBasis: LAW, reason: 'In court', once: hidden(check, 'once') };
    expect((await order('hold', ARCHIVIST, confirm)).text).toContain('The record is held');
    expect((await order('hold', ARCHIVIST, confirm)).status).toBe(200);
    expect(await page('/console/records', CHAIR)).toContain('Held: not disposed of');
    const events = await house.api.stage.machine.platform.store.events(id);
    expect(events.filter(({ event }) => event.type === 'HoldSet')).toHaveLength(1);
  });

  it('are let go by who heads the unit alone', async () => {
    expect(await page(`/console/dossiers/${id}`, ARCHIVIST)).not.toContain(`/console/dossiers/${id}/release`);
    expect(await page(`/console/dossiers/${id}/release`, CHAIR)).toContain(LAW);
    const [held] = (await house.api.stage.machine.platform.store.events(id)).flatMap(({ event }) =>
      event.type === 'HoldSet' ? [String(event.data['hold'])] : [],
    );
    const entered = { hold: held ?? '', legalBasis: LAW, reason: 'The case is over' };
    const refused = await order('release', ARCHIVIST, { step: 'confirm', ...entered, once: 'a'.repeat(20) });
    expect(refused.status).toBe(403);
    const check = await order('release', CHAIR, { step: 'check', ...entered });
    expect(check.text).toContain('can be disposed of again');
    const done = await order('release', CHAIR, { step: 'confirm', ...entered, once: hidden(check, 'once') });
    expect(done.text).toContain('The hold is lifted');
    const again = await order('release', CHAIR, { step: 'confirm', ...entered, once: 'b'.repeat(20) });
    expect([again.status, again.text.includes('lifted meanwhile')]).toEqual([422, true]);
    expect(await page('/console/records', CHAIR)).not.toContain('Held: not disposed of');
  });
});

judged('records in a browser', () => {
  it('are told without a fault for axe, at 360 and 1,280 pixels', async () => {
    const shown = await judgeAtBothWidths({ house, suite: 'records' }, CHAIR, async (person, url) => {
      await person.open(`${url}/console/records`);
      await person.look('records whose time is over');
    });
    expect(shown).toEqual({ looked: 2, faults: [] });
  }, 120_000);
});
