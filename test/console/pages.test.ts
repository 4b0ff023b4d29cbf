import { pagesOf } from '../../console/app.ts';
import type { Audience } from '../../console/pages.ts';
import { dossierId } from '../builders/dossiers.ts';
import { ADMIN, ConsoleHouse, MAI, NOBODY, type Person, RECEPTION, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open();
});
afterAll(() => house.close());

/** Who may see which page: the table that a reviewer reads. */
const ACCESS: Record<string, Audience> = {
  'GET ': 'anyone',
  'GET /language/:language': 'anyone',
  'GET /login': 'anyone',
  'GET /login/done': 'anyone',
  'POST /logout': 'logged-in',
  'GET /offices': 'logged-in',
  'POST /offices': 'logged-in',
  'GET /tasks': 'official',
  'GET /find': 'official',
  'GET /tasks/:task': 'official',
  'GET /tasks/:task/intake': 'official',
  'GET /tasks/:task/intake/signed': 'official',
  'GET /tasks/:task/signed': 'official',
  'POST /tasks/:task/claim': 'official',
  'POST /tasks/:task/release': 'official',
  'POST /tasks/:task/decision': 'official',
  'GET /tasks/:task/hand-over': 'official',
  'POST /tasks/:task/hand-over': 'official',
  'POST /tasks/:task/intake': 'official',
  'GET /work': 'official',
  'GET /dossiers/:id/changes': 'official',
  'GET /dossiers/:id/cash': 'official',
  'POST /dossiers/:id/cash': 'official',
  'GET /dossiers/:id/extension': 'official',
  'POST /dossiers/:id/extension': 'official',
  'GET /dossiers/:id/transfer': 'official',
  'POST /dossiers/:id/transfer': 'official',
  'GET /dossiers/:id/opinion': 'official',
  'POST /dossiers/:id/opinion': 'official',
  'GET /money': 'official',
  'POST /money': 'official',
  'GET /paper-debt': 'official',
  'GET /paper-debt/dossiers': 'official',
  'GET /paper-debt/custody': 'official',
  'GET /stalled': 'staff',
  'GET /stalled/:id': 'staff',
  'POST /stalled/:id/resume': 'staff',
  'GET /definitions': 'admin',
  'GET /definitions/:id': 'admin',
  'GET /definitions/:id/:version': 'admin',
  'GET /definitions/:id/:version/changes': 'admin',
  'GET /definitions/:id/:version/publish': 'admin',
  'POST /definitions/:id/:version/publish': 'admin',
  'GET /definitions/:id/:version/retire': 'admin',
  'POST /definitions/:id/:version/retire': 'admin',
  'GET /hand-in': 'admin',
  'POST /hand-in': 'admin',
  'GET /subscriptions': 'admin',
  'POST /subscriptions': 'admin',
  'GET /subscriptions/new': 'admin',
  'GET /subscriptions/:id': 'admin',
  'GET /subscriptions/:id/end': 'admin',
  'POST /subscriptions/:id/end': 'admin',
  'POST /subscriptions/:id/redeliver': 'admin',
  'GET /connectors': 'admin',
  'GET /certificates': 'admin',
  'GET /dead-letters': 'admin',
  'POST /dead-letters/redeliver': 'admin',
  'GET /dead-letters/set-aside': 'admin',
  'GET /dead-letters/:id/set-aside': 'admin',
  'POST /dead-letters/:id/set-aside': 'admin',
  'GET /restart': 'admin',
  'POST /restart': 'admin',
  'GET /procedures': 'anyone',
  'GET /procedures/:id': 'anyone',
  'GET /procedures/:id/versions/:version': 'anyone',
  'GET /track': 'anyone',
  'GET /apply/:procedure': 'applicant',
  'POST /apply/:procedure': 'applicant',
  'POST /uploads': 'applicant',
  'GET /drafts/:id': 'applicant',
  'GET /drafts/:id/removal': 'applicant',
  'POST /drafts/:id/removal': 'applicant',
  'GET /mine': 'applicant',
  'GET /mine/:id': 'applicant',
  'GET /mine/:id/received': 'applicant',
  'POST /mine/:id/answer': 'applicant',
  'POST /mine/:id/rating': 'applicant',
  'GET /mine/:id/supplement': 'applicant',
  'POST /mine/:id/supplement': 'applicant',
  'GET /mine/:id/asked/:task': 'applicant',
  'POST /mine/:id/asked/:task': 'applicant',
  'GET /mine/:id/uses': 'applicant',
  'GET /uses': 'applicant',
  'GET /papers': 'applicant',
  'GET /papers/:id': 'applicant',
  'GET /mine/:id/withdrawal': 'applicant',
  'POST /mine/:id/withdrawal': 'applicant',
  'GET /mine/:id/result': 'applicant',
  'GET /mine/:id/evidence': 'applicant',
  'GET /records': 'official',
  'POST /records': 'official',
  'GET /disposals': 'official',
  'GET /disposals/:list': 'official',
  'GET /disposals/:list/approval': 'official',
  'POST /disposals/:list/approval': 'official',
  'GET /disposals/:list/refusal': 'official',
  'POST /disposals/:list/refusal': 'official',
  'GET /disposals/:list/withdrawal': 'official',
  'POST /disposals/:list/withdrawal': 'official',
  'GET /dossiers/:id/hold': 'official',
  'POST /dossiers/:id/hold': 'official',
  'GET /dossiers/:id/release': 'official',
  'POST /dossiers/:id/release': 'official',
  'GET /dossiers/:id': 'official',
  'GET /dossiers/:id/documents/:doc/shown': 'logged-in',
  'GET /dossiers/:id/documents/:doc': 'logged-in',
};
const PEOPLE: Record<string, Person | undefined> = {
  anyone: undefined,
  applicant: MAI,
  official: RECEPTION,
  admin: ADMIN,
  nobody: NOBODY,
};
const EVERYBODY = Object.keys(PEOPLE);
/** Who is meant by each name of the table. */
const MEANT: Record<Audience, readonly string[]> = {
  anyone: EVERYBODY,
  'logged-in': EVERYBODY.filter((kind) => PEOPLE[kind] !== undefined),
  applicant: ['applicant'],
  official: ['official'],
  admin: ['admin'],
  staff: ['official', 'admin'],
};
/** The address of the console itself may stand on a page, to be copied. */
const OWN = 'https://onetrack.example/';
const pages = pagesOf().map((page) => ({ ...page, name: `${page.method} ${page.path}` }));

