import { setSender } from '../../../functions/api/sender.ts';
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
  expect(await tried(MOST_MISSES.ofDossier)).toMatchObject({ status: 200, body: { paper: { issued: false } } });
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
  for (let times = 0; times <= MOST_MISSES.ofDossier; times += 1)
    expect(await asked({ number: receipt.number })).toMatchObject({ status: 200, body: { paper: { issued: true } } });
  expect(await tried(MOST_MISSES.ofDossier)).toMatchObject({ status: 200, body: { paper: { issued: false } } });
});

it('lets nobody who is logged in wait for what others tried', async () => {
  await tried(MOST_MISSES.ofDossier);
  const clerk = await house.applicant('bank-clerk');
  expect(await asked({ number: receipt.number }, clerk)).toMatchObject({ body: { paper: { issued: true } } });
  await tried(MOST_MISSES.ofDossier, clerk);
  expect((await asked({ number: receipt.number }, clerk)).status).toBe(429);
  expect((await asked({ number: receipt.number }, ngoc)).status).toBe(200);
});

/** As from a network address; the status, and whether a paper has the number. */
async function from(address: string, number: string): Promise<[number, unknown]> {
  const request = new Request(`http://x/v1/tracking/${encodeURIComponent(code)}?number=${encodeURIComponent(number)}`);
  setSender(request, address);
  const answer = await house.app.request(request);
  const { paper } = (await answer.json()) as { paper?: { issued: boolean } };
  return [answer.status, paper?.issued];
}

it('lets nobody wait for what is tried from elsewhere', async () => {
  for (let times = 0; times < MOST_MISSES.ofDossier; times += 1) await from('203.0.113.7', `${times}00/NONE`);
  expect(await from('203.0.113.7', receipt.number)).toEqual([429, undefined]);
  expect(await from('203.0.113.8', receipt.number)).toEqual([200, true]);
});

it('takes all addresses of one IPv6 network for one asker, and those of the next for another', async () => {
  for (let times = 0; times < MOST_MISSES.ofDossier; times += 1)
    expect(await from(`2001:db8:0:7::${times}`, `${times}00/NONE`)).toEqual([200, false]);
  expect(await from('2001:db8:0:7:ffff::1', receipt.number)).toEqual([429, undefined]);
  expect(await from('2001:db8:0:8::1', receipt.number)).toEqual([200, true]);
});

it('ends what many networks try together, and then lets those go on who are logged in or have the file', async () => {
  const networks = MOST_MISSES.ofAll / MOST_MISSES.ofDossier;
  for (let network = 0; network < networks; network += 1)
    for (let times = 0; times < MOST_MISSES.ofDossier; times += 1)
      expect(await from(`198.51.100.${network}`, `${times}00/NONE`)).toEqual([200, false]);
  expect(await from('203.0.113.8', receipt.number)).toEqual([429, undefined]);
  expect((await asked({ number: receipt.number }, ngoc)).status).toBe(200);
  expect((await asked({ sha256: receipt.sha256 })).status).toBe(200);
});

it('ends what one asker tries over many dossiers', async () => {
  const { tries } = house.stage.machine.platform;
  const taken: string[] = [];
  house.stage.machine.platform.tries = {
    take: async (allowance, now) => {
      taken.push(allowance.of);
      return allowance.of.startsWith('papers:') ? false : tries.take(allowance, now);
    },
    giveBack: (allowance) => tries.giveBack(allowance),
  };
  // What was taken before it is given back: it is tried as often as one likes, and never counts.
  for (let times = 0; times <= MOST_MISSES.ofDossier; times += 1)
    expect(await from('203.0.113.7', receipt.number)).toEqual([429, undefined]);
  house.stage.machine.platform.tries = tries;
  expect(await from('203.0.113.7', '1/NONE')).toEqual([200, false]);
  expect(taken).toHaveLength(2 * (MOST_MISSES.ofDossier + 1));
});

it('keeps nothing that tells who asked, under another name each hour', async () => {
  const { platform, database } = house.stage.machine;
  const names = () =>
    database
      .prepare("SELECT name FROM tries WHERE name LIKE 'paper%'")
      .all()
      .map(({ name }) => String(name));
  await from('203.0.113.7', '1/NONE');
  await asked({ number: '1/NONE' }, ngoc);
  const before = names();
  expect(before).toHaveLength(5);
  expect(before.filter((name) => /203|ngoc/.test(name))).toEqual([]);
  platform.clock = { ...platform.clock, now: () => MONDAY + 2 * HOUR_MS };
  await from('203.0.113.7', '1/NONE');
  expect(names().filter((name) => before.includes(name) && !name.endsWith(':anyone'))).toEqual([]);
  expect(names()).toHaveLength(3);
});

it('takes a token that does not hold for none', async () => {
  await tried(MOST_MISSES.ofDossier, 'nonsense');
  expect((await asked({ number: receipt.number })).status).toBe(429);
});

it('limits nobody who has the file: a digest is not found by trying', async () => {
  await tried(MOST_MISSES.ofDossier);
  for (const held of [{ sha256: receipt.sha256 }, receipt])
    expect(await asked(held)).toMatchObject({ status: 200, body: { paper: { issued: true } } });
  for (let times = 0; times <= MOST_MISSES.ofDossier; times += 1)
    expect(await asked({ sha256: 'a'.repeat(64) })).toMatchObject({ body: { paper: { issued: false } } });
});

it('takes tries anew in the next hour, and those of another dossier at any time', async () => {
  await tried(MOST_MISSES.ofDossier);
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
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(MOST_MISSES.ofDossier);
});

it('finds a dossier by what somebody types from its paper: in small letters, with spaces, parted otherwise', async () => {
  const reference = await referenceOf();
  const small = code.toLowerCase();
  const typed = [
    small,
    ` ${code} `,
    reference.toLowerCase(),
    reference.replaceAll('-', ' '),
    reference.replaceAll('-', ''),
  ];
  for (const each of typed)
    expect(await house.send('GET', `/tracking/${encodeURIComponent(each)}`, {})).toMatchObject({ body: { code } });
  const listed = await house.send('GET', `/dossiers?code=${encodeURIComponent(small)}`, { token: ngoc });
  expect(listed.body['items']).toHaveLength(1);
  expect((await house.send('GET', `/tracking/${code.replace('-', '')}`, {})).status).toBe(404);
});

async function referenceOf(): Promise<string> {
  const { body } = await house.send('GET', `/dossiers?code=${encodeURIComponent(code)}`, { token: ngoc });
  return String((body['items'] as { reference: string }[])[0]?.reference);
}
