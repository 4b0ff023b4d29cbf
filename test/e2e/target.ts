import type { Certificate } from '../../adapters/cms/certificate.ts';
import type { TokenRequest } from '../../adapters/local/issuer.ts';
import type { ApiClient } from '../../cli/demo/client.ts';
import type { ServicesOutside } from './services-outside.ts';

/** Beyond the end of any story, in seconds: what tokens are good for. */
export const TWO_YEARS = 2 * 366 * 86_400;

/** A system that runs, reached as applicants, officials and agencies reach it. Its clock can be set: it runs on from there. */
export interface Target {
  readonly name: string;
  readonly api: ApiClient;
  readonly services: ServicesOutside;
  /** Whom the evidence of this system leads to. */
  readonly trust: readonly Certificate[];
  token(request: TokenRequest): Promise<string>;
  /** By which an agency's system signs what it sends. */
  secretOf(system: string): string;
  now(): number;
  setClock(instant: number): Promise<void>;
  /** Returns once everything that is due has happened; the time-stamps over heads, which wait for each other, only if asked for. */
  settle(what: { dossiers: readonly string[]; anchors?: boolean }): Promise<void>;
  /** Has what a minute does done at once, where nothing else calls it. */
  sweep?(): Promise<void>;
  /** The next instant at which something happens by itself. */
  nextDue(): Promise<number | undefined>;
  /** What its operator reads in its logs of what went wrong lately. */
  complaints?(): Promise<string[]>;
  /** Dies at once and starts again; `restart` after what is under way has ended. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The system's clock and that of the services outside, which run together: ahead of the machine's, or behind. */
export class SharedClock {
  ahead = 0;

  now(): number {
    return Date.now() + this.ahead;
  }

  /** Of the instant the whole milliseconds count, as with every clock. */
  set(instant: number): void {
    this.ahead = Math.round(instant) - Date.now();
  }
}
