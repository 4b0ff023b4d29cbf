import type { Listing, Page } from './dossier-store.ts';
import { READS_KEPT_MS } from './read-log.ts';

/** How long it is remembered that a register was asked at a person's own wish, in milliseconds: as long as who read a dossier. */
export const ASKS_KEPT_MS = READS_KEPT_MS;

/** That a register was asked about a person, because he wished it while he filled in a form. Nothing of what it said. */
export interface OwnAsk {
  /** The person, as a keyed digest. */
  owner: string;
  request: string;
  /** Milliseconds since the epoch. */
  at: number;
  draft: string;
  procedure: string;
  version: string;
  registry: string;
  purpose: string;
  legalBasis: string | string[];
  /** `asked`: nothing is known of an answer. */
  state: 'asked' | 'found' | 'not-found' | 'unavailable';
  /** `remembered`: an answer that still held; nothing was sent. */
  how?: 'asked' | 'remembered';
  /** What was taken over. */
  fields: string[];
  /** Milliseconds since the epoch; null: it has not answered. */
  answered: number | null;
}

/** Registers that were asked before there was a dossier in whose record it could stand. */
export interface AskLog {
  /** Durable when it resolves. The same request again stands in place of the first: what came of it. */
  put(ask: OwnAsk): Promise<void>;
  /** Of one person, newest first. A cursor that this log did not hand out throws `InvalidCursor`. */
  list(owner: string, page: Page): Promise<Listing<OwnAsk>>;
}

/** Where an ask stands among those of its person: by instant, then by request. */
export function placeOfAsk({ at, request }: Pick<OwnAsk, 'at' | 'request'>): string {
  return `${new Date(at).toISOString()}#${request}`;
}
