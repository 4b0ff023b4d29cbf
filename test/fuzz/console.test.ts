import fc from 'fast-check';
import { ADMIN, ConsoleHouse, MAI, NOBODY, OFFICER, type Person, RECEPTION } from '../builders/console-house.ts';
import { nasty } from './requests.ts';

const CASES = Number(process.env['ONETRACK_CASES'] ?? 1_000);
const PEOPLE: readonly (Person | undefined)[] = [
  undefined,
  MAI,
  { subject: 'ngoc' },
  RECEPTION,
  OFFICER,
  ADMIN,
  NOBODY,
];
/** Fields that pages have, so that a form gets beyond its first question. */
const FIELDS = [
  ...['outcome', 'comment', 'reason', 'once', 'step', 'go', 'unit', 'id', 'to', 'number', 'legalBasis', 'score', 'x'],
  ...['applicant.name', 'applicant/name', '/applicant/name', 'portrait', 'file', 'from', 'until', 'q', 'after', 'lang'],
];

let house: ConsoleHouse;
let places: Readonly<Record<string, readonly string[]>>;
let routes: { method: string; path: string }[];
beforeAll(async () => {
  house = await ConsoleHouse.open();
  house.login = {
    begin: async (redirectUri) => ({
      url: 'https://issuer.example/authorize',
      kept: { state: 's', nonce: 'n', verifier: 'v', redirectUri },
    }),
    finish: async () => ({ ok: false, reason: 'denied' }),
  };
  const own = await house.api.submitted(await house.api.applicant('mai'));
  await house.api.stage.settle();
  places = {
    id: [own, `${own}.receive.1`, 'library-card', 'thu-lam', 'vn', 'thu-lam-reception'],
    doc: ['a'.repeat(64)],
    version: ['1.0.0'],
    language: ['vi', 'en', 'xx'],
  };
  const served = house.console.routes.filter(({ method }) => method === 'GET' || method === 'POST');
  routes = [...new Map(served.map(({ method, path }) => [`${method} ${path}`, { method, path }])).values()];
});
afterAll(() => house.close());

const text = fc.oneof(fc.string({ maxLength: 30, unit: 'binary' }), nasty);
const value = fc.oneof(
  { weight: 4, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.constantFrom('accepted', 'refused', 'thu-lam', '1.0.0', '2026-11-20', '1', 'library-card'),
  },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => new File([Buffer.from(bytes)], 'a\u202e.pdf')),
  },
);
const pairs = (values: fc.Arbitrary<string | File>) =>
  fc.array(fc.tuple(fc.oneof(fc.constantFrom(...FIELDS), fc.string({ maxLength: 8 })), values), { maxLength: 5 });
const visit = fc.record({
  route: fc.nat(),
  person: fc.constantFrom(...PEOPLE),
  place: fc.oneof({ weight: 3, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: text }),
  query: pairs(text),
  fields: pairs(value),
  csrf: fc.constantFrom('own', 'another', 'none', 'twice'),
  raw: fc.option(
    fc.record({
      type: fc.constantFrom(
        ...['multipart/form-data; boundary=x', 'multipart/form-data', 'application/x-www-form-urlencoded'],
        ...['application/json', 'text/plain', ''],
      ),
      body: fc.oneof(
        text,
        fc.constantFrom('--x\r\n\r\n', '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1', 'a=%ff%zz'),
      ),
    }),
    { freq: 6 },
  ),
});

function addressOf(path: string, place: number | string, query: readonly (readonly [string, string | File])[]): string {
  const at = path.replaceAll(/:(\w+)(\{[^}]*\})?/g, (_, name: string) => {
    const known = places[name] ?? places['id'] ?? [];
    const there = typeof place === 'number' ? (known[place % known.length] ?? '') : place.toWellFormed();
    const segment = encodeURIComponent(there);
    return segment === '' || /^\.+$/.test(segment) ? '%20' : segment;
  });
  const asked = new URLSearchParams(
    query.map(([name, each]): [string, string] => [
      name.toWellFormed(),
      (typeof each === 'string' ? each : each.name).toWellFormed(),
    ]),
  );
  return asked.size === 0 ? at : `${at}?${asked.toString()}`;
}

function tokenOf(csrf: string, person: Person | undefined): [string, string][] {
  const own: [string, string] = ['csrf', house.session(person ?? MAI).csrf];
  if (csrf === 'none') return [];
  if (csrf === 'another') return [['csrf', house.session(person === RECEPTION ? OFFICER : RECEPTION).csrf]];
  return csrf === 'twice' ? [own, own] : [own];
}

describe('whatever is sent to a page', () => {
  it('is answered, without a defect', async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(visit, async ({ route, person, place, query, fields, csrf, raw }) => {
        const { method, path } = routes[route % routes.length] ?? { method: 'GET', path: '/console' };
        house.logged.length = 0;
        const at = addressOf(path, place, query);
        const sent = fields.map(([name, each]): [string, string | File] => [
          name.toWellFormed(),
          typeof each === 'string' ? each.toWellFormed() : each,
        ]);
        const shown =
          raw && method === 'POST'
            ? await house.console.request(at, {
                method,
                headers: {
                  'content-type': raw.type,
                  'content-length': String(Buffer.byteLength(raw.body)),
                  ...(person && { cookie: house.session(person).cookie }),
                },
                body: raw.body,
              })
            : await house.send(method, at, {
                person,
                ...(method === 'POST' && { fields: [...tokenOf(csrf, person), ...sent] }),
              });
        if (shown.status < 400) reached.add(path);
        const defects = house.logged.filter(({ level }) => level !== 'warn');
        if (shown.status >= 500 || defects.length > 0)
          throw new Error(`${method} ${at}: ${shown.status} ${JSON.stringify(defects)}`);
      }),
      {
        numRuns: CASES,
        includeErrorInReport: true,
        ...(process.env['ONETRACK_CASES'] === undefined && { seed: 20_261_129 }),
      },
    );
    expect(reached.size).toBeGreaterThan(30);
  }, 600_000);
});
