import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Answer, ApiHouse, FORM, PDF } from '../../builders/api-house.ts';

/** What nobody may read but who is entitled: planted in everything that is handed in. */
const NAME = 'Zuzana Kwiatkowska';
const IDENTITY_NUMBER = '001199987654';
const EMAIL = 'zuzana.kwiatkowska@example.org';
const COMMENT = 'Thiếu ảnh quokka';
const PLANTED = ['Kwiatkowska', IDENTITY_NUMBER, 'zuzana.kwiatkowska', 'quokka'];

let house: ApiHouse;
/** Tokens, secrets and addresses that prove something. */
const secrets: string[] = [];
/** Of a subscriber, whose messages are signed with it: it must be kept, in the registry alone. */
let shared: string;
const outsiders: Answer[] = [];
let id: string;

/** A dossier with planted data that is handed in, refused, asked for by others, decided and broken on the way. */
beforeAll(async () => {
  house = await ApiHouse.open();
  const token = await house.applicant();
  const reception = await house.official('thu-lam-reception', 'reception');
  const stranger = await house.official('dong-anh-reception', 'reception');
  secrets.push(token.split('.')[2] ?? '', reception.split('.')[2] ?? '', stranger.split('.')[2] ?? '');
  const applicant = { ...(FORM['applicant'] as object), name: NAME, address: `CCCD ${IDENTITY_NUMBER}` };
  const body = {
    ...(await house.submission(token)),
    form: { ...FORM, applicant },
    contact: { email: EMAIL, language: 'vi' },
  };
  // Not as described, so that the problem could quote it.
  const wrong = { ...body, form: { ...FORM, applicant: { ...applicant, [NAME]: IDENTITY_NUMBER } }, unit: 'nowhere' };
  outsiders.push(await house.send('POST', '/dossiers', { token, body: wrong }));
  const made = await house.send('POST', '/dossiers', { token, body });
  expect(made.status).toBe(201);
  id = String(made.body['id']);
  await house.stage.settle();
  const subscribed = await house.send('POST', '/subscriptions', {
    token: reception,
    body: { url: 'http://127.0.0.1:9/hook' },
  });
  expect(subscribed.status).toBe(201);
  shared = String(subscribed.body['secret']);
  for (const path of [`/dossiers/${id}`, `/dossiers/${id}/events`, `/tasks/${id}.receive.1`])
    for (const who of [undefined, stranger, await house.applicant('mai')])
      outsiders.push(await house.send('GET', path, { token: who }));
  outsiders.push(await house.send('GET', `/tracking/${String(made.body['reference'])}`));
  const decide = { token: reception, body: { outcome: 'incomplete', comment: COMMENT, missing: ['portrait'] } };
  outsiders.push(await house.send('POST', `/tasks/${id}.receive.1/decision`, { ...decide, token: stranger }));
  expect((await house.send('POST', `/tasks/${id}.receive.1/decision`, decide)).status).toBe(200);
  await house.stage.settle();
  await breakWhile(async () => {
    outsiders.push(await house.send('GET', `/dossiers/${id}`, { token }));
    // What stands in an address is told to nobody but who sent it.
    secrets.push('quokkatracking', 't'.repeat(43));
    await house.send('GET', '/tracking/quokkatracking');
    await house.send('GET', `/links/${'t'.repeat(43)}`);
  });
}, 60_000);
afterAll(() => house.close());

/** The store fails with an error that quotes what it touched, as drivers do. */
async function breakWhile(work: () => Promise<void>): Promise<void> {
  const { platform } = house.stage.machine;
  const { store, cache, links } = platform;
  const fail = () => Promise.reject(new Error(`constraint failed: ${NAME} ${IDENTITY_NUMBER} ${EMAIL}`));
  const failing = <T extends object>(whole: T): T => new Proxy(whole, { get: () => fail });
  Object.assign(platform, { store: failing(store), cache: failing(cache), links: failing(links) });
  try {
    await work();
  } finally {
    Object.assign(platform, { store, cache, links });
  }
}

function found(text: string | Buffer, words: readonly string[]): string[] {
  const bytes = Buffer.from(text);
  return words.filter((word) =>
    [
      Buffer.from(word),
      Buffer.from(word, 'utf16le'),
      Buffer.from(Buffer.from(word).toString('base64').slice(2, -4)),
    ].some((form) => form.length > 3 && bytes.includes(form)),
  );
}

describe('planted names, numbers, addresses, reasons and tokens', () => {
  it('are given to who is entitled: they were really there', async () => {
    const own = await house.send('GET', `/dossiers/${id}`, {
      token: await house.official('thu-lam-reception', 'reception'),
    });
    expect(found(JSON.stringify(own.body), [NAME, IDENTITY_NUMBER])).toEqual([NAME, IDENTITY_NUMBER]);
  });

  it('are in no log line', () => {
    expect(house.logged.some(({ code }) => code === 'internal-error')).toBe(true);
    expect(house.logged.some(({ code }) => code === 'access-refused')).toBe(true);
    expect(found(JSON.stringify(house.logged), [...PLANTED, ...secrets, shared])).toEqual([]);
    expect(house.logged.map(({ path }) => path)).toEqual(
      expect.arrayContaining([`/v1/dossiers/${id}`, '/v1/tracking/:codeOrReference', '/v1/links/:token']),
    );
  });

  it('are in no answer to strangers, and in no answer that refuses', () => {
    expect(outsiders.length).toBeGreaterThan(10);
    expect(new Set(outsiders.map(({ status }) => status))).toContain(500);
    for (const { status, body, headers } of outsiders) {
      const text = JSON.stringify([status, body, [...headers]]);
      expect(found(text, [...PLANTED, ...secrets, shared])).toEqual([]);
      expect(text).not.toMatch(/node_modules|\.ts:\d|\s+at /);
    }
  });

  it('are in no input, output or history of an execution, no event, task, timer, outbox row or answer that is kept', () => {
    const { database } = house.stage.machine;
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
      .all()
      .map(({ name }) => String(name));
    expect(tables.length).toBeGreaterThan(10);
    const seen = tables.flatMap((name) => {
      const rows = database.prepare(`SELECT * FROM "${name}"`).all();
      const text = JSON.stringify(rows, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
      );
      return found(text, [...PLANTED, ...secrets, shared]).map((word) => `${name}: ${word}`);
    });
    expect(seen).toEqual([`record: ${shared}`]);
  });

  it('are in no file of the data folder but the mail that waits to be sent and the upload until its hour ends', () => {
    const { database } = house.stage.machine;
    const dir = dirname(String(database.read((db) => db.prepare('PRAGMA database_list').get()?.['file'])));
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    const places = files
      .map((file) => join(file.parentPath, file.name))
      .filter((path) => !/\/outbox\/|\/documents\/uploads\//.test(path));
    expect(places.some((path) => readFileSync(path).includes(id))).toBe(true);
    expect(
      places.filter(
        (path) => found(readFileSync(path), [...PLANTED, PDF.toString('latin1').slice(9, 24), ...secrets]).length > 0,
      ),
    ).toEqual([]);
  });
});
