import { ApiHouse, MONDAY } from '../../builders/api-house.ts';

const HOUR = 3_600_000;

let house: ApiHouse;
let reception: string;
let clerk: string;
beforeAll(async () => {
  house = await ApiHouse.open();
  reception = await house.official('thu-lam-reception', 'reception');
  clerk = await house.official('thu-lam-clerk', 'clerk');
});
afterAll(() => house.close());

const url = 'https://agency.example/hook';

async function made(body: Record<string, unknown> = {}): Promise<{ path: string; body: Record<string, unknown> }> {
  const answer = await house.send('POST', '/subscriptions', { token: reception, body: { url, ...body } });
  expect(answer.status).toBe(201);
  return { path: `/subscriptions/${String(answer.body['id'])}`, body: answer.body };
}

describe('a subscription', () => {
  it.each([
    'https://10.0.0.8/hook',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/hook',
    'https://user:secret@agency.example/hook',
    'http://93.184.216.34/hook',
  ])('is refused at an address that is not called: %s', async (address) => {
    const answer = await house.send('POST', '/subscriptions', { token: reception, body: { url: address } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ at: '/url' }] } });
  });

  it('is refused for a type of event that there is not, and for another unit', async () => {
    const unheardOf = { url, types: ['TaskDecied'] };
    expect((await house.send('POST', '/subscriptions', { token: reception, body: unheardOf })).status).toBe(400);
    const foreign = { url, units: ['dong-anh'] };
    expect((await house.send('POST', '/subscriptions', { token: reception, body: foreign })).status).toBe(403);
  });

  it('is made once under its key, shown without secret, removed by its owner alone', async () => {
    const body = { url };
    const first = await house.send('POST', '/subscriptions', { token: reception, body, key: 'hook' });
    expect(first.status).toBe(201);
    expect(String(first.body['secret'])).toMatch(/^whsec_/);
    expect(first.body['by']).toEqual({ official: 'thu-lam-reception', unit: 'thu-lam', role: 'reception' });
    const again = await house.send('POST', '/subscriptions', { token: reception, body, key: 'hook' });
    expect(again.body).toEqual(first.body);
    const other = { url, signature: 'ed25519' };
    const mismatch = await house.send('POST', '/subscriptions', { token: reception, body: other, key: 'hook' });
    expect(mismatch.status).toBe(422);
    const listed = await house.send('GET', '/subscriptions', { token: reception });
    expect(JSON.stringify(listed.body)).not.toMatch(/whsec_|whsk_/);
    const path = `/subscriptions/${String(first.body['id'])}`;
    for (const [method, each] of [
      ['DELETE', path],
      ['GET', `${path}/attempts`],
      ['POST', `${path}/rotate`],
      ['POST', `${path}/redeliver`],
    ] as const) {
      const body = method === 'POST' ? {} : undefined;
      expect((await house.send(method, each, { token: clerk, body })).status).toBe(404);
    }
    const redelivered = await house.send('POST', `${path}/redeliver`, { token: reception, body: {} });
    expect(redelivered.body).toEqual({ redelivered: 0 });
    expect((await house.send('DELETE', path, { token: reception })).status).toBe(204);
  });

  it('by ed25519 hands out its public key and never the private one', async () => {
    const { path, body } = await made({ signature: 'ed25519' });
    expect(String(body['publicKey'])).toMatch(/^whpk_/);
    const rotated = await house.send('POST', `${path}/rotate`, { token: reception, body: {} });
    expect(rotated.body['publicKey']).not.toBe(body['publicKey']);
    expect(JSON.stringify([body, rotated.body])).not.toMatch(/whsk_|whsec_/);
  });
});

describe('a rotation of the secret', () => {
  it('is refused while two are valid, unless both are to end', async () => {
    const { path, body } = await made();
    const first = await house.send('POST', `${path}/rotate`, { token: reception, body: { overlapHours: 1 } });
    expect(first.status).toBe(200);
    expect(first.body['secret']).not.toBe(body['secret']);
    expect(first.body['previousUntil']).toBe(new Date(MONDAY + HOUR).toISOString());
    const second = await house.send('POST', `${path}/rotate`, { token: reception, body: {} });
    expect(second.status).toBe(409);
    const leaked = await house.send('POST', `${path}/rotate`, { token: reception, body: { overlapHours: 0 } });
    expect(leaked.status).toBe(200);
    expect(leaked.body['previousUntil']).toBeUndefined();
    expect(new Set([body['secret'], first.body['secret'], leaked.body['secret']]).size).toBe(3);
  });

  it('is made once under its key', async () => {
    const { path } = await made();
    const first = await house.send('POST', `${path}/rotate`, { token: reception, body: {}, key: 'rotation' });
    const again = await house.send('POST', `${path}/rotate`, { token: reception, body: {}, key: 'rotation' });
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
  });
});

describe('the log of a subscription', () => {
  it('shows what was tried, newest first, page by page', async () => {
    const { path, body } = await made({ url: 'http://127.0.0.1:9/nobody-listens' });
    const id = await house.submitted(await house.applicant());
    const first = await house.send('GET', `${path}/attempts?limit=1`, { token: reception });
    expect(first.body['items']).toMatchObject([
      { message: expect.stringMatching(`^${id}\\.1\\.[0-9a-f]{12}$`) as string, attempt: 1, failed: 'no-connection' },
    ]);
    expect(first.body['next']).toBeUndefined();
    await house.stage.passUntil(MONDAY + 1_000);
    const two = await house.send('GET', `${path}/attempts?limit=1`, { token: reception });
    expect(two.body['items']).toMatchObject([{ attempt: 2, at: new Date(MONDAY + 1_000).toISOString() }]);
    const after = encodeURIComponent(String(two.body['next']));
    const rest = await house.send('GET', `${path}/attempts?limit=1&after=${after}`, { token: reception });
    expect(rest.body['items']).toMatchObject([{ attempt: 1, took: expect.any(Number) }]);
    expect(JSON.stringify(rest.body)).not.toContain(String(body['secret']));
    const invented = await house.send('GET', `${path}/attempts?after=x`, { token: reception });
    expect(invented.status).toBe(400);
  });
});
