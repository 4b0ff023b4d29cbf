import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readAnswer } from '../../adapters/connectors/read-answer.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Connectors, Question, SourceAnswer } from '../../domain/ports/connectors.ts';
import { Connector } from '../../schemas/connector.ts';
import { SampleKeepers, serveKeeper } from './number-keepers.ts';
import { type RegisterClient, sampleEndpoint } from './sample-endpoint.ts';
import { readBody } from './sample-server.ts';

/** How a sample register behaves. `lies`: its answer has another schema than was agreed. */
export type RegisterState = 'up' | 'slow' | 'down' | 'lies';

type Data = Readonly<Record<string, unknown>>;

interface Register {
  name: string;
  authority: string;
  /** What a question names its key. */
  keyName: string;
  fields: NonNullable<Connector['asking']>['fields'];
  /** Whether the key is the number of the person of whom it tells. */
  own?: true;
  records: Readonly<Record<string, Data>>;
}

const text = (name: string) => ({ at: `/record/${name}`, type: 'text' as const, optional: false });
const date = (name: string) => ({ at: `/record/${name}`, type: 'date' as const, optional: false });
const number = (name: string) => ({ at: `/record/${name}`, type: 'number' as const, optional: false });

/** Registers of other authorities, with a few records each. */
const REGISTERS: Readonly<Record<string, Register>> = {
  population: {
    name: 'Cơ sở dữ liệu quốc gia về dân cư',
    authority: 'Bộ Công an',
    keyName: 'personalId',
    fields: {
      name: text('fullName'),
      idNumber: text('id'),
      birthDate: date('birthDate'),
      residence: text('residence'),
      areaCode: { ...text('areaCode'), optional: true },
    },
    own: true,
    records: {
      '001190004411': { fullName: 'Trần Minh Khôi', birthDate: '1990-04-11', residence: 'Xã Đông Anh, Hà Nội' },
      '001192007733': { fullName: 'Phạm Thu Hà', birthDate: '1992-07-30', residence: 'Xã Thư Lâm, Hà Nội' },
      '001195003366': {
        fullName: 'Trần Thị Mai',
        birthDate: '1995-03-17',
        residence: 'Thôn Hậu Dưỡng, xã Thư Lâm, Hà Nội',
        areaCode: '00466',
      },
      '001188001199': { fullName: 'Nguyễn Văn Đức', birthDate: '1988-11-09', residence: 'Xã Thư Lâm, Hà Nội' },
      '001165002288': { fullName: 'Trần Văn Bình', birthDate: '1965-02-28', residence: 'Xã Thư Lâm, Hà Nội' },
    },
  },
  'civil-records': {
    name: 'Cơ sở dữ liệu hộ tịch điện tử',
    authority: 'Bộ Tư pháp',
    keyName: 'entry',
    fields: { kind: text('kind'), first: text('first'), second: text('second'), registered: date('registered') },
    records: {
      'KH-2019-0117': { kind: 'marriage', first: '001190004411', second: '001192007733', registered: '2019-05-18' },
      'KS-1990-0402': { kind: 'birth', first: '001190004411', second: '001165002288', registered: '1990-04-20' },
    },
  },
  business: {
    name: 'Cơ sở dữ liệu quốc gia về đăng ký doanh nghiệp',
    authority: 'Bộ Tài chính',
    keyName: 'taxId',
    fields: { name: text('name'), owner: text('owner'), status: text('status') },
    records: {
      '0109123456': { name: 'Công ty TNHH Sông Hồng', owner: '001165002288', status: 'active' },
    },
  },
  'driving-licences': {
    name: 'Cơ sở dữ liệu người điều khiển phương tiện giao thông đường bộ',
    authority: 'Bộ Công an',
    keyName: 'number',
    fields: { holder: text('holder'), class: text('class'), points: number('points') },
    records: {
      '010123004455': { holder: '001190004411', class: 'B', points: 12 },
      '010123004466': { holder: '001192007733', class: 'B', points: 8 },
      '010123004477': { holder: '001190004411', class: 'C', points: 0 },
    },
  },
  'health-checks': {
    name: 'Cơ sở dữ liệu khám sức khỏe lái xe',
    authority: 'Bộ Y tế',
    keyName: 'code',
    fields: { person: text('person'), conclusion: text('conclusion'), examined: date('examined') },
    records: {
      'KSK-2026-0117': { person: '001190004411', conclusion: 'fit', examined: '2026-10-12' },
      'KSK-2026-0118': { person: '001190004411', conclusion: 'unfit', examined: '2026-10-13' },
    },
  },
  land: {
    name: 'Cơ sở dữ liệu quốc gia về đất đai',
    authority: 'Bộ Nông nghiệp và Môi trường',
    keyName: 'parcel',
    fields: {
      holder: text('holder'),
      address: text('address'),
      use: text('use'),
      area: number('area'),
    },
    records: {
      '17-204': { holder: '001165002288', address: 'Thôn Hậu Dưỡng, xã Thư Lâm', use: 'dwelling', area: 96 },
      '17-205': { holder: '001192007733', address: 'Thôn Hậu Dưỡng, xã Thư Lâm', use: 'dwelling', area: 18 },
      '17-990': { holder: '001165002288', address: 'Thôn Hậu Dưỡng, xã Thư Lâm', use: 'paddy', area: 420 },
    },
  },
};

/** As whom the platform asks. */
export const REGISTER_CLIENT = 'onetrack';

