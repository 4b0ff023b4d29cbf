import type { RequestListener } from 'node:http';
import { createCodeLogin } from '../../../adapters/oidc/code-login.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import type { Login } from '../../../domain/ports/login.ts';
import { readClaims } from '../../../functions/api/claims.ts';
import { CALLBACK, OutsideIssuer, PUBLIC_CLIENT } from '../../builders/outside-issuer.ts';

const mapping = {
  unit: { claim: 'department', values: { 'Xã Thư Lâm': 'thu-lam' } },
  role: { claim: 'groups', values: { receivers: 'reception', chairs: 'chairperson' } },
};

let issuer: OutsideIssuer;
let login: Login;
beforeAll(async () => {
  issuer = await OutsideIssuer.open({
    thu: { department: 'Xã Thư Lâm', groups: ['staff', 'receivers'] },
    two: { department: 'Xã Thư Lâm', groups: ['receivers', 'chairs'] },
  });
  login = at(issuer.url);
});
afterAll(() => issuer.close());

function at(url: string, { secret = issuer.client.secret, now = () => Date.now() } = {}): Login {
  const client = { id: issuer.client.id, secret };
  return createCodeLogin({ issuer: url, client, clock: { now }, readClaims: (claims) => readClaims(claims, mapping) });
}

async function returned(name: string) {
  const { url, kept } = await login.begin(CALLBACK);
  return { back: await issuer.browse(url, name), kept };
}

describe('a login at an issuer outside', () => {
  it('is refused to a browser that did not begin it, and to an answer of another issuer', async () => {
    const { back, kept } = await returned('thu');
    expect(await login.finish(back, { ...kept, state: 'x' })).toEqual({ ok: false, reason: 'another-browser' });
    const forged = new URL(back);
    forged.searchParams.set('iss', 'https://elsewhere.example');
    expect(await login.finish(forged.href, kept)).toEqual({ ok: false, reason: 'another-issuer' });
    forged.searchParams.delete('iss');
    expect(await login.finish(forged.href, kept)).toEqual({ ok: false, reason: 'another-issuer' });
  });

  it('is refused where the issuer says no', async () => {
    const { kept } = await login.begin(CALLBACK);
    const back = `${CALLBACK}?error=access_denied&state=${kept.state}&iss=${encodeURIComponent(issuer.url)}`;
    expect(await login.finish(back, kept)).toEqual({ ok: false, reason: 'denied' });
  });

  it('is refused without the verifier that belongs to the code, and with a code that was used', async () => {
    const { back, kept } = await returned('thu');
    const stolen = { ...kept, verifier: 'v'.repeat(43) };
    expect(await login.finish(back, stolen)).toEqual({ ok: false, reason: 'code-refused' });
    const again = await returned('thu');
    expect(await login.finish(again.back, again.kept)).toMatchObject({ ok: true });
    expect(await login.finish(again.back, again.kept)).toEqual({ ok: false, reason: 'code-refused' });
    const wrong = await returned('thu');
    expect(await at(issuer.url, { secret: 'wrong' }).finish(wrong.back, wrong.kept)).toEqual({
      ok: false,
      reason: 'code-refused',
    });
  });

  it('is refused by an ID token of another login, or that is over', async () => {
    const other = await returned('thu');
    expect(await login.finish(other.back, { ...other.kept, nonce: 'x' })).toEqual({
      ok: false,
      reason: 'token-invalid',
    });
    const late = await returned('thu');
    const tomorrow = at(issuer.url, { now: () => Date.now() + 86_400_000 });
    expect(await tomorrow.finish(late.back, late.kept)).toEqual({ ok: false, reason: 'token-invalid' });
  });

  it('tells who it is, and the office that the claims name by configuration', async () => {
    const { back, kept } = await returned('thu');
    expect(await login.finish(back, kept)).toMatchObject({
      ok: true,
      subject: 'thu',
      unit: 'thu-lam',
      role: 'reception',
    });
    const two = await returned('two');
    const outcome = await login.finish(two.back, two.kept);
    expect(outcome).toMatchObject({ ok: true, subject: 'two', unit: 'thu-lam' });
    expect(outcome).not.toHaveProperty('role');
  });

  it('is possible for a client without a secret, which is bound by its verifier alone', async () => {
    const open = createCodeLogin({
      issuer: issuer.url,
      client: { id: PUBLIC_CLIENT },
      clock: { now: () => Date.now() },
      readClaims: (claims) => readClaims(claims, mapping),
    });
    const begin = async () => {
      const { url, kept } = await open.begin(CALLBACK);
      return { back: await issuer.browse(url, 'thu'), kept };
    };
    const stolen = await begin();
    expect(await open.finish(stolen.back, { ...stolen.kept, verifier: 'v'.repeat(43) })).toEqual({
      ok: false,
      reason: 'code-refused',
    });
    const { back, kept } = await begin();
    expect(await open.finish(back, kept)).toMatchObject({ ok: true, subject: 'thu', unit: 'thu-lam' });
  });

  it('goes on with the key that the issuer has changed to', async () => {
    await issuer.changeKey();
    login = at(issuer.url);
    const { back, kept } = await returned('thu');
    expect(await login.finish(back, kept)).toMatchObject({ ok: true, subject: 'thu' });
  });

  it.each<[string, RequestListener]>([
    ['answers with an error', (_, response) => response.writeHead(503).end()],
    ['answers with some other page', (_, response) => response.end('<html>')],
    ['breaks off', (_, response) => response.destroy()],
  ])(
    'may be tried again where the address of the keys %s: nobody is told that his token is no good',
    async (_, away) => {
      login = at(issuer.url);
      const { back, kept } = await returned('thu');
      issuer.inPlaceOfKeys = away;
      const finished = login.finish(back, kept);
      await expect(finished).rejects.toThrow(TaskRetryable);
      issuer.inPlaceOfKeys = undefined;
    },
  );

  it('may be tried again where nobody answers, or not the one that was meant', async () => {
    await expect(at('http://127.0.0.1:9').begin(CALLBACK)).rejects.toThrow(TaskRetryable);
    await expect(at(issuer.url.replace('127.0.0.1', 'localhost')).begin(CALLBACK)).rejects.toThrow(TaskRetryable);
  });
});
