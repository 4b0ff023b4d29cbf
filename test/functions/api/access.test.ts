import { Scope } from '../../../schemas/access.ts';
import fc from 'fast-check';
import { described } from '../../fuzz/requests.ts';
import { dossierId } from '../../builders/dossiers.ts';
import {
  ACCESS,
  addressAbout,
  isAboutDossier,
  OPERATIONS,
  type Operation,
  SCOPES,
} from '../../builders/access-table.ts';
import { ApiHouse } from '../../builders/api-house.ts';

const EVERY_SCOPE = Scope.options.join(' ');

let house: ApiHouse;
beforeAll(async () => {
  house = await ApiHouse.open();
});
afterAll(() => house.close());

const NOTHING = Object.fromEntries(
  ['procedures', 'units', 'officials', 'systems', 'connectors', 'instruments', 'reorganisations', 'disposals'].map(
    (records) => [`/${records}/{id}`, `/${records}/nothing`],
  ),
);
const addressOf = (path: string, dossier = dossierId(1)): string =>
  addressAbout(path, dossier, { ...NOTHING, '/uploads/{id}': `/uploads/u${'0'.repeat(26)}` });

const NAMED = OPERATIONS.map((operation) => [operation.operationId, operation] as const);

describe('each route', () => {
  it('is in the table of who may call it, and no other', () => {
    expect(OPERATIONS.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(ACCESS).toSorted());
    expect(Object.keys(SCOPES).filter((id) => !(id in ACCESS))).toEqual([]);
  });

  it.each(NAMED)('%s lets in whom the table names and nobody else', async (id, { path, method }) => {
    const allowed = ACCESS[id] ?? [];
    const scope = SCOPES[id];
    const tokens: Record<string, string | undefined> = {
      anyone: undefined,
      applicant: await house.applicant(),
      official: await house.official('thu-lam-reception', 'reception'),
      admin: await house.admin(),
      system: await house.system('ward-system', scope ?? EVERY_SCOPE),
      'system without the scope': await house.system('ward-system', EVERY_SCOPE.replace(scope ?? ' ', ' ')),
      'system unknown': await house.system('stranger', EVERY_SCOPE),
    };
    for (const [kind, token] of Object.entries(tokens)) {
      const { status, body } = await house.send(method, addressOf(path), { token });
      if (allowed.includes('proof')) {
        // No token helps: the address or the body must prove itself.
        expect({ kind, refused: status >= 400 && status < 500 }).toEqual({ kind, refused: true });
        continue;
      }
      const detail = String(body['detail']);
      const keptOut =
        status === 401 || (status === 403 && /^expected .* got \w+$|with scope |no system of this client/.test(detail));
      const mayCome =
        allowed.includes('anyone') ||
        allowed.some((each) => each === kind) ||
        (kind === 'system' && scope !== undefined);
      expect({ kind, keptOut }).toEqual({ kind, keptOut: !mayCome });
    }
  });
});

/** Who stands how to a dossier of the applicant `ngoc` that waits in reception at `thu-lam`, and what he is told of it. */
const STRANGERS = {
  'another applicant': { kind: 'applicant', token: () => house.applicant('mai'), told: [404] },
  'an official of another unit': {
    kind: 'official',
    token: () => house.official('dong-anh-reception', 'reception'),
    told: [403, 404],
  },
  'an official of a body that is not asked': {
    kind: 'official',
    token: () => house.official('canh-sat-pccc-officer', 'case-officer'),
    told: [403, 404],
  },
} as const;

describe('each route about one dossier', () => {
  let dossier: string;
  let untouched: unknown;
  const record = async () => (await house.send('GET', `/dossiers/${dossier}`, { token: await house.applicant() })).body;
  beforeAll(async () => {
    dossier = await house.submitted(await house.applicant());
    untouched = await record();
  });

  const rows = OPERATIONS.filter(isAboutDossier).flatMap((operation) =>
    Object.entries(STRANGERS)
      .filter(([, { kind }]) => ACCESS[operation.operationId]?.includes(kind))
      .map(([who, stranger]) => [operation.operationId, who, operation, stranger] as const),
  );

  it.each(rows)('%s tells %s nothing and does nothing for him', async (_, __, operation, { token, told }) => {
    const bearer = await token();
    const { status, body } = await sendWell(operation, addressOf(operation.path, dossier), bearer);
    expect({ told, status, body, as: (told as readonly number[]).includes(status) }).toMatchObject({ as: true });
    expect(JSON.stringify(body)).not.toContain('Ngọc');
    expect(await record()).toEqual(untouched);
  });
});

