import { MOST_MIB_A_DAY } from '../../../functions/uploads/daily-limit.ts';
import { announcement, ApiHouse, PDF } from '../../builders/api-house.ts';

/** The largest file that there may be. */
const LARGE = { ...announcement(PDF), size: 50_000_000 };
const MIB_OF_LARGE = Math.ceil(LARGE.size / 1024 ** 2);

let house: ApiHouse;
beforeEach(async () => {
  house = await ApiHouse.open();
});
afterEach(() => house.close());

function announce(token: string, body: object = LARGE, key?: string) {
  return house.send('POST', '/uploads', { token, body, ...(key !== undefined && { key }) });
}

/** As many large files as fit into a day. */
async function fill(token: string): Promise<void> {
  for (let left = MOST_MIB_A_DAY; left >= MIB_OF_LARGE; left -= MIB_OF_LARGE)
    expect((await announce(token)).status).toBe(201);
}

it('sends a person away who has announced as much as one may in a day, and says until when', async () => {
  const mai = await house.applicant('mai');
  await fill(mai);
  const refused = await announce(mai);
  expect(refused).toMatchObject({ status: 429, body: { type: 'urn:onetrack:problem:too-many-uploads' } });
  const midnight = Math.ceil(house.stage.now / 86_400_000) * 86_400_000;
  expect(Number(refused.headers.get('retry-after'))).toBe(Math.ceil((midnight - house.stage.now) / 1000));
  // What is small still fits, and others have room of their own.
  expect((await announce(mai, announcement(PDF))).status).toBe(201);
  expect((await announce(await house.applicant('lan'))).status).toBe(201);

  await house.stage.passUntil(midnight);
  expect((await announce(await house.applicant('mai'))).status).toBe(201);
});

it('counts one announcement once, however often it is made', async () => {
  const mai = await house.applicant('mai');
  const key = 'the-same-file-for-the-same-place';
  for (let times = 0; times * MIB_OF_LARGE <= MOST_MIB_A_DAY; times += 1)
    expect((await announce(mai, LARGE, key)).status).toBe(201);
  expect((await announce(mai)).status).toBe(201);
});

it('limits neither officials, who take in the paper of many, nor systems', async () => {
  const official = await house.official('thu-lam-reception', 'reception');
  await fill(official);
  expect((await announce(official)).status).toBe(201);
});
