import type { Listing, Page } from './dossier-store.ts';

/** How long a denial is remembered, in milliseconds: two years. */
export const DENIALS_KEPT_MS = 730 * 86_400_000;
/** Of one official on one day so many denials are kept; what comes after them stands in the operator's log alone, so that nobody fills the store by trying. */
export const MOST_DENIALS = 200;

/** An official asked for a dossier that is not for him. */
export interface DeniedAccess {
  dossier: string;
  official: string;
  /** The appointment in which he asked. */
  unit: string;
  role: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What one official was denied of one dossier on one day. */
export interface Denial {
  official: string;
  unit: string;
  role: string;
  /** In UTC. */
  day: string;
  /** The first and the last of that day, milliseconds since the epoch. */
  first: number;
  last: number;
  count: number;
}

/** Who asked for what is not his, for a reviewer. Beside the record, not in it: others must not be able to make it grow. */
export interface DenialLog {
  /** `false`: this official has been denied so much today that no more is kept. */
  add(denied: DeniedAccess): Promise<boolean>;
  /** Of one dossier, newest day first. A cursor that this log did not hand out throws `InvalidCursor`. */
  list(dossier: string, page: Page): Promise<Listing<Denial>>;
}

/** Where a denial stands among those of its dossier: by day, then by who asked. */
export function placeOf({ official, unit, role, at }: Omit<DeniedAccess, 'dossier'>): { day: string; place: string } {
  const day = new Date(at).toISOString().slice(0, 10);
  return { day, place: [day, official, unit, role].join('#') };
}

/** The denial that stands at a place. */
export function denialAt(place: string, counted: Pick<Denial, 'first' | 'last' | 'count'>): Denial {
  const [day = '', official = '', unit = '', role = ''] = place.split('#');
  return { official, unit, role, day, ...counted };
}
