import { createHash } from 'node:crypto';
import type { Head, Task } from '../../schemas/dossier.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import type { MoneyEntry } from '../../schemas/payments.ts';
import { TaskRetryable } from '../../domain/failures.ts';
import { checkCommit } from '../../domain/ports/commit-limits.ts';
import type {
  Anchor,
  Commit,
  CommitResult,
  DossierStore,
  DueRange,
  FeedItem,
  IdempotencyRecord,
  Listing,
  OutboxRow,
  Page,
  Queue,
  DoneGlance,
  TaskGlance,
  TaskQuery,
  StageToken,
  StoredEvent,
  Timer,
  Upload,
} from '../../domain/ports/dossier-store.ts';
import type { NumberPatience } from '../number-line.ts';
import { CommitConflict, SqliteCommit } from './sqlite-commit.ts';
import { SqliteCounters } from './sqlite-counters.ts';
import { storedKey } from './sqlite-keys.ts';
import { SqliteListings } from './sqlite-listings.ts';
import { SqliteOutbox } from './sqlite-outbox.ts';
import { DOSSIER_MIGRATIONS } from './sqlite-schema.ts';
import type { Database } from './sqlite.ts';

/** The dossier store on one SQLite file, which the engine and the registry may share. What it answers is durable, even if it is moments old. Closing it gives back reserved counts; the database belongs to its opener. */
export class SqliteDossierStore implements DossierStore {
  readonly #database: Database;
  readonly #commits: SqliteCommit;
  readonly #outbox: SqliteOutbox;
  readonly #listings: SqliteListings;
  readonly #counters: SqliteCounters;

  /** Migrates the file; reads nothing else. */
  constructor(database: Database, options: { patience?: NumberPatience } = {}) {
    database.migrate(DOSSIER_MIGRATIONS);
    this.#database = database;
    this.#outbox = new SqliteOutbox(database);
    this.#commits = new SqliteCommit(database, this.#outbox);
    this.#listings = new SqliteListings(database);
    this.#counters = new SqliteCounters(database, options.patience);
  }

  async commit(commit: Commit): Promise<CommitResult> {
    checkCommit(commit);
    const work = this.#commits.prepare(commit);
    if (commit.numbers.length > 0) return this.#commitNumbered(commit, work);
    try {
      await this.#database.write(work);
      return { ok: true };
    } catch (error) {
      if (error instanceof CommitConflict) return { ok: false, conflict: error.conflict };
      throw error;
    }
  }

