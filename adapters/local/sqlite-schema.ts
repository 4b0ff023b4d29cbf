import type { BusinessStatus } from '../../schemas/dossier.ts';
import type { Migration } from './sqlite.ts';

/** How a status is written in rows. Numbers are never given a new meaning. */
export const STATUS_NUMBER = {
  submitted: 1,
  processing: 2,
  'awaiting-applicant': 3,
  'awaiting-payment': 4,
  parked: 5,
  settled: 6,
  closed: 7,
} as const satisfies Record<BusinessStatus, number>;

/** Written instead of the date of a dossier without one: sorts after every date. */
export const NO_DUE = '~';

/** Written instead of the competent unit of a dossier that has none. */
export const NO_UNIT = '';

/** Under which unit a row of the notes of a unit stands, so that its work is counted without them. No unit is named so. */
export function notesOf(unit: string): string {
  return `${unit} notes`;
}

/**
 * Tables of the dossier store. Indexes exist only for the closed list of access patterns; those over tasks and outbox are partial, so that what is
 * done costs nothing. An event's `pos` is its place in the feed: works are run one after the other in one transaction, so places are given in the
 * order of commit. A task is in a queue while `unit` or `applicant` is set. An outbox row is first of its group while `due` is set.
 */
export const DOSSIER_MIGRATIONS: readonly Migration[] = [
  {
    id: 'dossier-001',
    sql: `
      CREATE TABLE dossier (
        no INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, reference TEXT NOT NULL, code TEXT, applicant TEXT NOT NULL,
        unit TEXT NOT NULL, status INTEGER NOT NULL, due TEXT NOT NULL, updated INTEGER NOT NULL, head TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX dossier_id ON dossier (id);
      CREATE UNIQUE INDEX dossier_reference ON dossier (reference);
      CREATE UNIQUE INDEX dossier_code ON dossier (code) WHERE code IS NOT NULL;
      CREATE INDEX dossier_applicant ON dossier (applicant);
      CREATE INDEX dossier_due ON dossier (unit, status, due);
      CREATE INDEX dossier_updated ON dossier (unit, status, updated);

      CREATE TABLE dossier_key (dossier INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;

      CREATE TABLE event (
        pos INTEGER PRIMARY KEY, dossier INTEGER NOT NULL, seq INTEGER NOT NULL, unit TEXT, receiving TEXT NOT NULL, json TEXT NOT NULL, secret BLOB
      ) STRICT;
      CREATE UNIQUE INDEX event_dossier ON event (dossier, seq);

      CREATE TABLE task (id TEXT PRIMARY KEY, unit TEXT, role TEXT, applicant TEXT, opened INTEGER NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX task_queue ON task (unit, role, opened) WHERE unit IS NOT NULL;
      CREATE INDEX task_applicant ON task (applicant, opened) WHERE applicant IS NOT NULL;

      CREATE TABLE timer (
        dossier TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, stage TEXT NOT NULL, visit INTEGER NOT NULL,
        outcome TEXT NOT NULL, PRIMARY KEY (dossier, id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX timer_at ON timer (at);

      CREATE TABLE outbox (
        id TEXT PRIMARY KEY, grp TEXT NOT NULL, dead INTEGER NOT NULL, due INTEGER, at INTEGER NOT NULL, attempts INTEGER NOT NULL,
        kind TEXT NOT NULL, dossier TEXT NOT NULL, body TEXT NOT NULL, error TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX outbox_group ON outbox (grp, dead);
      CREATE INDEX outbox_due ON outbox (due) WHERE due IS NOT NULL;
      CREATE INDEX outbox_dead ON outbox (dead) WHERE dead = 1;

      CREATE TABLE token (
        dossier TEXT NOT NULL, stage TEXT NOT NULL, visit INTEGER NOT NULL, run INTEGER NOT NULL, token TEXT NOT NULL,
        PRIMARY KEY (dossier, stage, visit)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE idempotency (
        scope TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (scope, key)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE series (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE upload (id TEXT PRIMARY KEY, state TEXT NOT NULL, expires INTEGER NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX upload_expires ON upload (expires);

      CREATE TABLE anchor_token (no INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, token BLOB NOT NULL) STRICT;
      CREATE TABLE anchor (dossier TEXT NOT NULL, seq INTEGER NOT NULL, token INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (dossier, seq, token)) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // `open` is procedure@version until the dossier is closed.
    id: 'dossier-002',
    sql: `
      ALTER TABLE dossier ADD COLUMN open TEXT;
      UPDATE dossier SET open = json_extract(head, '$.procedure') || '@' || json_extract(head, '$.procedureVersion') WHERE status <> 7;
      CREATE INDEX dossier_open ON dossier (open, id) WHERE open IS NOT NULL;
    `,
  },
  { id: 'dossier-003', sql: 'CREATE INDEX idempotency_at ON idempotency (at)' },
  {
    // Queues in order of due. All that a query may ask for is in the index: what it passes over costs no look at the row.
    id: 'dossier-004',
    sql: `
      ALTER TABLE task ADD COLUMN due TEXT NOT NULL DEFAULT '${NO_DUE}';
      ALTER TABLE task ADD COLUMN person TEXT;
      ALTER TABLE task ADD COLUMN procedure TEXT NOT NULL DEFAULT '';
      ALTER TABLE task ADD COLUMN stage TEXT NOT NULL DEFAULT '';
      UPDATE task SET due = coalesce(json_extract(json, '$.due'), '${NO_DUE}'), person = json_extract(json, '$.claimedBy'),
        procedure = json_extract(json, '$.procedure'), stage = json_extract(json, '$.stage')
        WHERE unit IS NOT NULL OR applicant IS NOT NULL;
      DROP INDEX task_queue;
      DROP INDEX task_applicant;
      CREATE INDEX task_queue ON task (unit, role, due, opened, id, person, procedure, stage) WHERE unit IS NOT NULL;
      CREATE INDEX task_person ON task (unit, person, due, opened, id, procedure, stage) WHERE unit IS NOT NULL AND person IS NOT NULL;
      CREATE INDEX task_applicant ON task (applicant, due, opened, id, procedure, stage) WHERE applicant IS NOT NULL;
    `,
  },
  {
    // `kept` is procedure@version from the close until the dossier is disposed of. Of those closed before, the last change is not earlier than the close.
    id: 'dossier-005',
    sql: `
      ALTER TABLE dossier ADD COLUMN kept TEXT;
      ALTER TABLE dossier ADD COLUMN closed TEXT NOT NULL DEFAULT '';
      UPDATE dossier SET kept = json_extract(head, '$.procedure') || '@' || json_extract(head, '$.procedureVersion'),
        closed = json_extract(head, '$.updated') WHERE status = 7;
      CREATE INDEX dossier_kept ON dossier (unit, kept, closed, no) WHERE kept IS NOT NULL;
    `,
  },
  {
    // The books of units. `place` sorts by instant; what was paid before stands in the records alone.
    id: 'dossier-006',
    sql: 'CREATE TABLE money (unit TEXT NOT NULL, place TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (unit, place)) STRICT, WITHOUT ROWID',
  },
  {
    // What says only that a promised date has passed stands apart from the work of its unit.
    id: 'dossier-007',
    sql: `
      UPDATE task SET unit = unit || ' notes' WHERE unit IS NOT NULL AND stage = 'lateness' AND json_extract(json, '$.outcomes[0]') = 'noted';
    `,
  },
  {
    // What officials have decided, by unit: `worked`, `official`, `decided` (milliseconds). What was decided before is not told.
    id: 'dossier-008',
    sql: `
      ALTER TABLE task ADD COLUMN worked TEXT;
      ALTER TABLE task ADD COLUMN official TEXT;
      ALTER TABLE task ADD COLUMN decided INTEGER;
      CREATE INDEX task_worked ON task (worked, decided, id, official, opened) WHERE worked IS NOT NULL;
    `,
  },
];

/** Tables of the registry. `revision` of a record is the registry's revision at its last change, so it is never the same twice. */
export const REGISTRY_MIGRATIONS: readonly Migration[] = [
  {
    id: 'registry-001',
    sql: `
      CREATE TABLE record (kind TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
      CREATE TABLE registry_revision (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL) STRICT;
      INSERT INTO registry_revision VALUES (1, 0);
    `,
  },
];
