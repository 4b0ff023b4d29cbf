import { SignJWT, UnsecuredJWT } from 'jose';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { openApiDocument } from '../../../functions/api/openapi.ts';
import { dossierId } from '../../builders/dossiers.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await ApiHouse.open();
});
afterAll(() => house.close());

type Kind = 'anyone' | 'applicant' | 'official' | 'admin' | 'proof';
/** Who may call what. `proof`: a signature over address or body stands for a token. */
const ACCESS: Record<string, readonly Kind[]> = {
  health: ['anyone'],
  announceUpload: ['applicant', 'official'],
  putUpload: ['proof'],
  submitDossier: ['applicant', 'official'],
  listDossiers: ['applicant', 'official', 'admin'],
  readDossier: ['applicant', 'official', 'admin'],
  readDossierEvents: ['applicant', 'official', 'admin'],
  explainDeadline: ['applicant', 'official'],
  listDenials: ['admin'],
  supplementDossier: ['applicant'],
  withdrawDossier: ['applicant'],
  rateDossier: ['applicant'],
  resumeDossier: ['official', 'admin'],
  extendClock: ['official'],
  askApology: ['official'],
  pauseClock: ['official'],
  endPause: ['official'],
  overrideLimit: ['official'],
  askBody: ['official'],
  transferDossier: ['official'],
  listOpinions: ['applicant', 'official', 'admin'],
  fetchResult: ['applicant', 'official'],
  fetchEvidence: ['applicant', 'official'],
  fetchDocument: ['applicant', 'official'],
  downloadFile: ['proof'],
  downloadEvidence: ['proof'],
  trackDossier: ['anyone'],
  listTasks: ['applicant', 'official'],
  readTask: ['applicant', 'official'],
  claimTask: ['official'],
  releaseTask: ['official'],
  handTaskOver: ['official'],
  reassignTask: ['official'],
  countTasks: ['official'],
  decideTasks: ['official'],
  decideTask: ['applicant', 'official'],
  decideByWebhook: ['proof'],
  payByWebhook: ['proof'],
  listSubscriptions: ['official', 'admin'],
  subscribe: ['official', 'admin'],
  unsubscribe: ['official', 'admin'],
  sendLink: ['official', 'admin'],
  showLink: ['proof'],
  decideByLink: ['proof'],
  rotateSecret: ['official', 'admin'],
  listAttempts: ['official', 'admin'],
  redeliver: ['official', 'admin'],
  listDeadLetters: ['admin'],
  redeliverDeadLetters: ['admin'],
  readFeed: ['official', 'admin'],
  listProcedures: ['anyone'],
  readProcedure: ['anyone'],
  foreseeProcedure: ['anyone'],
  putProcedureVersion: ['admin'],
  publishProcedureVersion: ['admin'],
  impactOfProcedureVersion: ['admin'],
  retireProcedureVersion: ['admin'],
  listUnits: ['admin'],
  readUnit: ['admin'],
  putUnit: ['admin'],
  importUnits: ['admin'],
  listCalendars: ['anyone'],
  readCalendar: ['anyone'],
  readCalendarAsICalendar: ['anyone'],
  readCalendarVersion: ['anyone'],
  putCalendarVersion: ['admin'],
  rebuild: ['admin'],
  listOfficials: ['admin'],
  readOfficial: ['admin'],
  putOfficial: ['admin'],
  importOfficials: ['admin'],
  listSystems: ['admin'],
  readSystem: ['admin'],
  putSystem: ['admin'],
  listInstruments: ['admin'],
  readInstrument: ['admin'],
  putInstrument: ['admin'],
  importInstruments: ['admin'],
  planReorganisation: ['admin'],
  listReorganisations: ['admin'],
  readReorganisation: ['admin'],
  cancelReorganisation: ['admin'],
};

interface Operation {
  operationId: string;
  security?: unknown[];
}
const document = openApiDocument() as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);

function addressOf(path: string): string {
  return path
    .replace('/v1', '')
    .replace('/uploads/{id}', `/uploads/u${'0'.repeat(26)}`)
    .replace('/subscriptions/{id}', `/subscriptions/s${'0'.repeat(26)}`)
    .replace('/tasks/{id}', `/tasks/${dossierId(1)}.receive.1`)
    .replace(/\/(procedures|units|officials|systems|instruments|reorganisations)\/\{id\}/, '/$1/nothing')
    .replace('{token}', 't'.repeat(43))
    .replace('{version}', '1.0.0')
    .replace('{pause}', 'outage')
    .replace('{codeOrReference}', 'NOTHING')
    .replace('{doc}', 'a'.repeat(64))
    .replace('{id}', dossierId(1));
}

describe('each route', () => {
  it('is in the table of who may call it, and no other', () => {
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(ACCESS).toSorted());
  });

  it.each(operations.map((operation) => [operation.operationId, operation] as const))(
    '%s lets in whom the table names and nobody else',
    async (id, { path, method }) => {
      const allowed = ACCESS[id] ?? [];
      const tokens: Record<string, string | undefined> = {
        anyone: undefined,
        applicant: await house.applicant(),
        official: await house.official('thu-lam-reception', 'reception'),
        admin: await house.admin(),
      };
      for (const [kind, token] of Object.entries(tokens)) {
        const { status, body } = await house.send(method, addressOf(path), { token });
        if (allowed.includes('proof')) {
          // No token helps: the address or the body must prove itself.
          expect({ kind, refused: status >= 400 && status < 500 }).toEqual({ kind, refused: true });
          continue;
        }
        const keptOut = status === 401 || (status === 403 && /^expected .* got \w+$/.test(String(body['detail'])));
        const mayCome = allowed.includes('anyone') || allowed.some((each) => each === kind);
        expect({ kind, keptOut }).toEqual({ kind, keptOut: !mayCome });
      }
    },
  );
});

describe('an access token', () => {
  const claims = { subject: 'ngoc' };
  const status = async (token: string) => (await house.send('GET', '/dossiers', { token })).status;

  it('of the issuer is accepted', async () => {
    expect(await status(await house.issuer.issueToken(claims))).toBe(200);
  });

  it('is refused when it has expired, is unsigned, or is signed by another key or a shared secret', async () => {
    expect(await status(await house.issuer.issueToken({ ...claims, ttl: -60 }))).toBe(401);
    const plain = () => ({ iss: house.issuer.issuer, aud: house.issuer.audience, sub: 'ngoc' });
    expect(await status(new UnsecuredJWT(plain()).setExpirationTime('1h').encode())).toBe(401);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = house.issuer.jwks.keys[0]?.kid ?? '';
    const header = { alg: 'ES256', kid };
    expect(
      await status(await new SignJWT(plain()).setProtectedHeader(header).setExpirationTime('1h').sign(privateKey)),
    ).toBe(401);
    const secret = createSecretKey(Buffer.from(JSON.stringify(house.issuer.jwks.keys[0])));
    expect(
      await status(
        await new SignJWT(plain()).setProtectedHeader({ alg: 'HS256', kid }).setExpirationTime('1h').sign(secret),
      ),
    ).toBe(401);
    expect(await status('not.a.token')).toBe(401);
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
