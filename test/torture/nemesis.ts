import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { pick } from '../../embedded/scenarios/chance.ts';
import type { SharedClock } from '../e2e/target.ts';
import type { FaultyLink } from './faulty-link.ts';
import { type LogLine, type ServerChild, type ServerSettings, startServer, type Starting } from './house.ts';
import type { DiskFault, Episode, LinkName } from './schedule.ts';

/** Refused decisions, and what a client is told to try again: they are answered for. */
const EXPECTED = /^{"level":("warn"|"error","code":"try-again")/;
const run = promisify(execFile);
const MOST_FAILURES = 3;
const PRELOADS = ['/usr/lib/fiu/fiu_run_preload.so', '/usr/lib/fiu/fiu_posix_preload.so'];

/** Whether calls of the server to the disk can be made to fail (libfiu; scripts/oracles.sh installs it). */
export const libfiuIsThere = PRELOADS.every((library) => existsSync(library));

/** Calls that fail, by the names that libfiu gives them, and the error that they then give: ENOSPC, EIO. */
const DISK: Readonly<Record<DiskFault, { points: readonly string[]; errno: number }>> = {
  full: {
    points: ['posix/io/rw/pwrite', 'posix/io/rw/pwritev', 'posix/io/dir/mkdir', 'posix/io/sync/fsync'],
    errno: 28,
  },
  write: { points: ['posix/io/rw/pwrite', 'posix/io/rw/pwritev', 'posix/io/dir/rename'], errno: 5 },
  sync: { points: ['posix/io/sync/fsync', 'posix/io/sync/fdatasync'], errno: 5 },
};

export interface Battlefield {
  settings: ServerSettings;
  clock: SharedClock;
  links: Readonly<Record<LinkName, FaultyLink>>;
  random: () => number;
  tell: (line: string) => void;
}

/** Does to the server and all around it what a schedule says; keeps the server going as a supervisor does: a process that ends is started again. */
export class Nemesis {
  readonly #field: Battlefield;
  readonly #log: LogLine[] = [];
  readonly #disk: { from: number; to: number }[] = [];
  readonly #after = new Set<Promise<void>>();
  /** The last process that was started, whether it listens yet or not. */
  #starting: Starting | undefined;
  #server: ServerChild | undefined;
  #skew = 0;
  #resting = false;
  #stopped = false;
  #supervised: Promise<void> | undefined;
  #firstStart: (() => void) | undefined;
  /** Before it ever served, a start that fails is no work of the nemesis. */
  #served = false;
  #failures = 0;
  /** What was killed last, perhaps before it listened. */
  #killed: number | undefined;
  /** Until when the supervisor lets it lie. */
  #down = 0;
  readonly counts = { kills: 0, freezes: 0, diskFaults: 0, ends: 0, jumps: 0 };

  constructor(field: Battlefield) {
    this.#field = field;
  }

  /** Returns once the server listens. */
  async begin(): Promise<void> {
    const listening = new Promise<void>((resolve) => (this.#firstStart = resolve));
    this.#supervised = this.#supervise();
    await Promise.race([listening, this.#supervised]);
  }

  async #supervise(): Promise<void> {
    while (!this.#stopped) {
      await pause(Math.max(0, this.#down - Date.now()));
      const { settings, clock, tell } = this.#field;
      const control = join(settings.dir, 'fiu');
      const env = libfiuIsThere ? { LD_PRELOAD: PRELOADS.join(' '), FIU_CTRL_FIFO: control, FIU_ENABLE: '' } : {};
      const starting = startServer({ ...settings, ahead: clock.ahead + this.#skew }, { env, tell });
      this.#starting = starting;
      const server = await starting.listening.catch((error: unknown) => {
        if (this.#killed !== starting.pid) this.#log.push({ at: Date.now(), text: `supervisor: ${String(error)}` });
      });
      if (!server && !this.#served && (this.#failures += 1) === MOST_FAILURES)
        throw new Error(
          `expected the server to start, it did not in ${MOST_FAILURES} attempts: ${this.#log.at(-1)?.text ?? ''}`,
        );
      if (!server) continue;
      this.#served = true;
      this.#server = server;
      this.#firstStart?.();
      await server.ended;
      this.#server = undefined;
      this.counts.ends += 1;
      this.#log.push(...server.log);
    }
  }

  /** All that a schedule says, and nothing after it: then everything works again. */
  async rage(schedule: readonly Episode[]): Promise<void> {
    const begun = Date.now();
    for (const episode of schedule) {
      await pause(Math.max(0, begun + episode.at - Date.now()));
      this.#field.tell(`${((Date.now() - begun) / 1000).toFixed(1)} s ${JSON.stringify(episode)}`);
      await this.#do(episode);
    }
    await this.rest();
  }

  async #kill(): Promise<void> {
    this.counts.kills += 1;
    this.#killed = this.#starting?.pid;
    await this.#starting?.kill();
  }

  async #do(episode: Episode): Promise<void> {
    switch (episode.what) {
      case 'kill':
        this.#down = Date.now() + episode.down;
        await this.#kill();
        if (episode.again !== null) {
          await pause(episode.down + episode.again);
          await this.#kill();
        }
        return;
      case 'freeze':
        return this.#freeze(episode.for);
      case 'disk':
        if (libfiuIsThere) this.#later(this.#breakDisk(episode));
        return;
      case 'pass':
        this.counts.jumps += 1;
        this.pass(episode.by);
        return;
      case 'skew':
        this.counts.jumps += 1;
        this.#skew = episode.by;
        this.#tellTime();
        this.#later(
          this.#unlessResting(episode.for).then(() => {
            this.#skew = 0;
            this.#tellTime();
          }),
        );
        return;
      case 'link': {
        const link = this.#field.links[episode.link];
        const { random } = this.#field;
        const fault = () => (random() < episode.chance ? pick(episode.faults, random) : undefined);
        link.fault = fault;
        this.#later(
          this.#unlessResting(episode.for).then(() => {
            if (link.fault === fault) link.fault = () => undefined;
          }),
        );
        return;
      }
    }
  }

  /** The world's time goes on at once by so many milliseconds. */
  pass(by: number): void {
    const { clock } = this.#field;
    clock.set(clock.now() + by);
    this.#tellTime();
  }

  #tellTime(): void {
    this.#starting?.setAhead(this.#field.clock.ahead + this.#skew);
  }

  async #freeze(milliseconds: number): Promise<void> {
    const pid = this.#server?.pid;
    if (pid === undefined) return;
    this.counts.freezes += 1;
    process.kill(pid, 'SIGSTOP');
    await pause(milliseconds);
    // It may have been killed meanwhile.
    if (this.#server?.pid === pid) process.kill(pid, 'SIGCONT');
  }

  async #breakDisk({ how, chance, for: milliseconds }: Extract<Episode, { what: 'disk' }>): Promise<void> {
    const { points, errno } = DISK[how];
    const fault = { from: Date.now(), to: Infinity };
    this.#disk.push(fault);
    this.counts.diskFaults += 1;
    await this.#control(
      points.map((name) => `enable_random name=${name},probability=${chance},failinfo=${errno}`),
      async () => {
        await this.#unlessResting(milliseconds);
        await this.#control(points.map((name) => `disable name=${name}`));
      },
    );
    fault.to = Date.now();
  }

  async #control(commands: readonly string[], then?: () => Promise<void>): Promise<void> {
    const pid = this.#server?.pid;
    if (pid === undefined) return;
    const prefix = join(this.#field.settings.dir, 'fiu');
    // A process that is stopped does not listen, one that is gone never will.
    await run('fiu-ctrl', ['-f', prefix, ...commands.flatMap((command) => ['-c', command]), String(pid)], {
      timeout: 10_000,
    }).catch(() => undefined);
    await then?.();
  }

  #later(work: Promise<void>): void {
    const tracked = work.finally(() => this.#after.delete(tracked));
    this.#after.add(tracked);
  }

  async #unlessResting(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!this.#resting && Date.now() < end) await pause(Math.min(50, Math.max(1, end - Date.now())));
  }

  async rest(): Promise<void> {
    this.#resting = true;
    await Promise.all(this.#after);
    for (const link of Object.values(this.#field.links)) link.fault = () => undefined;
    this.#skew = 0;
    this.#tellTime();
  }

  /** What the server logged while nothing was wrong with its disk. */
  complaints(): string[] {
    const slack = 3_000;
    const excused = ({ at }: LogLine): boolean => this.#disk.some(({ from, to }) => at >= from && at <= to + slack);
    return [...this.#log, ...(this.#server?.log ?? [])]
      .filter((line) => !excused(line) && !EXPECTED.test(line.text))
      .map(({ text }) => text);
  }

  async end(): Promise<void> {
    this.#stopped = true;
    this.#resting = true;
    this.#killed = this.#starting?.pid;
    await this.#starting?.kill();
    await this.#supervised;
  }
}