  /** Lets commits of one series through in the order of their numbers; the transaction alone decides whether a number is right. */
  async #commitNumbered(commit: Commit, work: () => void): Promise<CommitResult> {
    const lines = commit.numbers.map(({ series, number }) => ({ series, number, line: this.#counters.line(series) }));
    for (const { number, line } of lines) {
      const may = line.enter(number);
      if (may !== true && !(await may)) {
        for (const other of lines) other.line.refused(other.number);
        return { ok: false, conflict: 'number' };
      }
    }
    try {
      await this.#database.write(work);
      for (const { number, line } of lines) line.committed(number);
      return { ok: true };
    } catch (error) {
      for (const { number, line, series } of lines) line.refused(number, this.#commits.lastNumber(series));
      if (error instanceof CommitConflict) return { ok: false, conflict: error.conflict };
      throw error;
    }
  }

  head(dossier: string): Promise<Head | undefined> {
    return this.#one<Head>('SELECT head AS json FROM dossier WHERE id = ?', dossier);
  }

  async events(dossier: string, after = 0): Promise<StoredEvent[]> {
    const rows = this.#database
      .prepare(
        'SELECT json, secret FROM event WHERE dossier = (SELECT no FROM dossier WHERE id = ?) AND seq > ? ORDER BY seq',
      )
      .all(dossier, after) as unknown as { json: string; secret: Uint8Array | null }[];
    return this.#database.durable(
      rows.map(({ json, secret }) => {
        const chained = JSON.parse(json) as ChainedEvent;
        return secret === null ? chained : { ...chained, secret };
      }),
    );
  }

  async wrappedKey(dossier: string): Promise<Uint8Array | undefined> {
    const row = this.#database
      .prepare('SELECT key FROM dossier_key WHERE dossier = (SELECT no FROM dossier WHERE id = ?)')
      .get(dossier);
    return this.#database.durable(storedKey(row));
  }

  byCode(code: string): Promise<Head | undefined> {
    return this.#one<Head>('SELECT head AS json FROM dossier WHERE code = ?', code);
  }

  byReference(reference: string): Promise<Head | undefined> {
    return this.#one<Head>('SELECT head AS json FROM dossier WHERE reference = ?', reference);
  }

  async byApplicant(applicantKey: string, page: Page): Promise<Listing<Head>> {
    return this.#database.durable(this.#listings.byApplicant(applicantKey, page));
  }

  async byUnit(query: Parameters<DossierStore['byUnit']>[0], page: Page): Promise<Listing<Head>> {
    return this.#database.durable(this.#listings.byUnit(query, page));
  }

  async openDossiers(version: Parameters<DossierStore['openDossiers']>[0], page: Page): Promise<Listing<Head>> {
    return this.#database.durable(this.#listings.openDossiers(version, page));
  }

  async closedDossiers(query: Parameters<DossierStore['closedDossiers']>[0], page: Page): Promise<Listing<Head>> {
    return this.#database.durable(this.#listings.closedDossiers(query, page));
  }

  async moneyOf(query: Parameters<DossierStore['moneyOf']>[0], page: Page): Promise<Listing<MoneyEntry>> {
    return this.#database.durable(this.#listings.moneyOf(query, page));
  }

  task(id: string): Promise<Task | undefined> {
    return this.#one<Task>('SELECT json FROM task WHERE id = ?', id);
  }

  async openTasks(query: TaskQuery, page: Page): Promise<Listing<Task>> {
    return this.#database.durable(this.#listings.openTasks(query, page));
  }

  async countTasks(queue: Queue, count: { due?: DueRange; most: number }): Promise<number> {
    return this.#database.durable(this.#listings.countTasks(queue, count));
  }

  async glanceAtTasks(queue: Queue, most: number): Promise<TaskGlance[]> {
    return this.#database.durable(this.#listings.glanceAtTasks(queue, most));
  }

  async workDoneIn(query: Parameters<DossierStore['workDoneIn']>[0], most: number): Promise<DoneGlance[]> {
    return this.#database.durable(this.#listings.workDoneIn(query, most));
  }

  async openTasksOf(dossier: string): Promise<Task[]> {
    return this.#database.durable(this.#listings.openTasksOf(dossier));
  }

  async feed(after: string | undefined, limit: number): Promise<{ events: FeedItem[]; cursor: string }> {
    return this.#database.durable(this.#listings.feed(after, limit));
  }

  async timersDue(now: number, limit: number): Promise<Timer[]> {
    const rows = this.#database
      .prepare('SELECT * FROM timer WHERE at <= ? ORDER BY at, dossier, id LIMIT ?')
      .all(now, limit) as unknown as Timer[];
    return this.#database.durable(rows.map((row) => ({ ...row })));
  }

  async nextTimer(): Promise<number | undefined> {
    const row = this.#database.prepare('SELECT min(at) AS at FROM timer').get() as { at: number | null } | undefined;
    return this.#database.durable(row?.at ?? undefined);
  }

  async outboxDue(now: number, limit: number): Promise<OutboxRow[]> {
    return this.#database.durable(this.#outbox.due(now, limit));
  }

  async nextOutbox(): Promise<number | undefined> {
    return this.#database.durable(this.#outbox.next());
  }

  outboxDone(ids: readonly string[]): Promise<void> {
    return this.#outbox.done(ids);
  }

  outboxRetry(row: Parameters<DossierStore['outboxRetry']>[0]): Promise<void> {
    return this.#outbox.retry(row);
  }

  async outboxDead(page: Page): Promise<Listing<OutboxRow>> {
    return this.#database.durable(this.#outbox.dead(page));
  }

  async outboxByGroup(group: string): Promise<OutboxRow[]> {
    return this.#database.durable(this.#outbox.byGroup(group));
  }

  outboxAdd(rows: readonly OutboxRow[]): Promise<void> {
    const texts = rows.map((row) => ({ row, body: JSON.stringify(row.body) }));
    return this.#database.write(() => {
      for (const { row, body } of texts) this.#outbox.insert(row, body);
    });
  }

  putToken(token: StageToken): Promise<void> {
    return this.#database.write(() => this.#commits.writeToken(token));
  }

  async tokenFor(dossier: string, stage: string, visit: number): Promise<StageToken | undefined> {
    const row = this.#database
      .prepare('SELECT dossier, stage, visit, run, token FROM token WHERE dossier = ? AND stage = ? AND visit = ?')
      .get(dossier, stage, visit) as unknown as StageToken | undefined;
    return this.#database.durable(row && { ...row });
  }