/** How the sample registers are reached at this address. */
export function sampleConnectors(url: string, client?: RegisterClient, timeoutMs = 3_000): Connector[] {
  return Object.entries(REGISTERS).map(([id, { name, authority, keyName, fields, own }]) =>
    Connector.parse({
      id,
      name,
      authority,
      readiness: 'ready',
      endpoint: sampleEndpoint(url, `registers/${id}`, client, timeoutMs),
      asking: {
        send: { [keyName]: 'key', purpose: 'purpose', legalBasis: 'legalBasis', request: 'request' },
        found: '/found',
        key: '/record/id',
        asOf: '/asOf',
        fields,
        ...(own && { own }),
      },
    } satisfies Record<string, unknown>),
  );
}

/** What a register answers. */
function answerOf(id: string, key: string, state: RegisterState): Data {
  const record = REGISTERS[id]?.records[key];
  if (!record) return { found: false };
  // Since yesterday everything lies elsewhere.
  if (state === 'lies') return { found: true, data: { reference: key, ...record } };
  return { found: true, asOf: '2026-11-01', record: { id: key, ...record } };
}

/** The registers behind their doors: how each behaves, and which questions each has got. */
export class SampleRegisters {
  readonly #states = new Map<string, RegisterState>();
  readonly #questions = new Map<string, Set<string>>();

  setState(register: string, state: RegisterState): void {
    if (!REGISTERS[register]) throw new Error(`expected one of ${Object.keys(REGISTERS).join(', ')}; got ${register}`);
    this.#states.set(register, state);
  }

  setStates(states: Readonly<Record<string, RegisterState>>): void {
    for (const [register, state] of Object.entries(states)) this.setState(register, state);
  }

  stateOf(register: string): RegisterState {
    return this.#states.get(register) ?? 'up';
  }

  /** Distinct questions that it has got while it was up, or lied. */
  questions(register: string): number {
    return this.#questions.get(register)?.size ?? 0;
  }

  answer(register: string, request: string, key: string): Data {
    const questions = this.#questions.get(register) ?? new Set<string>();
    this.#questions.set(register, questions.add(request));
    return answerOf(register, key, this.stateOf(register));
  }
}

let connectorsHere: ReadonlyMap<string, Connector> | undefined;

/** The registers as a connector meets them, without a network between: what they answer is read as over HTTP. */
export function askHere(registers: SampleRegisters, clock: Clock): Connectors['ask'] {
  return async ({ registry, request, key }: Question): Promise<SourceAnswer> => {
    connectorsHere ??= new Map(sampleConnectors('http://registers.example').map((each) => [each.id, each]));
    const connector = connectorsHere.get(registry);
    if (!connector?.asking) return { kind: 'failed', why: 'not-ready' };
    const state = registers.stateOf(registry);
    if (state === 'down' || state === 'slow') return { kind: 'failed', why: state };
    const read = readAnswer(connector.asking, registers.answer(registry, request, key), key);
    if (read.kind === 'unusable') return { kind: 'failed', why: 'unusable' };
    return { record: {}, ...read, how: 'asked', level: connector.level, at: clock.now() };
  };
}

/** The registers' HTTP face: `POST /token` by client credentials, `POST /registers/{id}`, and `PUT /registers/{id}/state`, by which a trial makes one slow or ends it. Beside them those that keep registers of ours. */
export function registerService(
  registers: SampleRegisters,
  client?: RegisterClient,
  keepers = new SampleKeepers(),
): Server {
  const door: Door = { client, tokens: new Set<string>() };
  return createServer((request, response) => {
    void serveRegister(registers, door, request, response)
      .then((served) => served || serveKeeper(keepers, isLetIn(door, request), request, response))
      .then((served) => served || response.writeHead(404).end())
      .catch(() => response.writeHead(500).end());
  });
}

/** Answers a request to a register. False: it is to something else. */
export async function serveRegister(
  registers: SampleRegisters,
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { method, url = '' } = request;
  if (method === 'POST' && url === '/token') {
    giveToken(door, request, response);
    return true;
  }
  const [, id = '', state] = /^\/registers\/([a-z-]+)(\/state)?$/.exec(url) ?? [];
  if (!REGISTERS[id]) return false;
  const body = await readBody(request, 10_000);
  const message = JSON.parse(Buffer.from(body ?? []).toString('utf8')) as Data;
  if (state === undefined)
    answerQuestion(registers, id, { isLetIn: isLetIn(door, request), request, message }, response);
  else {
    registers.setState(id, message['state'] as RegisterState);
    response.writeHead(204).end();
  }
  return true;
}

interface Door {
  client?: RegisterClient | undefined;
  /** Given so far. */
  tokens: Set<string>;
}

function isLetIn({ client, tokens }: Door, { headers }: IncomingMessage): boolean {
  return client === undefined || tokens.has(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '');
}

function answerQuestion(
  registers: SampleRegisters,
  id: string,
  question: { isLetIn: boolean; request: IncomingMessage; message: Data },
  response: ServerResponse,
): void {
  const state = question.isLetIn ? registers.stateOf(id) : 'closed';
  // A slow one never answers: whoever asks has to give up.
  if (state === 'slow') return;
  if (state === 'closed' || state === 'down') {
    response.writeHead(state === 'down' ? 503 : 401).end();
    return;
  }
  const key = String(question.message[REGISTERS[id]?.keyName ?? '']);
  const answer = registers.answer(id, String(question.request.headers['idempotency-key']), key);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

function giveToken({ client, tokens }: Door, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const basic = client && Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
  if (basic === undefined || request.headers.authorization !== `Basic ${basic}`) {
    response.writeHead(401).end();
    return;
  }
  const token = randomBytes(16).toString('hex');
  tokens.add(token);
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 600 }));
}
