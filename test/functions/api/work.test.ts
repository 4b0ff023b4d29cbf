import { ApiHouse } from '../../builders/api-house.ts';

const DAY = 86_400_000;
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
