import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { LoginOutcome } from '../../domain/ports/login.ts';
import { SESSION_MS } from '../../console/session.ts';
import { ConsoleHouse, hidden, MAI, OFFICER, RECEPTION, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open();
});
afterAll(() => house.close());

const KEPT = { state: 's', nonce: 'n', verifier: 'v', redirectUri: 'r' };

function cookieOf({ headers }: Shown, name: string): string {
  const set = headers.getSetCookie().find((each) => each.startsWith(`__Host-onetrack-${name}=`)) ?? '';
  return set.split(';')[0] ?? '';
}

/** A login that comes to this; answers what the browser is shown when it is back. */
async function logIn(outcome: LoginOutcome, to = '/console/tasks'): Promise<Shown> {
  house.login = {
    begin: async () => ({ url: 'https://issuer.example/authorize', kept: KEPT }),
    finish: async () => outcome,
  };
  const begun = await house.get(`/console/login?to=${encodeURIComponent(to)}`);
  expect(begun.headers.get('location')).toBe('https://issuer.example/authorize');
  return house.get('/console/login/done?code=c&state=s', undefined, { cookie: cookieOf(begun, 'login') });
}

describe('a login', () => {
  it.each(['denied', 'another-browser', 'another-issuer', 'code-refused', 'token-invalid'] as const)(
    'that is %s logs nobody in',
    async (reason) => {
      const back = await logIn({ ok: false, reason });
      expect({ status: back.status, session: cookieOf(back, 'session') }).toEqual({ status: 403, session: '' });
    },
  );

  it('keeps the number that it proves for its person alone, sealed', async () => {
    const back = await logIn({ ok: true, subject: 'mai', personalId: '001195003366' });
    const [, sealed = ''] = cookieOf(back, 'session').split('=');
    expect(house.sealer.open('session', sealed)).toMatchObject({ subject: 'mai', personalId: '001195003366' });
    expect(`${back.text}${sealed}${JSON.stringify(house.logged)}`).not.toContain('001195003366');
  });

  it('that this browser did not begin logs nobody in', async () => {
    house.login = { begin: async () => ({ url: '', kept: KEPT }), finish: async () => ({ ok: true, subject: 'mai' }) };
    house.logged.length = 0;
    const back = await house.get('/console/login/done?code=c&state=s');
    expect({ status: back.status, session: cookieOf(back, 'session') }).toEqual({ status: 403, session: '' });
    expect(house.logged).toEqual([{ level: 'warn', code: 'login-refused', reason: 'another-browser' }]);
  });

  it('says so where the issuer is away', async () => {
    house.login = {
      begin: () => Promise.reject(new TaskRetryable('away')),
      finish: () => Promise.reject(new TaskRetryable('away')),
    };
    house.logged.length = 0;
    expect((await house.get('/console/login')).status).toBe(503);
    expect(house.logged).toEqual([
      { level: 'error', code: 'login-impossible', error: 'TaskRetryable', detail: 'away' },
    ]);
  });

  it('says so where the secret of the console’s client is missing, and the log which parameter', async () => {
    const missing = () => Promise.reject(new TaskTerminal('parameter /onetrack/dev/login-secret: expected a value'));
    house.login = { begin: missing, finish: missing };
    house.logged.length = 0;
    expect((await house.get('/console/login')).status).toBe(503);
    expect(house.logged).toMatchObject([{ detail: 'parameter /onetrack/dev/login-secret: expected a value' }]);
  });

  it('that is refused says in the log why, and of nobody who it was', async () => {
    house.logged.length = 0;
    await logIn({ ok: false, reason: 'code-refused' });
    expect(house.logged).toEqual([{ level: 'warn', code: 'login-refused', reason: 'code-refused' }]);
  });

  it('leads back to where it was asked for, and nowhere else', async () => {
    const landed = async (to: string) =>
      (await logIn({ ok: true, subject: 'thu-lam-reception' }, to)).headers.get('location');
    expect(await landed('/console/find?code=H26')).toBe('/console/find?code=H26');
    for (const elsewhere of [
      'https://evil.example',
      '//evil.example',
      '/console\\@evil.example',
      '/consolex',
      '/v1/dossiers',
      '/console/a\nb',
    ])
      expect(await landed(elsewhere)).toBe('/console');
  });

  it('leads from where everybody begins to where the person does', async () => {
    const to = async (path: string) => /href="(\/console\/login[^"]*)"/.exec((await house.get(path)).text)?.[1];
    expect(await to('/console/procedures')).toBe('/console/login?to=%2Fconsole');
    expect(await to('/console/procedures?q=the')).toBe('/console/login?to=%2Fconsole%2Fprocedures%3Fq%3Dthe');
  });

  it('is kept from scripts and other sites', async () => {
    const set = (await logIn({ ok: true, subject: 'mai' })).headers
      .getSetCookie()
      .find((each) => each.startsWith('__Host-onetrack-session='));
    expect(set).toMatch(/; HttpOnly/);
    expect(set).toMatch(/; SameSite=Lax/);
    expect(set).toMatch(/; Path=\//);
    expect(set).toMatch(/; Secure/);
  });

  it('lets who holds one office work in it, and who holds several choose', async () => {
    const one = await logIn({ ok: true, subject: 'thu-lam-reception' });
    expect((await house.get('/console/tasks', undefined, { cookie: cookieOf(one, 'session') })).status).toBe(200);
    const several = await logIn({ ok: true, subject: 'thu-lam-officer-1' });
    expect(several.headers.get('location')).toBe('/console/offices?to=%2Fconsole%2Ftasks');
  });
});

