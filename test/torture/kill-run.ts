import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { ApiClient } from '../../cli/demo/client.ts';
import { randomFrom } from '../../embedded/scenarios/chance.ts';
import { type Aftermath, findBrokenPromises, findDetours } from './check-records.ts';
import { CommandClient, type Tally } from './client.ts';
import {
  type LogLine,
  openTortureHouse,
  type ServerChild,
  type ServerSettings,
  startServer,
  type TortureHouse,
} from './house.ts';
import { findLeftovers, findLostDocuments, readRecords, recordKeyOf } from './read-records.ts';
import { type Drivers, driveBench, driveCard } from './ways.ts';

export interface KillOptions {
  /** Kills of a server that serves; those while it starts come on top. */
  kills: number;
  seed: number;
  /** Dossiers under way at the same time. */
  clients: number;
  sabotage?: ServerSettings['sabotage'];
  tell: (line: string) => void;
}

export interface KillReport {
  kills: number;
  /** Kills at which at least one command had been sent, was never answered, and had to be repeated. */
  killsInFlight: number;
  killsWhileStarting: number;
  dossiers: number;
  events: number;
  commands: number;
  decisions: number;
  /** Runs begun anew because the execution's answer had been lost. */
  replacedRuns: number;
  documents: number;
  tally: Tally;
  /** Milliseconds from start to listening, of every restart. */
  restartsMs: number[];
  /** All in which a promise was broken; empty: all holds. */
  faults: string[];
}

/** One dossier in so many is a library card, with files, papers and personal signatures; the others are of the frozen procedure. */
const CARD_EVERY = 4;
const START_KILL_ONE_IN = 12;

