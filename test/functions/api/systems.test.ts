import { oidcAuthenticator } from '../../../functions/api/authentication.ts';
import { officeOf, readClaims } from '../../../functions/api/claims.ts';
import { createApp } from '../../../functions/api/app.ts';
import { announcement, ApiHouse, PDF } from '../../builders/api-house.ts';
import { AUDIENCE, OutsideIssuer } from '../../builders/outside-issuer.ts';

let house: ApiHouse;
let issuer: OutsideIssuer;
let app: ReturnType<typeof createApp>;
beforeAll(async () => {
  house = await ApiHouse.open();
  issuer = await OutsideIssuer.open({});
  const { platform, catalogue } = house.stage.machine;
  const jwks = new URL(`${issuer.url}/jwks`);
  const auth = oidcAuthenticator({ issuer: issuer.url, audience: AUDIENCE, jwks }, { now: () => Date.now() });
  app = createApp(platform, catalogue, auth, { log: () => undefined, description: async () => '{}' });
});
afterAll(async () => {
  await issuer.close();
  await house.close();
});

async function send(method: string, path: string, token: string, body?: unknown) {
  const response = await app.request(`/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}

describe('a system with a token of its own', () => {
  it('is refused where the registry does not know it, on routes that are not for systems, and without the scope of the route', async () => {
    expect((await send('GET', '/events', await issuer.token('stranger'))).status).toBe(403);
    const token = await issuer.token('ward-system');
    for (const path of ['/tasks', '/dossiers', '/units', '/dead-letters'])
      expect((await send('GET', path, token)).status).toBe(403);
    const narrow = await issuer.token('ward-system', 'subscriptions.manage');
    const refused = await send('GET', '/events', narrow);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
    expect(refused.headers.get('www-authenticate')).toContain('events.read');
    expect((await send('POST', '/uploads', narrow, announcement(PDF))).status).toBe(403);
    expect((await send('GET', '/subscriptions', narrow)).status).toBe(200);
  });

  it('reads the feed of its units alone', async () => {
    const ngoc = await house.applicant();
    const own = await house.submitted(ngoc);
    const body = { ...(await house.submission(ngoc)), unit: 'dong-anh' };
    const foreign = await house.send('POST', '/dossiers', { token: ngoc, body });
    const feed = await send('GET', '/events?limit=500', await issuer.token('ward-system'));
    const subjects = new Set((feed.body['items'] as { subject: string }[]).map(({ subject }) => subject));
    expect(subjects).toContain(own);
    expect(subjects).not.toContain(foreign.body['id']);
  });

  it('subscribes for its units, and is told no more once one is not its own', async () => {
    const token = await issuer.token('ward-system');
    const url = 'http://127.0.0.1:9/hook';
    expect((await send('POST', '/subscriptions', token, { url, units: ['dong-anh'] })).status).toBe(403);
    const made = await send('POST', '/subscriptions', token, { url });
    expect(made).toMatchObject({ status: 201, body: { units: ['thu-lam'], by: { system: 'ward-system' } } });
    const { registry } = house.stage.machine.platform;
    const known = await registry.get('system', 'ward-system');
    if (!known) throw new Error('expected a system');
    await registry.put('system', known.id, { ...known.record, units: ['dong-anh'] }, known.revision);
    await house.submitted(await house.applicant());
    const attempts = await send('GET', `/subscriptions/${String(made.body['id'])}/attempts`, token);
    const failures = (attempts.body['items'] as { failed: string }[]).map(({ failed }) => failed);
    expect(new Set(failures)).toEqual(new Set(['not-entitled']));
    const changed = await registry.get('system', 'ward-system');
    await registry.put('system', known.id, known.record, changed?.revision ?? 0);
  });

  it('uploads documents for the decisions that it brings', async () => {
    const id = await house.submitted(await house.applicant());
    const announced = await send('POST', '/uploads', await issuer.token('ward-system'), announcement(PDF));
    expect(announced.status).toBe(201);
    await house.app.request(String(announced.body['url']), { method: 'PUT', body: Buffer.from(PDF) });
    const decision = {
      system: 'ward-system',
      task: `${id}.receive.1`,
      official: 'thu-lam-reception',
      outcome: 'accepted',
      assertion: await house.official('thu-lam-reception', 'reception'),
      attachments: [{ component: 'portrait', upload: announced.body['id'], how: 'scan' }],
    };
    expect((await house.webhook('/webhooks/decisions', decision)).status).toBe(200);
  });
});

describe('the keys of an issuer', () => {
  it('are asked for anew when it has changed them, and not for each made-up name', async () => {
    const jwks = new URL(`${issuer.url}/jwks`);
    let now = Date.now();
    const auth = oidcAuthenticator({ issuer: issuer.url, audience: AUDIENCE, jwks }, { now: () => now });
    const before = await issuer.token('ward-system');
    const first = issuer.asked;
    expect(await auth.verify(before)).toMatchObject({ client: 'ward-system' });
    expect(issuer.asked).toBe(first + 1);
    await issuer.changeKey();
    const after = await issuer.token('ward-system');
    // The keys were asked for a moment ago: a name that is not among them does not drive us there again.
    for (let count = 0; count < 20; count += 1) expect(await auth.verify(after)).toBeUndefined();
    expect(issuer.asked).toBe(first + 1);
    const real = Date.now;
    Date.now = () => real() + 31_000;
    try {
      now += 31_000;
      expect(await auth.verify(after)).toMatchObject({ client: 'ward-system' });
      expect(issuer.asked).toBe(first + 2);
    } finally {
      Date.now = real;
    }
  });
});

describe('the personal number that claims prove', () => {
  const mapping = { unit: { claim: 'unit' }, role: { claim: 'role' }, person: { claim: ['vn', 'id'] } };

  it('is none where no claim is said to prove it, or the claim is no number in one line', () => {
    const { person: _, ...unsaid } = mapping;
    expect(readClaims({ vn: { id: '001195003366' }, personalId: '001195003366' }, unsaid)).toEqual({});
    for (const id of [undefined, 7, '', ' 1', '1\n2', 'x'.repeat(65), ['1', '2'], { a: '1' }])
      expect(readClaims({ vn: { id } }, mapping)).toEqual({});
  });

  it('stands beside the office', () => {
    expect(readClaims({ vn: { id: '001195003366' }, unit: 'thu-lam', role: 'clerk' }, mapping)).toEqual({
      ...{ personalId: '001195003366', unit: 'thu-lam', role: 'clerk' },
    });
  });
});

describe('the office that claims name', () => {
  const plain = { unit: { claim: 'unit' }, role: { claim: 'role' } };

  it('is none where a claim is no text, names several, or names what is not in the table', () => {
    expect(officeOf({ unit: 7, role: ['a', 'b'] }, plain)).toEqual({});
    const mapping = { unit: { claim: 'dept', values: { A: 'thu-lam' } }, role: { claim: 'role' } };
    expect(officeOf({ dept: 'B', role: 'clerk' }, mapping)).toEqual({ role: 'clerk' });
    expect(officeOf({ dept: 'toString', role: 'clerk' }, mapping)).toEqual({ role: 'clerk' });
    expect(officeOf({}, { unit: { claim: ['constructor', 'name'] }, role: { claim: '__proto__' } })).toEqual({});
  });

  it('is found in a list, behind other names, and within another claim', () => {
    const mapping = {
      unit: { claim: 'https://idp.example/unit' },
      role: { claim: ['realm', 'roles'], values: { 'onetrack-chair': 'chairperson' } },
    };
    const claims = { 'https://idp.example/unit': 'thu-lam', realm: { roles: ['user', 'onetrack-chair'] } };
    expect(officeOf(claims, mapping)).toEqual({ unit: 'thu-lam', role: 'chairperson' });
  });
});
