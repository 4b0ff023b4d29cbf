import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { openIssuer } from '../../../adapters/local/issuer.ts';
import { loginService } from '../../../embedded/samples/login-service.ts';
import { ApiHouse } from '../../builders/api-house.ts';

const URL_OF = 'http://127.0.0.1:8080';
const BACK = `${URL_OF}/console/login/done`;
const VERIFIER = 'v'.repeat(43);
const ASKED = {
  response_type: 'code',
  client_id: 'console',
  redirect_uri: BACK,
  state: 'state',
  nonce: 'nonce',
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
};

let house: ApiHouse;
let dir: string;
let now: number;
let service: ReturnType<typeof loginService>;
beforeAll(async () => {
  house = await ApiHouse.open();
  dir = mkdtempSync(join(tmpdir(), 'onetrack-login-'));
  now = Date.now();
  service = loginService({
    issuer: await openIssuer(dir, URL_OF),
    client: { id: 'console', secret: 'secret', redirectUri: BACK },
    catalogue: house.stage.machine.catalogue,
    clock: { now: () => now },
    stylesheet: '/console/assets/x.css',
  });
});
afterAll(async () => {
  await house.close();
  rmSync(dir, { recursive: true, force: true });
});

const authorize = (asked: Record<string, string> = ASKED, init: RequestInit = {}) =>
  service.request(`${URL_OF}/authorize?${new URLSearchParams(asked).toString()}`, init);

async function codeFor(subject: string): Promise<string> {
  const answer = await authorize(ASKED, { method: 'POST', body: new URLSearchParams({ subject }) });
  const back = new URL(answer.headers.get('location') ?? '');
  expect({
    to: `${back.origin}${back.pathname}`,
    state: back.searchParams.get('state'),
    iss: back.searchParams.get('iss'),
  }).toEqual({ to: BACK, state: 'state', iss: URL_OF });
  return back.searchParams.get('code') ?? '';
}

async function redeem(code: string, changed: Record<string, string> = {}, secret = 'secret') {
  const answer = await service.request(`${URL_OF}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`console:${secret}`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: BACK,
      code_verifier: VERIFIER,
      ...changed,
    }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

describe('the sample login', () => {
  it('lets whoever opens it pick who he is', async () => {
    const text = await (await authorize()).text();
    expect(text).toContain('value="thu-lam-reception"');
    expect(text).toContain('value="mai"');
    const { status, body } = await redeem(await codeFor('mai'));
    expect(status).toBe(200);
    expect(decodeJwt(body['id_token'] ?? '')).toMatchObject({
      iss: URL_OF,
      aud: 'console',
      sub: 'mai',
      nonce: 'nonce',
    });
  });

  it('gives a token for a code once, to the client that asked, by its verifier, and not for long', async () => {
    const used = await codeFor('mai');
    await redeem(used);
    expect((await redeem(used)).body).toEqual({ error: 'invalid_grant' });
    expect((await redeem(await codeFor('mai'), { code_verifier: 'w'.repeat(43) })).status).toBe(400);
    expect((await redeem(await codeFor('mai'), { redirect_uri: 'http://127.0.0.1:9/' })).status).toBe(400);
    expect((await redeem(await codeFor('mai'), {}, 'other')).body).toEqual({ error: 'invalid_client' });
    const old = await codeFor('mai');
    now += 60_000;
    expect((await redeem(old)).status).toBe(400);
  });

  it.each([
    ['another client', { client_id: 'other' }],
    ['another address to go back to', { redirect_uri: 'https://evil.example' }],
    ['no PKCE', { code_challenge_method: 'plain' }],
  ])('is not for %s', async (_, changed) => {
    expect((await authorize({ ...ASKED, ...changed })).status).toBe(400);
    expect(
      (await authorize({ ...ASKED, ...changed }, { method: 'POST', body: new URLSearchParams({ subject: 'mai' }) }))
        .status,
    ).toBe(400);
  });

  it('does not answer behind a proxy, or under another name', async () => {
    expect((await authorize(ASKED, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(403);
    const elsewhere = await service.request(
      `http://onetrack.example/authorize?${new URLSearchParams(ASKED).toString()}`,
    );
    expect(elsewhere.status).toBe(403);
  });
});
