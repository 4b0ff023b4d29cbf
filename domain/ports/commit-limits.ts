import { RecordsDisagree } from '../failures.ts';
import type { Commit } from './dossier-store.ts';

/** Rows that a commit may write beside head, code and reference: below DynamoDB's 100 items of one TransactWriteItems. */
export const MAX_COMMIT_ROWS = 90;

/** Bytes of one event with its secret: below DynamoDB's 400 KB of one item, attribute names included. */
export const MAX_EVENT_BYTES = 390_000;

/** Bytes of what another system answers, as it is taken over: one event holds it beside all else. */
export const MAX_ANSWER_BYTES = 200_000;

/** A defect of the caller: the commit cannot be stored on every target, or its parts do not belong together. */
export class CommitRejected extends RecordsDisagree {
  override readonly name = 'CommitRejected';
}

/** Throws `CommitRejected` unless rows, numbers and sequence numbers are such as every store can keep. */
export function checkCommit(commit: Commit): void {
  const rows = rowsOf(commit);
  if (rows > MAX_COMMIT_ROWS) {
    throw new CommitRejected(
      `expected at most ${MAX_COMMIT_ROWS} rows in a commit of ${commit.dossier}, found ${rows}`,
    );
  }
  if (commit.head.version !== commit.expectedVersion + commit.events.length || commit.head.id !== commit.dossier) {
    throw new CommitRejected(
      `expected the head of ${commit.dossier} at version ${commit.expectedVersion + commit.events.length}, found ${commit.head.id} at ${commit.head.version}`,
    );
  }
  if (commit.events.length === 0)
    throw new CommitRejected(`expected an event in a commit of ${commit.dossier}, found none`);
  const series = new Set(commit.numbers.map((taken) => taken.series));
  if (series.size < commit.numbers.length)
    throw new CommitRejected(
      `expected at most one number of each series in a commit of ${commit.dossier}, found ${commit.numbers.length} of ${[...series].join(', ')}`,
    );
  let seq = commit.expectedVersion;
  for (const { event } of commit.events) {
    seq += 1;
    if (event.seq !== seq || event.dossier !== commit.dossier) {
      throw new CommitRejected(`expected event ${seq} of ${commit.dossier}, found ${event.seq} of ${event.dossier}`);
    }
  }
}

/** Throws `CommitRejected` when an event is larger than the smallest store can keep. `json` is its stored text. */
export function checkEventSize(dossier: string, json: string, secret: Uint8Array | undefined): void {
  // A UTF-16 unit is at most three bytes of UTF-8: only a text that may be too long is measured exactly.
  const secretBytes = secret?.length ?? 0;
  if (json.length * 3 + secretBytes <= MAX_EVENT_BYTES) return;
  const bytes = Buffer.byteLength(json) + secretBytes;
  if (bytes > MAX_EVENT_BYTES) {
    throw new CommitRejected(`expected an event of ${dossier} of at most ${MAX_EVENT_BYTES} bytes, found ${bytes}`);
  }
}

function rowsOf(commit: Commit): number {
  return (
    commit.events.length +
    commit.tasks.length +
    commit.timers.set.length +
    commit.timers.clear.length +
    commit.outbox.length +
    (commit.money?.length ?? 0) +
    commit.numbers.length +
    (commit.uploads?.length ?? 0) +
    (commit.wrappedKey || commit.destroyKey ? 1 : 0) +
    (commit.idempotency ? 1 : 0) +
    (commit.token ? 1 : 0)
  );
}
