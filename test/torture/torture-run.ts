import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { freePort } from '../../embedded/free-port.ts';
import { installSamples, readSampleSecrets } from '../../embedded/samples/install-samples.ts';
import { randomFrom } from '../../embedded/scenarios/chance.ts';
import { ENROLLED } from '../e2e/services-outside.ts';
import { SharedClock, type Target, TWO_YEARS } from '../e2e/target.ts';
import { closeMachine, openFor, type Sabotage, type ServerSettings } from './house.ts';
import { Nemesis } from './nemesis.ts';
import { openOutside, type Outside } from './outside.ts';
import { PersistentClient } from './persistent-client.ts';
import { recordKeyOf } from './read-records.ts';
import { type Ordeal, type Outcome, runArena } from './run-arena.ts';
import { scheduleOf } from './schedule.ts';
import type { Phase } from './walk.ts';

export interface TortureOptions extends Ordeal {
  /** False: nothing is broken. */
  nemesis?: boolean;
  sabotage?: readonly Sabotage[];
  /** Leaves the data folder where it is. */
  keep?: boolean;
}

export interface TortureReport extends Outcome {
  counts: Nemesis['counts'];
  links: Record<string, number>;
}

export const PROCEDURES = ['library-card', 'birth-registration', 'household-business', 'newborn'];
/** A Monday morning: codes, calendars and terms are as on any day. */
const BEGINNING = Date.parse('2026-11-23T08:00:00+07:00');
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
  planted: readonly Sabotage[] | undefined,
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

interface Machine {
  settings: ServerSettings;
  clock: SharedClock;
  outside: Outside;
}

async function torture(machine: Machine, options: TortureOptions): Promise<TortureReport> {
  const { settings, clock, outside } = machine;
  const { seed, seconds, tell } = options;
  clock.set(BEGINNING);
  const phase: Phase = { finishing: false, over: false };
  const client = new PersistentClient(settings.url, {
    now: () => clock.now(),
    isOver: () => phase.over,
    calmSince: () => phase.calmSince,
  });
  const nemesis = new Nemesis({ settings, clock, links: outside.links, random: randomFrom(seed + 1), tell });
  const schedule = options.nemesis === false ? [] : scheduleOf(seed, seconds * 1_000);
  const outcome = await runArena(
    {
      target: await targetOf(machine, client),
      client,
      phase,
      nemesis: {
        begin: () => nemesis.begin(),
        rage: async () => {
          await nemesis.rage(schedule);
          await pause(Math.max(0, seconds * 1_000 - (schedule.at(-1)?.at ?? 0)));
        },
        pass: (by) => {
          nemesis.pass(by);
        },
        complaints: () => nemesis.complaints(),
        end: () => nemesis.end(),
      },
      subscriber: `${outside.links.subscribers.url}/events`,
      received: outside.received,
      mails: () => outside.mails(),
      keyOf: await recordKeyOf(settings.dir),
    },
    options,
  );
  return { ...outcome, counts: nemesis.counts, links: faultsOf(outside) };
}

/** Faults of all links, counted by kind. */
function faultsOf({ links }: Outside): Record<string, number> {
  const faults: Record<string, number> = {};
  for (const { counts } of Object.values(links))
    for (const [fault, count] of Object.entries(counts)) faults[fault] = (faults[fault] ?? 0) + count;
  return faults;
}

async function targetOf({ settings, clock, outside }: Machine, client: PersistentClient): Promise<Target> {
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