  async idempotent(scope: string, key: string): Promise<IdempotencyRecord | undefined> {
    const row = this.#database
      .prepare('SELECT scope, key, request, status, body, at FROM idempotency WHERE scope = ? AND key = ?')
      .get(scope, key) as unknown as IdempotencyRecord | undefined;
    return this.#database.durable(row && { ...row });
  }

  forgetAnswers(before: number, limit: number): Promise<number> {
    return this.#database.write(() =>
      Number(
        this.#database
          .prepare(
            'DELETE FROM idempotency WHERE (scope, key) IN (SELECT scope, key FROM idempotency WHERE at < ? ORDER BY at LIMIT ?)',
          )
          .run(before, limit).changes,
      ),
    );
  }

  nextCount(counter: string): Promise<number> {
    return this.#counters.nextCount(counter);
  }

  async lastNumber(series: string): Promise<number> {
    return this.#database.durable(this.#commits.lastNumber(series));
  }

  async nextNumber(series: string): Promise<number> {
    return this.#counters.line(series).next();
  }

  releaseNumber(series: string, number: number): void {
    this.#counters.line(series).release(number);
  }

  putUpload(upload: Upload): Promise<void> {
    const json = JSON.stringify(upload);
    return this.#database.write(() => {
      this.#database
        .prepare(
          `INSERT INTO upload (id, state, expires, json) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
           state = excluded.state, expires = excluded.expires, json = excluded.json WHERE upload.state <> 'taken'`,
        )
        .run(upload.id, upload.state, upload.expires, json);
    });
  }

  upload(id: string): Promise<Upload | undefined> {
    return this.#one<Upload>('SELECT json FROM upload WHERE id = ?', id);
  }

  async uploadsExpired(now: number, limit: number): Promise<Upload[]> {
    const rows = this.#database
      .prepare('SELECT json FROM upload WHERE expires <= ? ORDER BY expires, id LIMIT ?')
      .all(now, limit) as { json: string }[];
    return this.#database.durable(rows.map((row) => JSON.parse(row.json) as Upload));
  }

  forgetUpload(id: string): Promise<void> {
    return this.#database.write(() => {
      this.#database.prepare('DELETE FROM upload WHERE id = ?').run(id);
    });
  }

  putAnchors({ token, anchors }: { token: Uint8Array; anchors: readonly Anchor[] }): Promise<void> {
    const digest = createHash('sha256').update(token).digest();
    const rows = anchors.map((anchor) => ({ anchor, json: JSON.stringify(anchor) }));
    return this.#database.write(() => {
      const sql = (text: string) => this.#database.prepare(text);
      sql('INSERT INTO anchor_token (digest, token) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING').run(digest, token);
      const no = Number(sql('SELECT no FROM anchor_token WHERE digest = ?').get(digest)?.['no']);
      const insert = sql('INSERT INTO anchor (dossier, seq, token, json) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
      for (const { anchor, json } of rows) insert.run(anchor.dossier, anchor.seq, no, json);
    });
  }

  async anchors(dossier: string): Promise<(Anchor & { token: Uint8Array })[]> {
    const rows = this.#database
      .prepare(
        'SELECT anchor.json, anchor_token.token FROM anchor JOIN anchor_token ON anchor_token.no = anchor.token WHERE dossier = ? ORDER BY seq, no',
      )
      .all(dossier) as { json: string; token: Uint8Array }[];
    return this.#database.durable(rows.map(({ json, token }) => ({ ...(JSON.parse(json) as Anchor), token })));
  }

  async erase(dossier: string): Promise<void> {
    await this.#database.write(() => {
      this.#database
        .prepare('UPDATE event SET secret = NULL WHERE dossier = (SELECT no FROM dossier WHERE id = ?)')
        .run(dossier);
      this.#database.prepare('DELETE FROM token WHERE dossier = ?').run(dossier);
    });
    if (!(await this.#database.settle()))
      throw new TaskRetryable(`dossier ${dossier}: the database is being read, its log cannot be emptied now`);
  }

  close(): Promise<void> {
    return this.#counters.close();
  }

  #one<T>(sql: string, key: string): Promise<T | undefined> {
    const row = this.#database.prepare(sql).get(key) as { json: string } | undefined;
    return this.#database.durable(row && (JSON.parse(row.json) as T));
  }
}
