import { setTimeout as pause } from 'node:timers/promises';
import { ANSWERS_KEPT_MS } from '../../domain/ports/dossier-store.ts';
import { pick, randomFrom } from '../../embedded/scenarios/chance.ts';
import { type House, houseOf } from '../e2e/house.ts';
import type { Target } from '../e2e/target.ts';
import { checkWorld, type Seen } from './check-world.ts';
import type { Received } from './outside.ts';
import type { PersistentClient, Sent } from './persistent-client.ts';
import { type Census, takeCensus } from './take-census.ts';
import { type Phase, walk } from './walk.ts';

/** How hard, and by whom. */
export interface Ordeal {
  seconds: number;
  seed: number;
  clients: number;
  procedures: readonly string[];
  /** For so many milliseconds nothing may go on before it is given up; absent: for as long as everything may need. */
  patience?: number;
  tell: (line: string) => void;
}

/** What makes things go wrong, and has the world's time go on. */
export interface Tormentor {
  begin(): Promise<void>;
  /** Returns once nothing is broken any more. */
  rage(): Promise<void>;
  /** The world's time goes on at once by so many milliseconds. */
  pass(by: number): void | Promise<void>;
  /** What the system logged that cannot be excused by what was broken. */
  complaints(): string[] | Promise<string[]>;
  end(): Promise<void>;
}

/** A system with all around it, and what torments it. */
export interface Arena {
  target: Target;
  client: PersistentClient;
  phase: Phase;
  nemesis: Tormentor;
  /** Where it is to send its webhooks, and what came there. */
  subscriber: string;
  received: readonly Received[];
  /** Ids of the notices whose mails were taken. */
  mails: () => string[] | Promise<string[]>;
  keyOf: Seen['keyOf'];
  /** A place in the feed: dossiers that only what stands before it tells of are no concern. */
  after?: string;
}

/** What came of it. `faults` is empty where every promise held. */
export interface Outcome {
  faults: string[];
  tally: PersistentClient['tally'];
  dossiers: number;
  events: number;
  commands: number;
  /** Commands sent again at the end, whose answers were kept. */
  repeated: number;
  decisions: number;
  replacedRuns: number;
  parked: number;
  webhooks: { events: number; received: number };
  mails: { notices: number; taken: number };
  evidence: number;
  restedMs: number;
}

/**
 * How long everything has to end once the nemesis rests: so long, and until so much of the world's time has passed, which takes longer on a machine that
 * has other work; but not for ever.
 */
const REST = { ms: 240_000, worldMs: 60 * 86_400_000, mostMs: 1_200_000 };
const BREATH_MS = 250;
/**
 * Between two leaps of the world's time: whoever signs reads, authorises and decides within minutes of it, and a machine that is slow needs longer for that.
 */
const breath = (slowestMs: number): number => Math.min(Math.max(BREATH_MS, 4 * slowestMs), 10_000);

/** Clients lead dossiers of several procedures while the nemesis rages; then everything must end, and every promise hold. */
export async function runArena(arena: Arena, ordeal: Ordeal): Promise<Outcome> {
  const { target, client, phase, nemesis } = arena;
  try {
    await nemesis.begin();
    const secret = await subscribe(target, arena.subscriber);
    const walkers = new Walkers({ target, options: ordeal, phase });
    walkers.begin();
    const raged = nemesis.rage();
    await Promise.race([raged, walkers.failed]);
    phase.finishing = true;
    await raged;
    phase.calmSince = Date.now();
    ordeal.tell('the nemesis rests');
    const repeated = client.sent.filter((each) => isKept(each, target.now()));
    for (const each of repeated) await client.again(each);
    const rested = performance.now();
    const { census, left } = await letEverythingEnd(arena, walkers, ordeal.patience ?? Infinity);
    const restedMs = Math.round(performance.now() - rested);
    const mails = await arena.mails();
    const { keyOf, received } = arena;
    const { trust } = target;
    const faults = [
      ...walkers.faults,
      ...left,
      ...checkWorld({ census, sent: client.sent, received, mails, secret, keyOf, trust }),
      ...(await nemesis.complaints()).map((line) => `the server logged: ${line.slice(0, 600)}`),
    ];
    return { faults, ...countsOf(census, arena, mails.length), repeated: repeated.length, restedMs };
  } finally {
    phase.over = true;
    await nemesis.end();
  }
}

/** Whether the answer that a command got is kept for whoever sends it again, with an hour to do so. */
function isKept({ command, answers: [first], begun }: Sent, now: number): boolean {
  const succeeded = first !== undefined && first.status < 300 && command.key !== '';
  return succeeded && now - begun < ANSWERS_KEPT_MS - 3_600_000;
}

/** Asks for every event; answers the secret by which they are signed. */
async function subscribe(target: Target, url: string): Promise<string> {
  const token = await target.token({ subject: 'administrator', role: 'admin' });
  const headers = { 'idempotency-key': 'torture' };
  const { body } = await target.api.expect(201, 'POST', '/subscriptions', { token, body: { url }, headers });
  return String(body['secret']);
}

