import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readNumber, readVoid } from '../../adapters/connectors/read-number.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Connectors } from '../../domain/ports/connectors.ts';
import { Connector } from '../../schemas/connector.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';
import { type RegisterClient, sampleEndpoint } from './sample-endpoint.ts';
import { readBody } from './sample-server.ts';

type Data = Readonly<Record<string, unknown>>;

/** How a keeper behaves from now on. `lies`: its answer has another schema than was agreed. `gives`: the next number, then it counts on. */
export type KeeperState = Extract<ScenarioStep, { kind: 'keeper' }>['step']['keeper'][string];
type Mood = Extract<KeeperState, string>;

/** Systems of other authorities that give numbers for registers of ours. */
const NUMBER_KEEPERS: Readonly<Record<string, { name: string; authority: string }>> = {
  'civil-status-numbers': { name: 'Hệ thống cấp số hộ tịch điện tử', authority: 'Bộ Tư pháp' },
};

interface Given {
  key: string;
  series: string;
  number: number;
  year: number;
}

interface Voided {
  void: string;
  why: string;
}

/** How the sample keepers are reached at this address. */
export function keeperConnectors(url: string, client?: RegisterClient, timeoutMs = 3_000): Connector[] {
  return Object.entries(NUMBER_KEEPERS).map(([id, { name, authority }]) =>
    Connector.parse({
      id,
      name,
      authority,
      readiness: 'ready',
      endpoint: sampleEndpoint(url, `keepers/${id}`, client, timeoutMs),
      numbering: {
        send: {
          register: 'register',
          unit: 'unit',
          year: 'year',
          dossier: 'code',
          holder: 'holder',
          purpose: 'purpose',
        },
        request: '/entry/request',
        number: '/entry/number',
        year: '/entry/year',
        refusal: '/error/code',
        void: {
          url: `${url}/keepers/${id}/void`,
          send: { register: 'register', unit: 'unit', year: 'year', number: 'number', entry: 'request', reason: 'why' },
          request: '/entry/request',
          refusal: '/error/code',
        },
      },
    } satisfies Record<string, unknown>),
  );
}

/** The keepers behind their doors: one number for each key, counted by unit, register and year. With a file they remember over a restart what they gave. */
export class SampleKeepers {
  readonly #file: string | undefined;
  readonly #moods = new Map<string, Mood>();
  readonly #given = new Map<string, Given>();
  readonly #void = new Map<string, string>();
  readonly #refused = new Set<string>();
  readonly #last = new Map<string, number>();
  readonly #next = new Map<string, number>();

