import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { ANSWERS_KEPT_MS } from '../../domain/ports/dossier-store.ts';
import { freePort } from '../../embedded/free-port.ts';
import { installSamples, readSampleSecrets } from '../../embedded/samples/install-samples.ts';
import { pick, randomFrom } from '../../embedded/scenarios/chance.ts';
import { type House, houseOf } from '../e2e/house.ts';
import { ENROLLED } from '../e2e/services-outside.ts';
import { SharedClock, type Target, TWO_YEARS } from '../e2e/target.ts';
import { checkWorld, type Seen } from './check-world.ts';
import { closeMachine, openFor, type Sabotage, type ServerSettings } from './house.ts';
import { Nemesis } from './nemesis.ts';
import { openOutside, type Outside } from './outside.ts';
import { PersistentClient, type Sent } from './persistent-client.ts';
import { recordKeyOf } from './read-records.ts';
import { scheduleOf } from './schedule.ts';
import { type Census, takeCensus } from './take-census.ts';
import { type Phase, walk } from './walk.ts';

export interface TortureOptions {
  seconds: number;
  seed: number;
  clients: number;
  procedures: readonly string[];
  /** False: nothing is broken. */
  nemesis?: boolean;
  sabotage?: Sabotage;
  /** Leaves the data folder where it is. */
  keep?: boolean;
  tell: (line: string) => void;
}

