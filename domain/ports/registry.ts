import type { DisposalList } from '../../schemas/archive.ts';
import type { SetAside } from '../../schemas/dead-letters.ts';
import type { Calendar } from '../../schemas/calendar.ts';
import type { Connector } from '../../schemas/connector.ts';
import type {
  AgencySystem,
  Instrument,
  Official,
  ProcedureVersion,
  Subscription,
  Unit,
} from '../../schemas/organisation.ts';
import type { ReorganisationRecord } from '../../schemas/reorganisation.ts';

/** What the organisation keeps, by kind. Procedure versions are named `id@version`, calendars `id@version`, dead letters that were set aside by the id of their row. */
export interface RecordOf {
  procedure: ProcedureVersion;
  unit: Unit;
  official: Official;
  instrument: Instrument;
  system: AgencySystem;
  subscription: Subscription;
  calendar: Calendar;
  reorganisation: ReorganisationRecord;
  connector: Connector;
  disposal: DisposalList;
  setAside: SetAside;
}
export type RecordKind = keyof RecordOf;

/** Bytes of one record as JSON: below DynamoDB's 400 KB of one item, keys included. */
export const MAX_RECORD_BYTES = 390_000;

/** Most records written at once, and their bytes as JSON: a transaction of DynamoDB takes 100 items and 4 MB. */
export const MAX_WRITES = 90;
export const MAX_WRITTEN_BYTES = 3_500_000;

/** A record that not every registry can keep. The API answers 413. */
export class RecordTooLarge extends Error {
  override readonly name = 'RecordTooLarge';
}

/** The record as JSON. Throws `RecordTooLarge` where it is larger than the smallest registry can keep. */
export function recordJson(kind: RecordKind, id: string, record: RecordOf[RecordKind]): string {
  const json = JSON.stringify(record);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_RECORD_BYTES)
    throw new RecordTooLarge(`expected a ${kind} of at most ${MAX_RECORD_BYTES} bytes, ${id} has ${bytes}`);
  return json;
}

/** Procedures, units, officials, instruments, systems, subscriptions, calendars, connectors: few, small, read often, changed seldom. */
export interface Registry {
  get<K extends RecordKind>(kind: K, id: string): Promise<Versioned<RecordOf[K]> | undefined>;
  /** In order of id. `prefix` narrows, such as `library-card@`. */
  list<K extends RecordKind>(
    kind: K,
    query: { prefix?: string; after?: string; limit: number },
  ): Promise<{ items: Versioned<RecordOf[K]>[]; next?: string }>;
  /** Writes if the record is still at `expected` (0: it must not exist). Throws `RecordTooLarge` beyond `MAX_RECORD_BYTES`. */
  put<K extends RecordKind>(kind: K, id: string, record: RecordOf[K], expected: number): Promise<'put' | 'conflict'>;
  /** The same for several records of a kind, all or none: at most `MAX_WRITES` of them and `MAX_WRITTEN_BYTES`. Answers the id of one that has changed. */
  putAll<K extends RecordKind>(kind: K, writes: readonly RecordWrite<K>[]): Promise<'put' | { conflict: string }>;
  remove(kind: RecordKind, id: string): Promise<void>;
  /** Grows with every change of any record: lets a reader keep what it read. */
  revision(): Promise<number>;
}

export interface RecordWrite<K extends RecordKind> {
  id: string;
  record: RecordOf[K];
  /** Revision at which it must still be; 0: it must not exist. */
  expected: number;
}

export interface Versioned<T> {
  id: string;
  revision: number;
  record: T;
}