/** With a body as described: the first of some that is read without a fault. */
async function sendWell({ method, requestBody }: Operation, at: string, token: string) {
  const schema = requestBody?.content['application/json']?.schema;
  if (!schema) return house.send(method, at, { token });
  for (const body of fc.sample(described(schema), { seed: 7, numRuns: 200 })) {
    const answer = await house.send(method, at, { token, body });
    if (answer.status !== 400) return answer;
  }
  throw new Error(`expected a body as described for ${at}`);
}

describe('an access token', () => {
  const claims = { subject: 'ngoc' };
  const status = async (token: string) => (await house.send('GET', '/dossiers', { token })).status;

  it('of the issuer is accepted', async () => {
    expect(await status(await house.issuer.issueToken(claims))).toBe(200);
  });

  it('names an appointment that the registry must know today', async () => {
    const refused = [
      await house.official('thu-lam-reception', 'chairperson'),
      await house.official('thu-lam-reception', 'reception', 'dong-anh'),
      await house.official('nobody-here', 'reception', 'thu-lam'),
      await house.issuer.issueToken({ subject: 'thu-lam-reception', unit: 'thu-lam' }),
    ];
    for (const token of refused) expect(await status(token)).toBe(403);
  });

  it('of an official whose appointment has ended lets him act no more', async () => {
    const { registry } = house.stage.machine.platform;
    const known = await registry.get('official', 'thu-lam-clerk');
    if (!known) throw new Error('expected the clerk');
    const token = await house.official('thu-lam-clerk', 'clerk');
    expect(await status(token)).toBe(200);
    const ended = known.record.appointments.map((appointment) => ({ ...appointment, until: '2026-11-15' }));
    await registry.put('official', 'thu-lam-clerk', { ...known.record, appointments: ended }, known.revision);
    expect(await status(token)).toBe(403);
  });
});

describe('a request that is none', () => {
  it.each([
    ['an unknown route', 'GET', '/nothing', {}, 404],
    ['a wrong method', 'DELETE', '/dossiers', {}, 405],
    ['an id of another form', 'GET', '/dossiers/1', {}, 404],
    ['malformed JSON', 'POST', '/dossiers', { body: '{"a":' }, 400],
    ['another content type', 'POST', '/dossiers', { body: '{}', headers: { 'content-type': 'text/xml' } }, 415],
    ['an unknown field', 'POST', '/dossiers', { body: { colour: 'blue' } }, 400],
    ['an unknown parameter', 'GET', '/dossiers?colour=blue', {}, 400],
    ['a body that is too large', 'POST', '/dossiers', { body: { form: { a: 'a'.repeat(1_100_000) } } }, 413],
    ['a body nested too deep', 'POST', '/dossiers', { body: '['.repeat(60_000) + ']'.repeat(60_000) }, 400],
    ['a lone surrogate', 'POST', '/dossiers', { body: '{"form":{"a":"\\ud800"}}' }, 400],
    ['a number beyond doubles', 'POST', '/dossiers', { body: '{"form":{"a":1e999}}' }, 400],
    ['a strange key', 'POST', '/dossiers', { body: {}, key: 'a b' }, 400],
  ] as const)('is answered by problem details: %s', async (_, method, path, sent, status) => {
    const answer = await house.send(method, path, { token: await house.applicant(), ...sent });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status, type: expect.stringMatching(/^urn:onetrack:problem:/) as string });
    expect(answer.status).toBe(status);
  });

  it('learns nothing of a defect, which is logged by code and place', async () => {
    const { platform } = house.stage.machine;
    const { store } = platform;
    platform.store = new Proxy(store, {
      get: (target, name: keyof typeof store) =>
        name === 'byCode' ? () => Promise.reject(new Error('Trần Thị Bích Ngọc')) : target[name].bind(target),
    });
    const answer = await house.send('GET', '/tracking/ABC');
    platform.store = store;
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('Ngọc');
    expect(house.logged.at(-1)).toMatchObject({
      level: 'error',
      code: 'internal-error',
      error: 'Error',
      method: 'GET',
    });
    expect(JSON.stringify(house.logged)).not.toContain('Ngọc');
  });
});
