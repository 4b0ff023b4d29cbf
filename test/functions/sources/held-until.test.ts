import type { Dossier } from '../../../domain/dossier/state.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import type { Connectors, SourceAnswer } from '../../../domain/ports/connectors.ts';
import { secretOf } from '../../../functions/runtime/dossier-cache.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let ngoc: string;
let officer: string;

beforeAll(async () => {
  house = await ApiHouse.open(['test/functions/sources/licence.yaml', 'test/functions/sources/stall.yaml']);
  ngoc = await house.applicant();
  officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
});
afterAll(() => house.close());

const platform = () => house.stage.machine.platform;

async function handIn(procedure: string, form: object, more: object = {}, token = ngoc): Promise<string> {
  const body = { procedure, unit: 'thu-lam', form: { applicant: { name: 'Ngọc' }, ...form }, ...more };
  const { status, body: answer } = await house.send('POST', '/dossiers', { token, body });
  expect({ status, answer }).toMatchObject({ status: 201 });
  return String(answer['id']);
}

async function decide(token: string, task: string, body: object): Promise<number> {
  const { status } = await house.send('POST', `/tasks/${task}/decision`, { token, body });
  await house.stage.settle();
  return status;
}

async function loaded(id: string) {
  const found = await platform().cache.load(id, platform().store, platform().masterKey);
  if (!found) throw new Error(`expected dossier ${id}`);
  return found;
}

const dossier = async (id: string): Promise<Dossier> => (await loaded(id)).dossier;

async function stall(form: object, token = ngoc): Promise<string> {
  const id = await handIn('stall', form, {}, token);
  await house.stage.settle();
  return id;
}

/** Lets one test answer for the registers. */
async function answering(ask: Connectors['ask'], work: () => Promise<void>): Promise<void> {
  const { connectors } = platform();
  platform().connectors = { ...connectors, ask };
  try {
    await work();
  } finally {
    platform().connectors = connectors;
  }
}

const found = (holder: string): SourceAnswer => ({
  kind: 'found',
  how: 'asked',
  level: 'authentic',
  at: house.stage.now,
  record: { holder },
});

describe('an answer that holds until', () => {
  const others: string[] = [];
  /** A stall at whose officer the answer is, and which comes back to him after this time; what each question was answered. */
  async function comesBack(after: number, ...answers: SourceAnswer[]): Promise<{ id: string; requests: string[] }> {
    const requests: string[] = [];
    const seen = new Set(others);
    let id = '';
    await answering(
      async ({ request }) => {
        requests.push(request);
        const answer = /place/.test(request) && answers[Number(request.split('.')[2]) - 1];
        return answer && !seen.has(request.split('.')[0] ?? '') ? answer : { kind: 'failed', why: 'down' };
      },
      async () => {
        id = await stall({ parcel: '17-204' });
        const demand = {
          outcome: 'incomplete',
          comment: 'bring it',
          missing: ['place'],
          insists: { place: 'disputed' },
        };
        expect(await decide(officer, `${id}.verify.1`, demand)).toBe(200);
        await house.stage.passUntil(house.stage.now + after);
        const { status } = await house.send('POST', `/dossiers/${id}/supplements`, {
          token: ngoc,
          body: { form: { applicant: { name: 'Ngọc' }, parcel: '17-204' } },
        });
        expect(status).toBeLessThan(300);
        await house.stage.settle();
      },
    );
    expect(await dossier(id)).toMatchObject({ stage: 'verify' });
    others.push(id);
    expect(replayEvents(await platform().store.events(id))).toMatchObject({ ok: true });
    // Questions of other dossiers are asked again meanwhile.
    return { id, requests: requests.filter((request) => request.startsWith(id)) };
  }
  const HOUR = 3_600_000;
  const until = (validUntil: string): SourceAnswer => ({ ...(found('Bình') as object), validUntil }) as SourceAnswer;
  const inAnHour = () => new Date(house.stage.now + HOUR).toISOString();

  it('an instant is asked for anew when that is over, before who relies on it decides', async () => {
    const { id, requests } = await comesBack(2 * HOUR, until(inAnHour()), found('Hà'));
    expect(requests).toEqual([`${id}.place.1`, `${id}.place.2`]);
    const { dossier: d, ...rest } = await loaded(id);
    expect(d.sources['place']).toMatchObject({ state: 'found', times: 2 });
    expect(secretOf({ dossier: d, ...rest }, d.sources['place']?.answer?.seq ?? 0)).toMatchObject({
      record: { holder: 'Hà' },
    });
  });

  it('is not asked for again while it holds, nor where the source has no newer one', async () => {
    expect((await comesBack(HOUR / 2, until(inAnHour()))).requests).toHaveLength(1);
    const end = inAnHour();
    expect((await comesBack(2 * HOUR, until(end), until(end))).requests).toHaveLength(2);
    expect((await comesBack(2 * HOUR, until('2020-01-01'))).requests).toHaveLength(1);
  });

  it('a day holds to its end', async () => {
    const today = new Date(house.stage.now + 7 * HOUR).toISOString().slice(0, 10);
    expect((await comesBack(HOUR, until(today))).requests).toHaveLength(1);
  });

  it('is none any more where it is over and the source is away', async () => {
    const { id } = await comesBack(2 * HOUR, until(inAnHour()));
    expect((await dossier(id)).sources['place']).toMatchObject({ state: 'unavailable', answer: null });
  });
});