/** Drives dossiers while a nemesis kills the server, lets them all end, and checks every promise. */
export async function runKills(options: KillOptions): Promise<KillReport> {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-kill-'));
  const opened = await openTortureHouse(dir);
  const { sabotage } = options;
  const house = sabotage ? { ...opened, settings: { ...opened.settings, sabotage } } : opened;
  const nemesis = new Nemesis(house, options);
  try {
    return await drive(house, nemesis, options);
  } finally {
    await nemesis.end();
    await house.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function drive(house: TortureHouse, nemesis: Nemesis, options: KillOptions): Promise<KillReport> {
  const { settings } = house;
  const random = randomFrom(options.seed + 1);
  const client = new CommandClient(settings.url);
  const issuer = await openIssuer(settings.dir, settings.url);
  const drivers: Drivers = {
    client,
    issuer,
    secret: house.secret,
    signerUrl: settings.signer.url,
    twice: () => random() < 0.15,
  };
  let next = 0;
  let done = false;
  const worker = async (): Promise<void> => {
    while (!done) {
      const index = next++;
      if (index % CARD_EVERY > 0) await driveBench(drivers, String(index));
      else await driveCard(drivers, String(index), index % (2 * CARD_EVERY) === 0 ? 'thu-lam' : 'dong-anh');
    }
  };
  await nemesis.begin();
  const killed = nemesis
    .rage(client, () => done)
    .finally(() => {
      done = true;
    });
  // A client that was refused ends the run: it has failed, the rest shows how.
  const watched = async (): Promise<void> =>
    worker().finally(() => {
      done = true;
    });
  const worked = await Promise.allSettled([killed, ...Array.from({ length: options.clients }, watched)]);
  const failures = worked.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
  return report(house, nemesis, { client, issuer, failures });
}

async function report(
  { settings }: TortureHouse,
  nemesis: Nemesis,
  { client, issuer, failures }: { client: CommandClient; issuer: Drivers['issuer']; failures: string[] },
): Promise<KillReport> {
  const admin = await issuer.issueToken({ subject: 'admin', role: 'admin' });
  const leftovers = await findLeftovers(settings.dir, 20_000);
  for (const acknowledged of client.acknowledged) await client.again(acknowledged);
  const records = await readRecords(client, admin);
  const aftermath: Aftermath = {
    acknowledged: client.acknowledged,
    records,
    keyOf: await recordKeyOf(settings.dir),
  };
  const api = new ApiClient(settings.url);
  const units = new Map([...records].map(([id, record]) => [id, String(record[0]?.event.data['receivingUnit'])]));
  let documents = 0;
  const lost = await findLostDocuments(async (dossier, digest) => {
    documents += 1;
    const unit = units.get(dossier) ?? '';
    const [subject, role] = unit === 'bench-office' ? ['bench-approver', 'approver'] : [`${unit}-clerk`, 'clerk'];
    const token = await issuer.issueToken({ subject, unit, role });
    return api.download(token, `/dossiers/${dossier}/documents/${digest}`);
  }, records);
  return {
    ...nemesis.counts(),
    dossiers: records.size,
    events: [...records.values()].reduce((sum, record) => sum + record.length, 0),
    commands: client.acknowledged.length,
    decisions: client.acknowledged.filter(({ command }) => command.kind === 'decision').length,
    replacedRuns: [...records.values()].flat().filter(({ event }) => event.type === 'RunRequested').length,
    documents,
    tally: client.tally,
    faults: [
      ...failures,
      ...leftovers,
      ...findBrokenPromises(aftermath),
      ...findDetours(records),
      ...lost,
      ...nemesis.log().map(({ text }) => `the server logged: ${text.slice(0, 500)}`),
    ],
  };
}

/** Kills the server at random moments and starts it again. */
class Nemesis {
  readonly #house: TortureHouse;
  readonly #options: KillOptions;
  readonly #random: () => number;
  readonly #log: LogLine[] = [];
  readonly #restarts: number[] = [];
  #server: ServerChild | undefined;
  #kills = 0;
  #inFlight = 0;
  #whileStarting = 0;

  constructor(house: TortureHouse, options: KillOptions) {
    this.#house = house;
    this.#options = options;
    this.#random = randomFrom(options.seed);
  }

  async begin(): Promise<void> {
    const starting = startServer(this.#house.settings);
    this.#server = await starting.listening;
  }

  /** Kills as often as it was told, or until nobody commands any more; ends with a server that serves. */
  async rage(client: CommandClient, done: () => boolean): Promise<void> {
    const { kills, tell } = this.#options;
    while (this.#kills < kills && !done()) {
      await this.#moment(client);
      const flights = client.inFlight();
      await this.#kill();
      this.#kills += 1;
      // What was answered before the signal took effect may still arrive.
      await pause(20);
      const unanswered = flights.filter(({ answered }) => !answered).length;
      if (unanswered > 0) this.#inFlight += 1;
      tell(`kill ${this.#kills}: ${unanswered} commands in flight`);
      if (this.#random() * START_KILL_ONE_IN < 1) await this.#killWhileStarting();
      await this.begin();
      this.#restarts.push(this.#server?.startedInMs ?? NaN);
    }
  }

  /** A random moment: nine times in ten one at which commands are in flight, else any. */
  async #moment(client: CommandClient): Promise<void> {
    // Long enough that new work begins, short enough that a recovery is hit too.
    await pause(30 + this.#random() * (this.#random() < 0.3 ? 700 : 3_500));
    if (this.#random() < 0.1) return;
    const end = Date.now() + 5_000;
    do await pause(this.#random() * 15);
    while (client.inFlight().length === 0 && Date.now() < end);
  }

  counts(): Pick<KillReport, 'kills' | 'killsInFlight' | 'killsWhileStarting' | 'restartsMs'> {
    return {
      kills: this.#kills,
      killsInFlight: this.#inFlight,
      killsWhileStarting: this.#whileStarting,
      restartsMs: this.#restarts,
    };
  }

  log(): readonly LogLine[] {
    return [...this.#log, ...(this.#server?.log ?? [])];
  }

  async end(): Promise<void> {
    await this.#kill();
  }

  async #kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    await server.kill();
    this.#log.push(...server.log);
  }

  async #killWhileStarting(): Promise<void> {
    const starting = startServer(this.#house.settings);
    await pause(100 + this.#random() * 900);
    await starting.kill();
    this.#whileStarting += 1;
  }
}
