import type { Head, Task } from '../../schemas/dossier.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import type { MoneyEntry } from '../../schemas/payments.ts';
import { InvalidCursor } from '../../domain/ports/dossier-store.ts';
import type {
  DoneGlance,
  DossierStore,
  DueRange,
  FeedItem,
  Listing,
  Page,
  Queue,
  TaskGlance,
  TaskQuery,
} from '../../domain/ports/dossier-store.ts';
import { decodeCursor, decodePlaceInTime, encodeCursor } from '../../domain/ports/cursor.ts';
import { NO_DUE, NO_UNIT, notesOf, STATUS_NUMBER } from './sqlite-schema.ts';
import type { Database } from './sqlite.ts';

/** A row of a list: its JSON and the two values by which the list is ordered. */
interface Place {
  json: string;
  key: string | number;
  tie: string | number;
}

/** The place of a task among the open ones. */
interface OpenPlace {
  due: string;
  opened: number;
  id: string;
}

interface TaskPlace extends OpenPlace {
  json: string;
}

interface GlancePlace extends OpenPlace {
  procedure: string;
  stage: string;
  taken: 0 | 1;
}

/** Entries of a queue's index that a page looks through where a query passes over some. */
const LOOK = 2_000;

interface Condition {
  sql: string;
  values: (string | number)[];
}

