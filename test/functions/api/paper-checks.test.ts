import { MOST_MISSES } from '../../../functions/dossiers/limit-tries.ts';
import { type Answer, ApiHouse, MONDAY } from '../../builders/api-house.ts';

const HOUR_MS = 3_600_000;

let house: ApiHouse;
let ngoc: string;
let code: string;
let receipt: { number: string; sha256: string };

beforeEach(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  const id = await house.submitted(ngoc);
  const token = await house.official('thu-lam-reception', 'reception');
  await house.send('POST', `/tasks/${id}.receive.1/decision`, { token, body: { outcome: 'accepted' } });
  await house.stage.settle();
  code = String((await house.send('GET', `/dossiers/${id}`, { token: ngoc })).body['code']);
  const events = await house.stage.machine.platform.store.events(id);
  const dataOf = (wanted: string) => events.find(({ event }) => event.type === wanted)?.event.data;
  receipt = { number: String(dataOf('NumberTaken')?.['text']), sha256: String(dataOf('IssueSealed')?.['document']) };
});
afterEach(() => house.close());

const asked = (query: Record<string, string>, token?: string): Promise<Answer> =>
  house.send('GET', `/tracking/${encodeURIComponent(code)}?${String(new URLSearchParams(query))}`, { token });

/** Numbers that no paper has, one after another; the last answer. */
async function tried(times: number, token?: string): Promise<Answer> {
  let answer: Answer | undefined;
  for (let number = 1; number <= times; number += 1) answer = await asked({ number: `${number}00/NONE` }, token);
  return answer!;
}

it('takes so many numbers that no paper has, then says when to come again, and tells of right ones as little', async () => {
  expect(await tried(MOST_MISSES)).toMatchObject({ status: 200, body: { paper: { issued: false } } });
  const refused = await asked({ number: '77/NONE' });
  expect(refused).toMatchObject({ status: 429, body: { type: 'urn:onetrack:problem:too-many-tries' } });
  const seconds = Number(refused.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(HOUR_MS / 1000);
  expect((await asked({ number: receipt.number })).status).toBe(429);
  // How far it is, is told all the same.
  expect(await asked({})).toMatchObject({ status: 200, body: { code } });
});

it('counts no number that a paper has', async () => {
  for (let times = 0; times <= MOST_MISSES; times += 1)
    expect(await asked({ number: receipt.number })).toMatchObject({ status: 200, body: { paper: { issued: true } } });
  expect(await tried(MOST_MISSES)).toMatchObject({ status: 200, body: { paper: { issued: false } } });
});

it('lets nobody who is logged in wait for what others tried', async () => {
  await tried(MOST_MISSES);
  const clerk = await house.applicant('bank-clerk');
  expect(await asked({ number: receipt.number }, clerk)).toMatchObject({ body: { paper: { issued: true } } });
  await tried(MOST_MISSES, clerk);
  expect((await asked({ number: receipt.number }, clerk)).status).toBe(429);
  expect((await asked({ number: receipt.number }, ngoc)).status).toBe(200);
});

it('takes a token that does not hold for none', async () => {
  await tried(MOST_MISSES, 'nonsense');
  expect((await asked({ number: receipt.number })).status).toBe(429);
});

it('limits nobody who has the file: a digest is not found by trying', async () => {
  await tried(MOST_MISSES);
  for (const held of [{ sha256: receipt.sha256 }, receipt])
    expect(await asked(held)).toMatchObject({ status: 200, body: { paper: { issued: true } } });
  for (let times = 0; times <= MOST_MISSES; times += 1)
    expect(await asked({ sha256: 'a'.repeat(64) })).toMatchObject({ body: { paper: { issued: false } } });
});

it('takes tries anew in the next hour, and those of another dossier at any time', async () => {
  await tried(MOST_MISSES);
  const first = code;
  const { platform } = house.stage.machine;
  const { reference } = (await house.send('GET', `/dossiers/${await house.submitted(ngoc)}`, { token: ngoc })).body;
  code = String(reference);
  expect(await asked({ number: '1/NONE' })).toMatchObject({ status: 200, body: { paper: { issued: false } } });
  code = first;
  platform.clock = { ...platform.clock, now: () => MONDAY + 2 * HOUR_MS };
  expect(await asked({ number: receipt.number })).toMatchObject({ status: 200, body: { paper: { issued: true } } });
});

it('answers of many who try at once no more than of one after another', async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) => asked({ number: index === 29 ? receipt.number : `${index}00/NONE` })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(MOST_MISSES);
});