class Walkers {
  readonly faults: string[] = [];
  readonly failed: Promise<void>;
  #all: Promise<void>[] = [];
  #fail: () => void = () => undefined;
  readonly #world: { target: Target; options: Ordeal; phase: Phase };

  constructor(world: { target: Target; options: Ordeal; phase: Phase }) {
    this.#world = world;
    this.failed = new Promise((resolve) => (this.#fail = resolve));
  }

  begin(): void {
    const { options } = this.#world;
    const houses = new Map(options.procedures.map((name) => [name, lawful(houseOf(name))]));
    let next = 0;
    const work = async (): Promise<void> => {
      while (!this.#world.phase.finishing) await this.#one((next += 1), houses);
    };
    this.#all = Array.from({ length: options.clients }, () =>
      work().catch((error: unknown) => {
        this.faults.push(error instanceof Error ? error.message : String(error));
        this.#fail();
      }),
    );
  }

  async #one(index: number, houses: ReadonlyMap<string, ReturnType<typeof houseOf>>): Promise<void> {
    const { target, options, phase } = this.#world;
    const random = randomFrom(options.seed * 100_003 + index);
    const procedure = pick(options.procedures, random);
    const { house, stories } = houses.get(procedure) as {
      house: House;
      stories: ReturnType<typeof houseOf>['stories'];
    };
    await walk(`${procedure} ${index}`, { target, house, stories, random, phase });
  }

  /** Settles when every dossier that was begun has ended. */
  ended(): Promise<void> {
    return Promise.all(this.#all).then(() => undefined);
  }
}

/** Without stories whose submission is refused or changed. */
function lawful({ house, stories }: ReturnType<typeof houseOf>): ReturnType<typeof houseOf> {
  return { house, stories: stories.filter((story) => !story.do.some(({ kind }) => kind === 'submit')) };
}

/**
 * Time goes on, ever faster, and faster still once nobody signs any more: what was put off comes due, terms pass. Ends once every dossier has, all mail is out and every subscriber has been told; or
 * says what has not.
 */
async function letEverythingEnd(
  arena: Arena,
  walkers: Walkers,
  patience: number,
): Promise<{ census: Census; left: string[] }> {
  const { client, target, nemesis, phase, after } = arena;
  const walk = { over: false };
  const ended = walkers.ended().then(() => {
    walk.over = true;
  });
  const begun = Date.now();
  let left: string[] = [];
  let passed = 0;
  let moved = begun;
  const isOver = (ms: number): boolean => ms >= REST.mostMs || (ms >= REST.ms && passed >= REST.worldMs);
  for (let step = 5_000; !isOver(Date.now() - begun); step = Math.min(step * (walk.over ? 4 : 1.25), 6 * 3_600_000)) {
    await pause(walk.over ? BREATH_MS : breath(client.slowestLately()));
    await nemesis.pass(step);
    passed += step;
    if (!walk.over || step < 3_600_000) continue;
    await redeliver(target);
    const before = left.join();
    left = (await takeCensus(target, { evidence: false, after })).left(arena);
    if (left.join() !== before) moved = Date.now();
    if (left.length === 0 || walkers.faults.length > 0 || Date.now() - moved >= patience) break;
  }
  phase.over = !walk.over;
  await ended;
  phase.over = false;
  const census = await takeCensus(target, { evidence: true, after });
  return { census, left: [...left, ...census.left(arena)].filter((line, index, all) => all.indexOf(line) === index) };
}

async function redeliver(target: Target): Promise<void> {
  const { api } = target;
  const admin = await target.token({ subject: 'administrator', role: 'admin' });
  const { body } = await api.expect(200, 'GET', '/dead-letters', { token: admin });
  const ids = (body['items'] as { id: string }[]).map(({ id }) => id);
  if (ids.length > 0) await api.expect(200, 'POST', '/dead-letters/redeliver', { token: admin, body: { ids } });
}

function countsOf(
  census: Census,
  { client, received }: Arena,
  taken: number,
): Omit<Outcome, 'faults' | 'repeated' | 'restedMs'> {
  const events = [...census.records.values()].flat().map(({ event }) => event);
  const acknowledged = client.sent.filter(({ answers: [first] }) => first && first.status < 300);
  const count = (type: string): number => events.filter((event) => event.type === type).length;
  return {
    tally: client.tally,
    dossiers: census.records.size,
    events: events.length,
    commands: acknowledged.length,
    decisions: acknowledged.filter(({ command }) => command.kind === 'decision').length,
    replacedRuns: count('RunRequested'),
    parked: count('DossierParked'),
    webhooks: { events: events.length, received: received.length },
    mails: { notices: count('NoticeDelivered'), taken },
    evidence: census.evidence.size,
  };
}