type UnitQuery = Parameters<DossierStore['byUnit']>[0];
type VersionQuery = Parameters<DossierStore['openDossiers']>[0];
type ClosedQuery = Parameters<DossierStore['closedDossiers']>[0];
type DoneQuery = Parameters<DossierStore['workDoneIn']>[0];
type MoneyQuery = Parameters<DossierStore['moneyOf']>[0];

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

  closedDossiers({ unit, procedure, version, before }: ClosedQuery, page: Page): Listing<Head> {
    const [closed, no] = firstOr(page.after, ['', 0]);
    const sql =
      'SELECT head AS json, closed AS key, no AS tie FROM dossier WHERE unit = ? AND kept = ? AND closed < ? AND (closed, no) > (?, ?) ORDER BY closed, no LIMIT ?';
    const rows = this.#rows(sql, unit ?? NO_UNIT, `${procedure}@${version}`, before, closed, no, page.limit + 1);
    return listing(rows, page.limit, (last) => encodeCursor([last.key, last.tie]));
  }

  moneyOf({ unit, from, before }: MoneyQuery, page: Page): Listing<MoneyEntry> {
    const after = page.after === undefined ? '' : decodePlaceInTime(page.after);
    const sql =
      'SELECT json, place AS key, place AS tie FROM money WHERE unit = ? AND place >= ? AND place < ? AND place > ? ORDER BY place LIMIT ?';
    const rows = this.#rows(sql, unit, from, before, after, page.limit + 1);
    return listing(rows, page.limit, (last) => encodeCursor([last.key]));
  }

  openTasks(query: TaskQuery, page: Page): Listing<Task> {
    const after = page.after === undefined ? undefined : decodeCursor(page.after, ['string', 'number', 'string']);
    const place = placeOf(query, after);
    const asked = askedOf(query);
    const ranges = query.queues.flatMap((queue) => [
      ...this.#rangesOf(queue),
      ...('applicantKey' in queue ? [] : this.#rangesOf(notesIn(queue))),
    ]);
    const ends = asked.sql === '' ? [] : ranges.flatMap((range) => this.#endOfLook(range, place) ?? []);
    const [end] = ends.sort(inOrder);
    const upTo = end ? { sql: 'AND (due, opened, id) <= (?, ?, ?)', values: cursorOf(end) } : NOTHING;
    const where = [place, asked, upTo];
    const rows = ranges.flatMap(({ sql, values }) =>
      this.#tasks(
        `${sql} ${where.map((part) => part.sql).join(' ')} ORDER BY due, opened, id LIMIT ?`,
        ...values,
        ...where.flatMap((part) => part.values),
        page.limit + 1,
      ),
    );
    // A task may be in several of the queues.
    const once = [...new Map(rows.map((row) => [row.id, row])).values()].sort(inOrder);
    const shown = once.slice(0, page.limit);
    const last = once.length > page.limit ? shown.at(-1) : end;
    const items = shown.map(({ json }) => JSON.parse(json) as Task);
    return last ? { items, next: encodeCursor(cursorOf(last)) } : { items };
  }

  countTasks(queue: Queue, { due, most, notes }: { due?: DueRange; most: number; notes?: true }): number {
    const where = placeOf({ due });
    let count = 0;
    for (const { sql, values } of this.#rangesOf(notes && !('applicantKey' in queue) ? notesIn(queue) : queue)) {
      const counted = this.#database
        .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM task WHERE ${sql} ${where.sql} LIMIT ?)`)
        .get(...values, ...where.values, most - count) as { n: number };
      count += counted.n;
    }
    return count;
  }

  glanceAtTasks(queue: Queue, most: number): TaskGlance[] {
    const rows = this.#rangesOf(queue).flatMap(
      ({ sql, values }) =>
        this.#database
          .prepare(
            `SELECT due, opened, id, procedure, stage, person IS NOT NULL AS taken FROM task WHERE ${sql} ORDER BY due, opened, id LIMIT ?`,
          )
          .all(...values, most) as unknown as GlancePlace[],
    );
    return rows
      .sort(inOrder)
      .slice(0, most)
      .map(({ due, opened, procedure, stage, taken }) => ({
        procedure,
        stage,
        due: due === NO_DUE ? null : due,
        opened: new Date(opened).toISOString(),
        taken: taken === 1,
      }));
  }

  workDoneIn({ unit, since }: DoneQuery, most: number): DoneGlance[] {
    const rows = this.#database
      .prepare(
        'SELECT official, opened, decided FROM task WHERE worked = ? AND decided >= ? ORDER BY decided DESC, id DESC LIMIT ?',
      )
      .all(unit, Date.parse(since), most) as { official: string; opened: number; decided: number }[];
    return rows.map(({ official, opened, decided }) => ({
      official,
      opened: new Date(opened).toISOString(),
      decided: new Date(decided).toISOString(),
    }));
  }

  openTasksOf(dossier: string): Task[] {
    const sql = `id > ?1 || '.' AND id < ?1 || '/' AND (unit IS NOT NULL OR applicant IS NOT NULL)`;
    return this.#tasks(sql, dossier).map(({ json }) => JSON.parse(json) as Task);
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

  /** Where a look that passes over some ends, if there may be more behind. */
  #endOfLook({ sql, values }: Condition, place: Condition): OpenPlace | undefined {
    return this.#database
      .prepare(
        `SELECT due, opened, id FROM task WHERE ${sql} ${place.sql} ORDER BY due, opened, id LIMIT 1 OFFSET ${LOOK - 1}`,
      )
      .get(...values, ...place.values) as OpenPlace | undefined;
  }

  /** The ranges of indexes of which a queue is made. */
  #rangesOf(queue: Queue): Condition[] {
    if ('applicantKey' in queue) return [{ sql: 'applicant = ?', values: [queue.applicantKey] }];
    const unit = queue.unit ?? NO_UNIT;
    if ('person' in queue) return [{ sql: 'unit = ? AND person = ?', values: [unit, queue.person] }];
    const roles = queue.role === undefined ? this.#rolesOf(unit) : [queue.role];
    return roles.map((role) => ({ sql: 'unit = ? AND role = ?', values: [unit, role] }));
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

  /** What is passed over is passed over in the index: rows are read only of what is answered. */
  #tasks(where: string, ...values: (string | number)[]): TaskPlace[] {
    const sql = `SELECT json, due, opened, id FROM task WHERE id IN (SELECT id FROM task WHERE ${where}) ORDER BY due, opened, id`;
    return this.#database.prepare(sql).all(...values) as unknown as TaskPlace[];
  }

  #rows(sql: string, ...values: (string | number)[]): Place[] {
    return this.#database.prepare(sql).all(...values) as unknown as Place[];
  }
}

function notesIn(queue: Exclude<Queue, { applicantKey: string }>): Queue {
  return { ...queue, unit: notesOf(queue.unit ?? NO_UNIT) };
}

const NOTHING: Condition = { sql: '', values: [] };

/** Which part of its queues a query means, after the place where the page before ended. */
function placeOf({ due }: { due?: DueRange | undefined }, after?: (string | number)[]): Condition {
  return allOf([
    ...(after ? [{ sql: '(due, opened, id) > (?, ?, ?)', values: after }] : []),
    ...(due?.from === undefined ? [] : [{ sql: 'due >= ?', values: [due.from] }]),
    ...(due ? [{ sql: 'due < ?', values: [due.before] }] : []),
  ]);
}

/** What a query passes over there. */
function askedOf({ taken, procedure, stage }: TaskQuery): Condition {
  return allOf([
    ...(taken === undefined ? [] : [{ sql: taken ? 'person IS NOT NULL' : 'person IS NULL', values: [] }]),
    ...(procedure === undefined ? [] : [{ sql: 'procedure = ?', values: [procedure] }]),
    ...(stage === undefined ? [] : [{ sql: 'stage = ?', values: [stage] }]),
  ]);
}

function allOf(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => `AND ${sql}`).join(' '),
    values: conditions.flatMap(({ values }) => values),
  };
}

function cursorOf({ due, opened, id }: OpenPlace): (string | number)[] {
  return [due, opened, id];
}

function inOrder(a: OpenPlace, b: OpenPlace): number {
  return compare(a.due, b.due) || compare(a.opened, b.opened) || compare(a.id, b.id);
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
