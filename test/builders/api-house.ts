import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Hono } from 'hono';
import { exportJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { Webhook } from 'standardwebhooks';
import { type LocalIssuer, openIssuer } from '../../adapters/local/issuer.ts';
import {
  openScenarioHouse,
  type ScenarioHouse,
  type ScenarioProcedure,
  StageMachine,
} from '../../embedded/scenarios/stage-machine.ts';
import { type ApiOptions, createApp } from '../../functions/api/app.ts';
import { oidcAuthenticator } from '../../functions/api/authentication.ts';
import type { LogLine } from '../../functions/api/surface.ts';
import { parseProcedure } from '../../workflows/compiler/parse.ts';
import { readOrganisation } from '../../workflows/read-organisation.ts';

const WORKFLOWS = new URL('../../workflows/', import.meta.url);
/** A Monday at noon in Vietnam. */
export const MONDAY = Date.parse('2026-11-16T05:00:00.000Z');
export const SECRET = 'whsec_c2VjcmV0IG9mIGEgc3lzdGVtIGluIGEgdGVzdA==';
const TEST_KEY = 'of-the-tests';
export const FORM = JSON.parse(read('procedures/fixtures/library-card.json')) as Record<string, unknown>;
export const PDF = Buffer.from('%PDF-1.7\nsample portrait\n%%EOF\n');

function read(path: string): string {
  return readFileSync(new URL(path, WORKFLOWS), 'utf8');
}

function readProcedure(path: string): ScenarioProcedure {
  const file = new URL(`../${path}`, WORKFLOWS);
  const source = readFileSync(file, 'utf8');
  const parsed = parseProcedure(source, path, (beside) => readFileSync(new URL(beside, file), 'utf8'));
  if (!parsed.ok) throw new Error(`expected a procedure in ${path}`);
  return { parsed: parsed.procedure, source };
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface Sent {
  token?: string | undefined;
  body?: unknown;
  key?: string;
  headers?: Record<string, string>;
}

interface HouseParts {
  stage: StageMachine;
  issuer: LocalIssuer;
  house: ScenarioHouse;
  dir: string;
  key: KeyObject;
  published: JWK;
}

/** The API over one machine in virtual time, with the sample organisation and the library card. */
export class ApiHouse {
  readonly app: Hono;
  readonly stage: StageMachine;
  readonly issuer: LocalIssuer;
  readonly logged: LogLine[] = [];
  /** Which requests are sent away; none, until it is set. */
  admit: ApiOptions['admit'];
  readonly #house: ScenarioHouse;
  readonly #dir: string;
  readonly #key: KeyObject;
  #messages = 0;

  readonly #parts: HouseParts;

  private constructor(parts: HouseParts) {
    this.#parts = parts;
    this.stage = parts.stage;
    this.issuer = parts.issuer;
    this.#house = parts.house;
    this.#dir = parts.dir;
    this.#key = parts.key;
    const { issuer, audience, jwks } = parts.issuer;
    const keys = [...jwks.keys, parts.published];
    const auth = oidcAuthenticator({ issuer, audience, jwks: { keys } }, { now: () => Date.now() });
    const { platform, catalogue } = parts.stage.machine;
    this.app = createApp(platform, catalogue, auth, {
      log: (line) => this.logged.push(line),
      description: async () => '{}',
      admit: (method, path) => this.admit?.(method, path),
    });
  }

  /** `others`: further procedures, by their path in the repository. */
  static async open(others: readonly string[] = []): Promise<ApiHouse> {
    const organisation = readOrganisation(read('sample-organisation.yaml'), 'sample-organisation.yaml');
    if (!organisation.ok) throw new Error('expected the sample organisation');
    const procedures = ['workflows/procedures/library-card.yaml', ...others].map(readProcedure);
    const house = await openScenarioHouse(organisation.organisation, procedures);
    const stage = await StageMachine.open(house, MONDAY);
    await stage.machine.platform.registry.put(
      'system',
      'ward-system',
      {
        id: 'ward-system',
        name: 'Ward',
        units: ['thu-lam'],
        may: ['decide', 'pay'],
        secrets: [SECRET],
      },
      0,
    );
    const dir = mkdtempSync(join(tmpdir(), 'onetrack-api-'));
    const issuer = await openIssuer(dir, 'https://issuer.example');
    const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const published = { ...(await exportJWK(publicKey)), kid: TEST_KEY, alg: 'ES256' };
    return new ApiHouse({ stage, issuer, house, dir, key, published });
  }

  async close(): Promise<void> {
    await this.stage.close();
    this.#house.close();
    if (this.#dir !== '') rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Another house that is now as this one: what happens in the one, the other does not know. It is closed before this one. */
  async copy(): Promise<ApiHouse> {
    const house = { ...this.#house, dir: this.folder };
    const stage = await StageMachine.open(house, this.stage.now);
    return new ApiHouse({ ...this.#parts, stage, house: { ...house, close: () => undefined }, dir: '' });
  }

  /** Where the machine keeps its data. */
  get folder(): string {
    const file = this.stage.machine.database.read((db) => db.prepare('PRAGMA database_list').get()?.['file']);
    return dirname(String(file));
  }

  applicant(subject = 'ngoc'): Promise<string> {
    return this.issuer.issueToken({ subject });
  }

  official(subject: string, role: string, unit = subject.replace(/-[a-z0-9]+(-\d)?$/, '')): Promise<string> {
    return this.issuer.issueToken({ subject, unit, role });
  }

  admin(): Promise<string> {
    return this.issuer.issueToken({ subject: 'admin', role: 'admin' });
  }

  /** A token of the issuer with these claims besides, for what the local issuer does not write. */
  token(claims: JWTPayload, header: Readonly<Record<string, string>> = {}): Promise<string> {
    const { issuer, audience } = this.issuer;
    return new SignJWT({ iss: issuer, aud: audience, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: TEST_KEY, typ: 'at+jwt', ...header })
      .setExpirationTime('1h')
      .sign(this.#key);
  }

  /** As an agency's system gets it in its own name. */
  system(client: string, scope: string): Promise<string> {
    return this.token({ sub: client, client_id: client, scope });
  }

  async send(method: string, path: string, { token, body, key, headers }: Sent = {}): Promise<Answer> {
    const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
    const response = await this.app.request(path.startsWith('http') ? path : `/v1${path}`, {
      method,
      headers: {
        ...(text !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...headers,
      },
      ...(text !== undefined && { body: text }),
    });
    const answer = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') && answer !== '';
    return {
      status: response.status,
      headers: response.headers,
      body: json ? (JSON.parse(answer) as Record<string, unknown>) : { text: answer },
    };
  }

  /** By a Standard Webhook of the ward's system. */
  webhook(
    path: string,
    body: unknown,
    { id = `msg_${(this.#messages += 1)}`, secret = SECRET, at = this.stage.now } = {},
  ): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, new Date(at), text),
    };
    return this.send('POST', path, { body: text, headers });
  }

  /** An upload whose bytes have arrived. */
  async upload(token: string, bytes: Uint8Array = PDF): Promise<string> {
    const { body } = await this.send('POST', '/uploads', { token, body: announcement(bytes) });
    const put = await this.app.request(String(body['url']), { method: 'PUT', body: Buffer.from(bytes) });
    if (put.status !== 204) throw new Error(`expected an upload, got ${put.status}`);
    return String(body['id']);
  }

  async submission(token: string): Promise<Record<string, unknown>> {
    const portrait = await this.upload(token);
    return {
      procedure: 'library-card',
      unit: 'thu-lam',
      form: FORM,
      documents: [{ component: 'portrait', upload: portrait }],
    };
  }

  /** A dossier that waits for reception. */
  async submitted(token: string): Promise<string> {
    const { status, body } = await this.send('POST', '/dossiers', { token, body: await this.submission(token) });
    if (status !== 201) throw new Error(`expected a dossier, got ${JSON.stringify(body)}`);
    await this.stage.settle();
    return String(body['id']);
  }

  /** Reception of the commune takes a dossier on. */
  async accepted(id: string): Promise<void> {
    const token = await this.official('thu-lam-reception', 'reception');
    await this.send('POST', `/tasks/${id}.receive.1/decision`, { token, body: { outcome: 'accepted' } });
    await this.stage.settle();
  }

  /** What is stored: registry, events, tasks and uploads, by their number and latest change. */
  async stored(): Promise<string> {
    const { database } = this.stage.machine;
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .all()
      .map(({ name }) => String(name));
    const rows = tables.map((name) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]);
    return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  }
}

/** The same, in parts. */
export function inParts(bytes: Uint8Array, size = 65_536): Record<string, unknown> {
  const sha256 = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    createHash('sha256')
      .update(bytes.subarray(index * size, (index + 1) * size))
      .digest('hex'),
  );
  return { ...announcement(bytes), parts: { size, sha256 } };
}

export function announcement(bytes: Uint8Array): Record<string, unknown> {
  return {
    fileName: 'portrait.pdf',
    mediaType: 'application/pdf',
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