describe('an office', () => {
  it('is chosen among one’s own alone', async () => {
    const foreign = await house.post('/console/offices', MAI, { office: 'thu-lam/reception' });
    expect({ status: foreign.status, session: cookieOf(foreign, 'session') }).toEqual({ status: 422, session: '' });
    const admin = await house.post('/console/offices', { subject: 'admin' }, { office: 'coordination/admin' });
    expect({ status: admin.status, session: cookieOf(admin, 'session') }).toEqual({ status: 422, session: '' });
  });

  it('is left for one’s own affairs', async () => {
    const chosen = await house.post('/console/offices', OFFICER, { office: 'own-affairs' });
    const { status } = await house.get('/console/tasks', undefined, { cookie: cookieOf(chosen, 'session') });
    expect({ location: chosen.headers.get('location'), status }).toEqual({ location: '/console', status: 403 });
  });
});

describe('a session', () => {
  it('that was made or changed elsewhere is none', async () => {
    const { cookie } = house.session(RECEPTION);
    const changed = cookie.replace(/.(.{20})$/, (tail) => `${tail.startsWith('A') ? 'B' : 'A'}${tail.slice(1)}`);
    const otherPurpose = `__Host-onetrack-session=${house.sealer.seal('login', { subject: 'mai', until: Infinity })}`;
    for (const forged of [changed, otherPurpose, '__Host-onetrack-session=', '__Host-onetrack-session=AAAA'])
      expect((await house.get('/console/tasks', undefined, { cookie: forged })).headers.get('location')).toBe(
        '/console/login?to=%2Fconsole%2Ftasks',
      );
  });

  it('is no access token of the API', async () => {
    const token = house.session(RECEPTION).cookie.split('=')[1]!;
    expect((await house.api.send('GET', '/tasks', { token })).status).toBe(401);
  });

  it('shows the secret of its forms in another guise each time', async () => {
    const shown = await Promise.all([1, 2].map(async () => hidden(await house.get('/console/offices', MAI), 'csrf')));
    expect(new Set(shown).size).toBe(2);
    for (const csrf of shown)
      expect(
        (
          await house.send('POST', '/console/offices', {
            person: MAI,
            fields: [
              ['csrf', csrf],
              ['office', 'own-affairs'],
            ],
          })
        ).status,
      ).toBe(303);
  });

  it('ends after a working day', async () => {
    const past = { subject: 'mai', csrf: 'x', until: house.api.stage.now };
    const cookie = `__Host-onetrack-session=${house.sealer.seal('session', past)}`;
    expect((await house.get('/console/offices', undefined, { cookie })).status).toBe(303);
    expect(SESSION_MS).toBeLessThanOrEqual(12 * 3_600_000);
  });

  it('is over once it is logged out of', async () => {
    const { headers } = await house.post('/console/logout', RECEPTION);
    expect(headers.getSetCookie().join()).toMatch(/__Host-onetrack-session=;.*Max-Age=0/);
  });
});