function addressOf(path: string): string {
  const filled = path
    .replace(':language', 'en')
    .replace('/procedures/:id', '/procedures/library-card')
    .replace('/definitions/:id', '/definitions/library-card')
    .replace('/subscriptions/:id', `/subscriptions/s${'0'.repeat(26)}`)
    .replace(':procedure', 'library-card')
    .replace(':version', '1.0.0')
    .replace(':task', `${dossierId(1)}.receive.1`)
    .replace(':id', dossierId(1))
    .replace(':doc', 'a'.repeat(64));
  return `/console${filled}`;
}

/** Whether somebody was kept out, by whatever way. */
function isKeptOut({ status, headers, text }: Shown): boolean {
  const to = headers.get('location') ?? '';
  if (status === 303) return to.startsWith('/console/login?') || to === '/console/offices';
  return status === 401 || (status === 403 && /page is for (officials|applicants|administrators)/.test(text));
}

describe('each page', () => {
  it('is in the table of who may see it, and no other', () => {
    expect(Object.fromEntries(pages.map(({ name, who }) => [name, who]))).toEqual(ACCESS);
  });

  it.each(pages.map((page) => [page.name, page] as const))(
    '%s lets in whom the table names and nobody else',
    async (_, page) => {
      house.login = {
        begin: async () => ({ url: 'https://issuer.example', kept: {} as never }),
        finish: async () => ({ ok: false, reason: 'denied' }),
      };
      for (const [kind, person] of Object.entries(PEOPLE)) {
        const at = addressOf(page.path);
        const shown =
          page.method === 'GET'
            ? await house.get(at, person)
            : person
              ? await house.post(at, person)
              : await house.send('POST', at, { fields: [] });
        const mayCome = MEANT[page.who].includes(kind);
        expect({ kind, keptOut: isKeptOut(shown) }).toEqual({ kind, keptOut: !mayCome });
      }
    },
  );

  it.each(pages.filter(({ method }) => method === 'POST').map((page) => [page.name, page] as const))(
    '%s does nothing for a form of another page',
    async (_, page) => {
      const before = await house.api.stored();
      for (const fields of [[], [['csrf', 'x'.repeat(86)]], [['csrf', house.session(MAI).csrf]]] as [
        string,
        string,
      ][][]) {
        const { status, text, headers } = await house.send('POST', addressOf(page.path), { person: RECEPTION, fields });
        expect({ status, said: text.includes('Request refused'), cookie: headers.get('set-cookie') }).toEqual({
          status: 403,
          said: true,
          cookie: null,
        });
      }
      expect(await house.api.stored()).toBe(before);
    },
  );

  it('whoever sends what is no form is refused, and that is no defect', async () => {
    house.logged.length = 0;
    const { cookie } = house.session(MAI);
    for (const [type, body] of [
      ['multipart/form-data; boundary=x', 'no form'],
      ['multipart/form-data', 'x'],
    ] as const) {
      const headers = { cookie, 'content-type': type, 'content-length': String(body.length) };
      const sent = await house.console.request('/console/logout', { method: 'POST', headers, body });
      expect(sent.status).toBe(403);
    }
    expect(house.logged).toEqual([]);
  });

  it.each([
    ...pages.map(({ name, path, method }) => [name, method, addressOf(path)] as const),
    ['an unknown address', 'GET', '/console/nothing'] as const,
  ])('%s runs nothing, loads nothing from elsewhere and is small', async (_, method, at) => {
    for (const person of [undefined, MAI, RECEPTION, ADMIN]) {
      const shown =
        method === 'GET' || !person
          ? await house.send(method, at, { person, ...(method === 'POST' && { fields: [] }) })
          : await house.post(at, person);
      expect(Object.fromEntries(shown.headers)).toMatchObject({
        'content-security-policy':
          "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      expect(shown.text.replaceAll(OWN, '')).not.toMatch(
        /<script|\sstyle="|\son[a-z]+="|(?:src|href|action)="(?:https?:)?\/\//,
      );
      expect(house.weightOf(shown)).toBeLessThan(60_000);
    }
  });

  it('is drawn without the typeface, the crown and the address of anybody else', async () => {
    const { status, text, headers } = await house.get(`/console/assets/${house.style.name}`);
    expect({ status, kept: headers.get('cache-control') }).toEqual({
      status: 200,
      kept: 'public, max-age=31536000, immutable',
    });
    expect(text).not.toMatch(/GDS Transport|@font-face|url\(|crest\.svg/);
    expect(text).toContain('.govuk-button{');
  });
});

describe('a defect of a page', () => {
  it('is logged by its route, without what stood in the address, and tells nothing of itself', async () => {
    const broken = () => Promise.reject(new Error('Kwiatkowska'));
    const { catalogue } = house.api.stage.machine;
    const whole = catalogue.current.bind(catalogue);
    catalogue.current = broken;
    const shown = await house.get('/console/procedures/Kwiatkowska?unit=Kwiatkowska', MAI);
    catalogue.current = whole;
    expect(shown.status).toBe(500);
    expect(shown.text).not.toMatch(/TypeError|undefined|\.ts:/);
    expect(house.logged.at(-1)).toMatchObject({ code: 'console-failed', path: '/console/procedures/:id' });
    expect(JSON.stringify(house.logged)).not.toContain('Kwiatkowska');
  });
});
