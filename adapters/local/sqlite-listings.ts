import type { Head, Task } from '../../schemas/dossier.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { InvalidCursor } from '../../domain/ports/dossier-store.ts';
import type { DossierStore, FeedItem, Listing, Page, Queue } from '../../domain/ports/dossier-store.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { NO_UNIT, STATUS_NUMBER } from './sqlite-schema.ts';
import type { Database } from './sqlite.ts';

/** A row of a list: its JSON and the two values by which the list is ordered. */
interface Place {
  json: string;
  key: string | number;
  tie: string | number;
}

type UnitQuery = Parameters<DossierStore['byUnit']>[0];
type VersionQuery = Parameters<DossierStore['openDossiers']>[0];

/** Lists in pages. Each is a range of one index, or a merge of the few ranges that a query without status or role stands for. */
export class SqliteListings {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  byApplicant(applicantKey: string, page: Page): Listing<Head> {
    const before = page.after === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(page.after, ['number'])[0];
    const sql =
      'SELECT head AS json, no AS key, no AS tie FROM dossier WHERE applicant = ? AND no < ? ORDER BY no DESC LIMIT ?';
    const rows = this.#rows(sql, applicantKey, before ?? 0, page.limit + 1);
    return listing(rows, page.limit, (last) => encodeCursor([last.key]));
  }

  byUnit(query: UnitQuery, page: Page): Listing<Head> {
    const byDue = query.order === 'due';
    const [key, tie] = byDue ? firstOr(page.after, ['', 0]) : firstOr(page.after, [Number.MAX_SAFE_INTEGER, 0]);
    const sql = byDue
      ? 'SELECT head AS json, due AS key, no AS tie FROM dossier WHERE unit = ? AND status = ? AND (due, no) > (?, ?) ORDER BY due, no LIMIT ?'
      : 'SELECT head AS json, updated AS key, no AS tie FROM dossier WHERE unit = ? AND status = ? AND (updated, no) < (?, ?) ORDER BY updated DESC, no DESC LIMIT ?';
    const statuses = query.status ? [STATUS_NUMBER[query.status]] : Object.values(STATUS_NUMBER);
    const ranges = statuses.map((status) => this.#rows(sql, query.unit ?? NO_UNIT, status, key, tie, page.limit + 1));
    return listing(merge(ranges, byDue ? 1 : -1), page.limit, (last) => encodeCursor([last.key, last.tie]));
  }

  openDossiers({ procedure, version }: VersionQuery, page: Page): Listing<Head> {
    const after = page.after === undefined ? '' : decodeCursor(page.after, ['string'])[0];
    const sql = 'SELECT head AS json, id AS key, id AS tie FROM dossier WHERE open = ? AND id > ? ORDER BY id LIMIT ?';
    const rows = this.#rows(sql, `${procedure}@${version}`, after ?? '', page.limit + 1);
    return listing(rows, page.limit, (last) => encodeCursor([last.key]));
  }

  openTasks(queue: Queue, page: Page): Listing<Task> {
    const [key, tie] = firstOr(page.after, [-Number.MAX_SAFE_INTEGER, '']);
    const ranges = this.#taskRanges(queue, key, tie, page.limit + 1);
    return listing(merge(ranges, 1), page.limit, (last) => encodeCursor([last.key, last.tie]));
  }

  feed(after: string | undefined, limit: number): { events: FeedItem[]; cursor: string } {
    if (after !== undefined && !/^\d{1,15}$/.test(after)) throw new InvalidCursor();
    const rows = this.#database
      .prepare('SELECT pos, unit, receiving, json FROM event WHERE pos > ? ORDER BY pos LIMIT ?')
      .all(Number(after ?? 0), limit) as { pos: number; unit: string | null; receiving: string; json: string }[];
    const events = rows.map((row) => ({
      event: JSON.parse(row.json) as ChainedEvent,
      unit: row.unit,
      receivingUnit: row.receiving,
      cursor: String(row.pos),
    }));
    return { events, cursor: events.at(-1)?.cursor ?? after ?? '0' };
  }

  #taskRanges(queue: Queue, key: string | number, tie: string | number, limit: number): Place[][] {
    if ('applicantKey' in queue) {
      const sql =
        'SELECT json, opened AS key, id AS tie FROM task WHERE applicant = ? AND (opened, id) > (?, ?) ORDER BY opened, id LIMIT ?';
      return [this.#rows(sql, queue.applicantKey, key, tie, limit)];
    }
    if ('dossier' in queue) {
      const sql = `SELECT json, opened AS key, id AS tie FROM task WHERE id > ?1 || '.' AND id < ?1 || '/'
        AND (unit IS NOT NULL OR applicant IS NOT NULL) AND (opened, id) > (?2, ?3) ORDER BY opened, id LIMIT ?4`;
      return [this.#rows(sql, queue.dossier, key, tie, limit)];
    }
    const unit = queue.unit ?? NO_UNIT;
    const sql =
      'SELECT json, opened AS key, id AS tie FROM task WHERE unit = ? AND role = ? AND (opened, id) > (?, ?) ORDER BY opened, id LIMIT ?';
    const roles = queue.role === undefined ? this.#rolesOf(unit) : [queue.role];
    return roles.map((role) => this.#rows(sql, unit, role, key, tie, limit));
  }

  /** Roles that have open tasks in a unit, found by one step in the index for each. */
  #rolesOf(unit: string): string[] {
    const next = this.#database.prepare('SELECT min(role) AS role FROM task WHERE unit = ? AND role > ?');
    const roles: string[] = [];
    const none = this.#database.prepare(`SELECT 1 FROM task WHERE unit = ? AND role = '' LIMIT 1`).get(unit);
    if (none) roles.push('');
    for (let role = ''; ;) {
      const row = next.get(unit, role) as { role: string | null } | undefined;
      if (typeof row?.role !== 'string') return roles;
      role = row.role;
      roles.push(role);
    }
  }

  #rows(sql: string, ...values: (string | number)[]): Place[] {
    return this.#database.prepare(sql).all(...values) as unknown as Place[];
  }
}

/** Place after which a page begins: the cursor's, or the one before everything. */
function firstOr(
  after: string | undefined,
  start: [string | number, string | number],
): [string | number, string | number] {
  if (after === undefined) return start;
  const types = start.map((part) => (typeof part === 'string' ? 'string' : 'number')) as ('string' | 'number')[];
  const [key, tie] = decodeCursor(after, types);
  if (key === undefined || tie === undefined) throw new InvalidCursor();
  return [key, tie];
}

/** One order out of several ordered ranges; `direction` -1 puts the greatest first. */
function merge(ranges: Place[][], direction: 1 | -1): Place[] {
  const all = ranges.flat();
  if (ranges.length > 1) all.sort((a, b) => direction * (compare(a.key, b.key) || compare(a.tie, b.tie)));
  return all;
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function listing<T>(rows: Place[], limit: number, cursor: (last: Place) => string): Listing<T> {
  const shown = rows.slice(0, limit);
  const items = shown.map((row) => JSON.parse(row.json) as T);
  const last = shown.at(-1);
  return rows.length > limit && last ? { items, next: cursor(last) } : { items };
}
