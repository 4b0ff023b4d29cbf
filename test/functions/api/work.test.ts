import { MOST_COUNTED } from '../../../functions/tasks/count-work.ts';
import { workOfUnit } from '../../../functions/tasks/work-of-unit.ts';
import type { Work } from '../../../schemas/work.ts';
import { ApiHouse } from '../../builders/api-house.ts';

const DAY = 86_400_000;
type Decisions = Work['decisions'];
let house: ApiHouse;
let ngoc: string;
let reception: string;
let officer: string;

beforeEach(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
  officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
});
afterEach(() => house.close());

async function post(path: string, token: string, body: object): Promise<void> {
  const { status } = await house.send('POST', path, { token, body });
  expect(status).toBe(200);
  await house.stage.settle();
}

/** A dossier that waits for examination. */
async function received(): Promise<string> {
  const id = await house.submitted(ngoc);
  await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' });
  return id;
}

const work = (token: string, query = '') => house.send('GET', `/work${query}`, { token });

describe('the work of a unit', () => {
  it('is not told to whoever holds no appointment there', async () => {
    const elsewhere = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
    for (const query of ['?unit=thu-lam', '?unit=nowhere'])
      expect((await work(elsewhere, query)).body).toMatchObject({ type: 'urn:onetrack:problem:wrong-unit' });
    expect((await work(ngoc)).status).toBe(403);
  });

  it('is counted by stage: what is late leads, what is taken and how long it has waited stand beside', async () => {
    const first = await received();
    await received();
    await house.submitted(ngoc);
    await post(`/tasks/${first}.verify.1/claim`, officer, {});
    const before = (await work(officer)).body;
    expect(before).toMatchObject({
      unit: 'thu-lam',
      today: '2026-11-16',
      soonUntil: '2026-11-17',
      stagesComplete: true,
    });
    expect(before['stages']).toEqual([
      { procedure: 'library-card', stage: 'verify', open: 2, late: 0, soon: 0, taken: 1, waitedDays: 0 },
      { procedure: 'library-card', stage: 'receive', open: 1, late: 0, soon: 0, taken: 0, waitedDays: 0 },
    ]);
    await house.stage.passUntil(house.stage.now + 10 * DAY);
    expect((await work(reception, '?unit=thu-lam')).body['stages']).toEqual([
      { procedure: 'library-card', stage: 'verify', open: 2, late: 2, soon: 0, taken: 1, waitedDays: 10 },
      { procedure: 'library-card', stage: 'receive', open: 1, late: 0, soon: 0, taken: 0, waitedDays: 10 },
    ]);
  });

  it('tells what each official has decided, how long it took and in which weeks; a note is no decision', async () => {
    const { body } = await work(officer);
    expect(body['decisions']).toEqual({ officials: [], complete: true });
    await received();
    const second = await house.submitted(ngoc);
    await house.stage.passUntil(house.stage.now + 8 * DAY);
    await post(`/tasks/${second}.receive.1/decision`, reception, { outcome: 'accepted' });
    const { decisions } = (await work(officer)).body as { decisions: Decisions };
    expect(decisions.complete).toBe(true);
    expect(decisions.officials.map(({ official, decided, medianDays }) => [official, decided, medianDays])).toEqual([
      ['thu-lam-reception', 2, 4],
    ]);
    expect(decisions.officials[0]?.weeks.map(({ decided }) => decided)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(decisions.officials[0]?.weeks.at(-1)).toEqual({ from: '2026-11-23', decided: 1, medianDays: 8 });
    expect((await work(await house.official('dong-anh-reception', 'reception'))).body['decisions']).toMatchObject({
      officials: [],
    });
  });

  it('says nothing of weeks that it did not count whole', async () => {
    const platform = house.stage.machine.platform;
    const decided = new Date(house.stage.now - DAY).toISOString();
    const many = Array.from({ length: MOST_COUNTED + 1 }, (_, index) => ({
      official: `thu-lam-officer-${(index % 2) + 1}`,
      opened: decided,
      decided: index > 500 ? new Date(house.stage.now - 9 * DAY).toISOString() : decided,
    }));
    const store = {
      ...platform.store,
      glanceAtTasks: async () => [],
      byUnit: async () => ({ items: [] }),
      workDoneIn: async () => many,
    };
    const { catalogue } = house.stage.machine;
    const official = (await platform.registry.get('official', 'thu-lam-officer-1'))!.record;
    const appointment = { unit: 'thu-lam', role: 'case-officer' };
    const found = await workOfUnit({ store: store, clock: platform.clock }, catalogue, { official, appointment }, {});
    expect(found).toMatchObject({ ok: true, work: { decisions: { complete: false } } });
    const { officials } = (found as { work: { decisions: Decisions } }).work.decisions;
    expect(officials.map(({ decided: n }) => n)).toEqual([500, 500]);
    expect(officials[0]?.weeks.map(({ from }) => from)).toEqual(['2026-11-09', '2026-11-16']);
  });

  it('tells how long results took and whether they came in time, week by week', async () => {
    expect((await work(officer)).body['results']).toEqual({
      dossiers: 0,
      late: 0,
      medianDays: null,
      complete: true,
      weeks: [],
    });
    await stopped(1);
    await stopped(8);
    await house.stage.passUntil(house.stage.now + 14 * DAY);
    const { results } = (await work(officer)).body as { results: { weeks: { from: string; dossiers: number }[] } };
    expect(results).toMatchObject({ dossiers: 2, complete: true, late: 0 });
    expect(results.weeks.map(({ dossiers }) => dossiers)).toEqual(expect.arrayContaining([1, 0]));
    expect(results.weeks[0]).toMatchObject({ dossiers: 1, medianDays: 1 });
    expect(results.weeks[0]!.from).toBe('2026-11-16');
  });
});

/** A dossier that is withdrawn some days after it was submitted. */
async function stopped(afterDays: number): Promise<void> {
  const id = await house.submitted(ngoc);
  await house.stage.passUntil(house.stage.now + afterDays * DAY);
  await post(`/dossiers/${id}/withdrawal`, ngoc, {});
}
