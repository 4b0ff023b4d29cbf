import type { Calendar } from '../../schemas/calendar.ts';
import type { AgencySystem, Official, ProcedureVersion, Subscription, Unit } from '../../schemas/organisation.ts';

/** What the organisation keeps, by kind. Procedure versions are named `id@version`, calendars `id@version`. */
export interface RecordOf {
  procedure: ProcedureVersion;
  unit: Unit;
  official: Official;
  system: AgencySystem;
  subscription: Subscription;
  calendar: Calendar;
}
export type RecordKind = keyof RecordOf;

/** Procedures, units, officials, systems, subscriptions, calendars: few, small, read often, changed seldom. */
export interface Registry {
  get<K extends RecordKind>(kind: K, id: string): Promise<Versioned<RecordOf[K]> | undefined>;
  /** In order of id. `prefix` narrows, such as `library-card@`. */
  list<K extends RecordKind>(
    kind: K,
    query: { prefix?: string; after?: string; limit: number },
  ): Promise<{ items: Versioned<RecordOf[K]>[]; next?: string }>;
  /** Writes if the record is still at `expected` (0: it must not exist). */
  put<K extends RecordKind>(kind: K, id: string, record: RecordOf[K], expected: number): Promise<'put' | 'conflict'>;
  remove(kind: RecordKind, id: string): Promise<void>;
  /** Grows with every change of any record: lets a reader keep what it read. */
  revision(): Promise<number>;
}

export interface Versioned<T> {
  id: string;
  revision: number;
  record: T;
}
