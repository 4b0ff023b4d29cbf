import type { Listing, Page } from './dossier-store.ts';

/** How long it is remembered who read a dossier, in milliseconds: two years. */
export const READS_KEPT_MS = 730 * 86_400_000;

/** What was opened. `question`: what a consulted body is asked; `package`: the evidence package; `sensitive`: what is marked so, of form, documents or papers; `original`: of a paper, by whoever has a print of it. */
export const READABLE = ['dossier', 'documents', 'question', 'package', 'sensitive', 'original'] as const;
export type Readable = (typeof READABLE)[number];

/** Somebody opened a dossier, or something of it: an official, in an appointment; null: nobody knows who, by the print that he has. */
export interface Reading {
  dossier: string;
  official: string | null;
  unit: string | null;
  role: string | null;
  what: Readable;
  /** Milliseconds since the epoch. */
  at: number;
}

/** That one official, or somebody with a print, read one thing on one day. */
export interface Read extends Omit<Reading, 'dossier' | 'at'> {
  /** In UTC. */
  day: string;
  /** The first time on that day, milliseconds since the epoch. */
  first: number;
}

/** Who read what, for whom it is about. Beside the record, not in it: looking must not make the chain grow. */
export interface ReadLog {
  /** Durable when it resolves. The same official, appointment, thing and day again adds nothing: one row. */
  add(read: Reading): Promise<void>;
  /** Of one dossier, newest day first. A cursor that this log did not hand out throws `InvalidCursor`. */
  list(dossier: string, page: Page): Promise<Listing<Read>>;
}

/** Where a reading stands among those of its dossier: by day, then by who read. */
export function placeOf({ official, unit, role, what, at }: Omit<Reading, 'dossier'>): string {
  return [new Date(at).toISOString().slice(0, 10), official ?? '', unit ?? '', role ?? '', what].join('#');
}

/** The reading that stands at a place. */
export function readAt(place: string, first: number): Read {
  const [day = '', official = '', unit = '', role = '', what] = place.split('#');
  return { official: official || null, unit: unit || null, role: role || null, what: what as Readable, day, first };
}