  constructor(file?: string) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n'))
      if (line !== '') this.#remember(JSON.parse(line) as Given | Voided);
  }

  setState(keeper: string, state: KeeperState): void {
    if (!NUMBER_KEEPERS[keeper])
      throw new Error(`expected one of ${Object.keys(NUMBER_KEEPERS).join(', ')}; got ${keeper}`);
    if (typeof state === 'string') this.#moods.set(keeper, state);
    else this.#next.set(keeper, state.gives);
  }

  setStates(states: Readonly<Record<string, KeeperState>>): void {
    for (const [keeper, state] of Object.entries(states)) this.setState(keeper, state);
  }

  stateOf(keeper: string): Mood {
    return this.#moods.get(keeper) ?? 'up';
  }

  /** Up again, all of them; what they gave they know. */
  calm(): void {
    this.#moods.clear();
    this.#next.clear();
  }

  /** Distinct numbers that it has given. */
  get given(): number {
    return this.#given.size;
  }

  /** Keys of the numbers that it was told are void, with why. */
  get void(): ReadonlyMap<string, string> {
    return this.#void;
  }

  /** What it answers who tells it that a number is void; told again it answers the same. */
  answerVoid(keeper: string, key: string, { entry, reason }: Data): { status: number; body: Data } {
    if (this.stateOf(keeper) === 'refuses') return { status: 422, body: { error: { code: 'year-closed' } } };
    const given = String(entry);
    if (!this.#given.has(given)) return { status: 404, body: { error: { code: 'unknown-number' } } };
    if (!this.#void.has(given)) {
      const voided = { void: given, why: String(reason) };
      if (this.#file !== undefined) writeDurably(this.#file, voided);
      this.#remember(voided);
    }
    return this.stateOf(keeper) === 'lies'
      ? { status: 200, body: { result: { id: key } } }
      : { status: 200, body: { entry: { request: key, state: 'void' } } };
  }

  /** What it answers while it is up, lies or refuses, with the status. What it gave once it gives again; what it refused it refuses again. */
  answer(keeper: string, key: string, message: Data): { status: number; body: Data } {
    if (this.stateOf(keeper) === 'refuses' && !this.#given.has(key)) this.#refused.add(key);
    if (this.#refused.has(key)) return { status: 422, body: { error: { code: 'year-closed' } } };
    const { number, year } = this.#numberOf(keeper, key, message);
    // Since yesterday everything lies elsewhere.
    if (this.stateOf(keeper) === 'lies') return { status: 200, body: { result: { id: key, no: number } } };
    return { status: 200, body: { entry: { request: key, number, year } } };
  }

  #numberOf(keeper: string, key: string, { register, unit, year }: Data): Given {
    const known = this.#given.get(key);
    if (known) return known;
    const series = `${keeper}:${String(unit)}:${String(register)}:${String(year)}`;
    const number = this.#next.get(keeper) ?? (this.#last.get(series) ?? 0) + 1;
    this.#next.delete(keeper);
    const given = { key, series, number, year: Number(year) };
    if (this.#file !== undefined) writeDurably(this.#file, given);
    return this.#keep(given);
  }

  #remember(line: Given | Voided): void {
    if ('void' in line) this.#void.set(line.void, line.why);
    else this.#keep(line);
  }

  #keep(given: Given): Given {
    this.#given.set(given.key, given);
    this.#last.set(given.series, given.number);
    return given;
  }
}

function writeDurably(path: string, line: Given | Voided): void {
  const file = openSync(path, 'a', 0o600);
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  fsyncSync(file);
  closeSync(file);
}

/** The keepers as a connector meets them, without a network between: what they answer is read as over HTTP. */
export function numberHere(keepers: SampleKeepers, clock: Clock): Connectors['number'] {
  const connectors = new Map(keeperConnectors('http://keepers.example').map((each) => [each.id, each]));
  return async ({ system, key, send }) => {
    const numbering = connectors.get(system)?.numbering;
    if (!numbering) return { kind: 'failed', why: 'not-ready', detail: 'it is not connected' };
    const state = keepers.stateOf(system);
    if (state === 'down' || state === 'slow') return { kind: 'failed', why: state, detail: 'no answer' };
    return readNumber(numbering, sentBy(keepers.answer(system, key, send)), { key, now: clock.now() });
  };
}

/** The same of being told that a number is void. */
export function voidHere(keepers: SampleKeepers): Connectors['voidNumber'] {
  const connectors = new Map(keeperConnectors('http://keepers.example').map((each) => [each.id, each]));
  return async ({ system, key, facts }) => {
    const voiding = connectors.get(system)?.numbering?.void;
    if (!voiding) return { kind: 'failed', why: 'not-ready', detail: 'it is not connected' };
    const state = keepers.stateOf(system);
    if (state === 'down' || state === 'slow') return { kind: 'failed', why: state, detail: 'no answer' };
    const send = Object.fromEntries(Object.entries(voiding.send).map(([name, fact]) => [name, facts[fact]]));
    return readVoid(voiding, sentBy(keepers.answerVoid(system, key, send)), key);
  };
}

function sentBy({ status, body }: { status: number; body: Data }) {
  return status === 200
    ? ({ kind: 'answered', body } as const)
    : ({ kind: 'failed', why: 'unusable', detail: `status ${status}`, status, body } as const);
}

/** Answers a request to a keeper: `POST /keepers/{id}`, `POST /keepers/{id}/void`, and `PUT /keepers/{id}/state`, by which a trial makes one slow, ends it or names its next number. False: it is to something else. */
export async function serveKeeper(
  keepers: SampleKeepers,
  isLetIn: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const [, id = '', what] = /^\/keepers\/([a-z-]+)(?:\/(state|void))?$/.exec(request.url ?? '') ?? [];
  if (!NUMBER_KEEPERS[id]) return false;
  const message = JSON.parse(Buffer.from((await readBody(request, 10_000)) ?? []).toString('utf8')) as Data;
  if (what === 'state') {
    keepers.setState(id, message['state'] as KeeperState);
    response.writeHead(204).end();
    return true;
  }
  const mood = isLetIn ? keepers.stateOf(id) : 'closed';
  if (mood === 'closed') response.writeHead(401).end();
  else if (mood === 'down') response.writeHead(503).end();
  else {
    const key = String(request.headers['idempotency-key']);
    const { status, body } = what === 'void' ? keepers.answerVoid(id, key, message) : keepers.answer(id, key, message);
    // A slow one takes note, and never answers: whoever asks has to give up, and gets the same number later.
    if (mood !== 'slow') response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
  return true;
}