export interface TortureReport {
  faults: string[];
  counts: Nemesis['counts'];
  links: Record<string, number>;
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

export const PROCEDURES = ['library-card', 'birth-registration', 'household-business', 'newborn'];
/** A Monday morning: codes, calendars and terms are as on any day. */
const BEGINNING = Date.parse('2026-11-23T08:00:00+07:00');
/**
 * How long everything has to end once the nemesis rests: so long, and until so much of the world's time has passed, which takes longer on a machine that
 * has other work; but not for ever.
 */
const REST = { ms: 240_000, worldMs: 60 * 86_400_000, mostMs: 1_200_000 };
/**
 * Between two leaps of the world's time: whoever signs reads, authorises and decides within minutes of it, and a machine that is slow needs longer for that.
 */
const breath = (slowestMs: number): number => Math.min(Math.max(250, 4 * slowestMs), 10_000);

/** Procedures and clients against the server of one machine while a nemesis does what its schedule says; then everything must end, and every promise hold. */
export async function runTorture(options: TortureOptions): Promise<TortureReport> {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-torture-'));
  mkdirSync(join(dir, 'samples'));
  const clock = new SharedClock();
  clock.set(ENROLLED);
  const port = await freePort();
  const outside = await openOutside(dir, clock, `http://127.0.0.1:${port}`);
  try {
    const settings = await prepare({ dir, port, outside, clock }, options.sabotage);
    return await torture({ settings, clock, outside }, options);
  } finally {
    await outside.close();
    if (options.keep) options.tell(`data is kept in ${dir}`);
    else rmSync(dir, { recursive: true, force: true });
  }
}

/** The sample organisation and procedures, installed while nothing fails. */
async function prepare(
  place: { dir: string; port: number; outside: Outside; clock: SharedClock },
  planted: Sabotage | undefined,
): Promise<ServerSettings> {
  const { dir, port, outside, clock } = place;
  const { links, services, systems } = outside;
  const settings: ServerSettings = {
    dir,
    port,
    url: links.clients.url,
    signer: { url: links.signer.url, token: services.signer.token },
    timestamps: { url: links.timestamps.url },
    systems,
    smtp: links.mail.url,
    networks: ['127.0.0.0/8'],
    ...(planted && { sabotage: planted }),
  };
  const machine = await openFor(settings, clock);
  await installSamples(machine, dir, services.signer);
  await closeMachine(machine);
  return settings;
}

interface Arena {
  settings: ServerSettings;
  clock: SharedClock;
  outside: Outside;
}

async function torture({ settings, clock, outside }: Arena, options: TortureOptions): Promise<TortureReport> {
  const { seed, seconds, tell } = options;
  clock.set(BEGINNING);
  const phase: Phase = { finishing: false, over: false };
  const client = new PersistentClient(settings.url, {
    now: () => clock.now(),
    isOver: () => phase.over,
    calmSince: () => phase.calmSince,
  });
  const target = await targetOf({ settings, clock, outside }, client);
  const nemesis = new Nemesis({ settings, clock, links: outside.links, random: randomFrom(seed + 1), tell });
  try {
    await nemesis.begin();
    const secret = await subscribe(target, `${outside.links.subscribers.url}/events`);
    const walkers = new Walkers({ target, options, phase });
    walkers.begin();
    const schedule = options.nemesis === false ? [] : scheduleOf(seed, seconds * 1_000);
    const raged = nemesis.rage(schedule);
    await Promise.race([
      raged.then(() => pause(Math.max(0, seconds * 1_000 - (schedule.at(-1)?.at ?? 0)))),
      walkers.failed,
    ]);
    phase.finishing = true;
    await raged;
    phase.calmSince = Date.now();
    tell('the nemesis rests');
    const repeated = client.sent.filter((each) => isKept(each, clock.now()));
    for (const each of repeated) await client.again(each);
    const rested = performance.now();
    const { census, left } = await letEverythingEnd({ client, target, nemesis, walkers, outside, phase });
    const restedMs = Math.round(performance.now() - rested);
    const seen: Seen = {
      census,
      sent: client.sent,
      received: outside.received,
      mails: outside.mails(),
      secret,
      keyOf: await recordKeyOf(settings.dir),
      trust: target.trust,
    };
    const faults = [
      ...walkers.faults,
      ...left,
      ...checkWorld(seen),
      ...nemesis.complaints().map((line) => `the server logged: ${line.slice(0, 600)}`),
    ];
    return { faults, ...countsOf({ census, client, outside, nemesis }), repeated: repeated.length, restedMs };
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

async function targetOf({ settings, clock, outside }: Arena, client: PersistentClient): Promise<Target> {
  const issuer = await openIssuer(settings.dir, settings.url);
  const secrets = readSampleSecrets(settings.dir);
  const never = (): never => {
    throw new Error('expected the nemesis alone to do this');
  };
  return {
    name: 'one machine under torture',
    api: client,
    services: outside.services,
    trust: [outside.services.pki.root],
    token: (request) => issuer.issueToken({ ...request, ttl: TWO_YEARS }),
    secretOf: (system) => secrets[system] ?? '',
    now: () => clock.now(),
    settle: () => Promise.resolve(),
    nextDue: () => Promise.resolve(undefined),
    setClock: never,
    crash: never,
    restart: never,
    close: () => Promise.resolve(),
  };
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
  readonly #world: { target: Target; options: TortureOptions; phase: Phase };

  constructor(world: { target: Target; options: TortureOptions; phase: Phase }) {
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
 * Time goes on, ever faster: what was put off comes due, terms pass. Ends once every dossier has, all mail is out and every subscriber has been told; or
 * says what has not.
 */
async function letEverythingEnd(world: {
  client: PersistentClient;
  target: Target;
  nemesis: Nemesis;
  walkers: Walkers;
  outside: Outside;
  phase: Phase;
}): Promise<{ census: Census; left: string[] }> {
  const { client, target, nemesis, walkers, outside, phase } = world;
  const walk = { over: false };
  const ended = walkers.ended().then(() => {
    walk.over = true;
  });
  const begun = Date.now();
  let left: string[] = [];
  let passed = 0;
  const isOver = (ms: number): boolean => ms >= REST.mostMs || (ms >= REST.ms && passed >= REST.worldMs);
  for (let step = 5_000; !isOver(Date.now() - begun); step = Math.min(step * 1.25, 6 * 3_600_000)) {
    await pause(breath(client.slowestLately()));
    nemesis.pass(step);
    passed += step;
    if (!walk.over || step < 3_600_000) continue;
    await redeliver(target);
    left = (await takeCensus(target, { evidence: false })).left(outside);
    if (left.length === 0 || walkers.faults.length > 0) break;
  }
  phase.over = !walk.over;
  await ended;
  phase.over = false;
  const census = await takeCensus(target, { evidence: true });
  return { census, left: [...left, ...census.left(outside)].filter((line, index, all) => all.indexOf(line) === index) };
}

async function redeliver(target: Target): Promise<void> {
  const { api } = target;
  const admin = await target.token({ subject: 'administrator', role: 'admin' });
  const { body } = await api.expect(200, 'GET', '/dead-letters', { token: admin });
  const ids = (body['items'] as { id: string }[]).map(({ id }) => id);
  if (ids.length > 0) await api.expect(200, 'POST', '/dead-letters/redeliver', { token: admin, body: { ids } });
}

function countsOf({
  census,
  client,
  outside,
  nemesis,
}: {
  census: Census;
  client: PersistentClient;
  outside: Outside;
  nemesis: Nemesis;
}): Omit<TortureReport, 'faults' | 'repeated' | 'restedMs'> {
  const events = [...census.records.values()].flat().map(({ event }) => event);
  const links: Record<string, number> = {};
  for (const { counts } of Object.values(outside.links))
    for (const [fault, count] of Object.entries(counts)) links[fault] = (links[fault] ?? 0) + count;
  const acknowledged = client.sent.filter(({ answers: [first] }) => first && first.status < 300);
  const count = (type: string): number => events.filter((event) => event.type === type).length;
  return {
    counts: nemesis.counts,
    links,
    tally: client.tally,
    dossiers: census.records.size,
    events: events.length,
    commands: acknowledged.length,
    decisions: acknowledged.filter(({ command }) => command.kind === 'decision').length,
    replacedRuns: count('RunRequested'),
    parked: count('DossierParked'),
    webhooks: { events: events.length, received: outside.received.length },
    mails: { notices: count('NoticeDelivered'), taken: outside.mails().length },
    evidence: census.evidence.size,
  };
}
