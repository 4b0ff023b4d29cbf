import type { Database } from '../adapters/local/sqlite.ts';

export interface Counts {
  events: number;
  /** One for each event, one for each issue that the organisation signs. */
  signatures: number;
  /** Rows that stay: outbox rows, which come and go, are not among them. */
  rows: number;
  timeStamps: number;
}

const TABLES = [
  'dossier',
  'dossier_key',
  'event',
  'task',
  'timer',
  'token',
  'idempotency',
  'upload',
  'anchor_token',
  'anchor',
  'engine_execution',
  'engine_history',
];

/** What the database holds now. */
export function countRows(database: Database): Counts {
  const count = (sql: string) => Number(database.prepare(sql).get()?.['n']);
  const events = count('SELECT count(*) AS n FROM event');
  const sealed = count(`SELECT count(*) AS n FROM event WHERE json_extract(json, '$.event.type') = 'IssueSealed'`);
  const documents = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'document'`).get() ? ['document'] : [];
  const rows = [...TABLES, ...documents].reduce((sum, table) => sum + count(`SELECT count(*) AS n FROM ${table}`), 0);
  return { events, signatures: events + sealed, rows, timeStamps: count('SELECT count(*) AS n FROM anchor_token') };
}
