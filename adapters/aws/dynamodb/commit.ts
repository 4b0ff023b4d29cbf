import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import type { ChainedEvent } from '../../../schemas/events.ts';
import { checkEventSize } from '../../../domain/ports/commit-limits.ts';
import { moneyPlace } from '../../../domain/ports/money-place.ts';
import { ANSWERS_KEPT_MS } from '../../../domain/ports/dossier-store.ts';
import type { Commit, CommitResult, OutboxRow, StageToken, StoredEvent } from '../../../domain/ports/dossier-store.ts';
import { EXPIRES } from '../../../schemas/table.ts';
import { headIndexes, keys, outboxIndexes, taskIndexes, duePartition, duePlace, shardOf } from './keys.ts';
import { keyItem, number, text } from './table-client.ts';
import type { TableClient, Write } from './table-client.ts';
import type { Item } from './table.ts';

type Conflict = Extract<CommitResult, { ok: false }>['conflict'];

/** In the order in which the port promises to answer them. */
const PRECEDENCE = ['idempotency', 'version', 'upload', 'number', 'code'] as const satisfies readonly Conflict[];

/** One write of the transaction and what it means if its condition does not hold. */
interface Guarded {
  write: Write;
  conflict?: Conflict;
}

const ABSENT = { ConditionExpression: 'attribute_not_exists(pk)' };

/**
 * Writes a commit as one TransactWriteItems. The name of the transaction is also kept with its last event, so that a repetition after a lost answer is
 * recognised, whether DynamoDB remembers the transaction or has forgotten it.
 */
export class DynamoCommit {
  readonly #table: TableClient;

  constructor(table: TableClient) {
    this.#table = table;
  }

  /** Of a commit that was checked (`checkCommit`). */
  async commit(commit: Commit): Promise<CommitResult> {
    // A code is guarded when it is likely new; otherwise the head's condition says that it is the code the head has already.
    const likelyNew = commit.expectedVersion === 0 || commit.events.some(({ event }) => event.type === 'CodeAssigned');
    const result = await this.#attempt(commit, likelyNew);
    if (result !== 'code-is-new') return result;
    const again = await this.#attempt(commit, true);
    if (again === 'code-is-new')
      throw new Error(`expected the guard of the code to decide the commit of ${commit.dossier}`);
    return again;
  }

  async #attempt(commit: Commit, guardCode: boolean): Promise<CommitResult | 'code-is-new'> {
    const name = this.#table.uuid();
    const writes = writesOf(commit, name, guardCode);
    try {
      const outcome = await this.#table.transact(
        writes.map(({ write }) => write),
        name,
      );
      if (outcome === 'written') return { ok: true };
      const conflict = conflictOf(writes, outcome.reasons);
      if (conflict === 'idempotency' || conflict === 'version') {
        // An earlier answer may have been lost: then what stands in the way is this very commit.
        if (await this.#isOurs(commit, name)) return { ok: true };
        if (conflict === 'version' && !guardCode && onlyTheCodeDiffers(commit, writes, outcome.reasons))
          return 'code-is-new';
      }
      return { ok: false, conflict };
    } catch (error) {
      if (await this.#isOurs(commit, name).catch(() => false)) return { ok: true };
      throw error;
    }
  }

  async #isOurs(commit: Commit, name: string): Promise<boolean> {
    const item = await this.#table.get(keys.event(commit.dossier, commit.head.version));
    return item?.['c']?.S === name;
  }
}

export function tokenItem(token: StageToken): Item {
  return { ...keyItem(keys.token(token)), j: { S: JSON.stringify(token) }, run: { N: String(token.run) } };
}

export function outboxItem(row: OutboxRow): Item {
  const { id, group, kind, dossier, at, attempts, body, error, dead } = row;
  return {
    ...keyItem(keys.outbox(group, id)),
    ...outboxIndexes(row),
    grp: { S: group },
    kind: { S: kind },
    d: { S: dossier },
    at: { N: String(at) },
    attempts: { N: String(attempts) },
    j: { S: JSON.stringify(body) },
    dead: { BOOL: dead === true },
    ...(error === undefined ? {} : { error: { S: error } }),
  };
}

/** The row of an item that `outboxItem` made. */
export function outboxRow(item: Item): OutboxRow {
  const error = item['error']?.S;
  return {
    id: text(item, 'sk'),
    group: text(item, 'grp'),
    kind: text(item, 'kind') as OutboxRow['kind'],
    dossier: text(item, 'd'),
    at: number(item, 'at'),
    attempts: number(item, 'attempts'),
    body: JSON.parse(text(item, 'j')) as OutboxRow['body'],
    ...(error === undefined ? {} : { error }),
    ...(item['dead']?.BOOL === true ? { dead: true } : {}),
  };
}

function writesOf(commit: Commit, name: string, guardCode: boolean): Guarded[] {
  const { dossier, head } = commit;
  const first = commit.expectedVersion === 0;
  const put = (item: Item): Guarded => ({ write: { Put: { Item: item } } });
  const set = new Set(commit.timers.set.map(({ id }) => id));
  return [
    ...(commit.idempotency ? [idempotencyWrite(commit.idempotency)] : []),
    headWrite(commit, guardCode),
    ...(commit.uploads ?? []).map(uploadWrite),
    ...commit.numbers.map(numberWrite),
    ...(guardCode && head.code !== null ? [codeWrite(head.code, dossier)] : []),
    ...(first ? [referenceWrite(head.reference, dossier)] : []),
    ...commit.events.map((event) => eventWrite(event, event === commit.events.at(-1) ? name : undefined)),
    ...(first && commit.wrappedKey
      ? [put({ ...keyItem(keys.wrappedKey(dossier)), key: { B: commit.wrappedKey } })]
      : []),
    ...(commit.destroyKey ? [{ write: { Delete: { Key: keyItem(keys.wrappedKey(dossier)) } } }] : []),
    ...commit.tasks.map((task) =>
      put({ ...keyItem(keys.task(task.id)), ...taskIndexes(task, head.applicantKey), j: { S: JSON.stringify(task) } }),
    ),
    ...commit.timers.set.map((timer) =>
      put({
        ...keyItem(keys.timer(dossier, timer.id)),
        g1p: { S: duePartition('TIMER', shardOf(dossier)) },
        g1s: { S: duePlace(timer.at, `${dossier}#${timer.id}`) },
        j: { S: JSON.stringify(timer) },
      }),
    ),
    ...commit.timers.clear
      .filter((id) => !set.has(id))
      .map((id): Guarded => ({ write: { Delete: { Key: keyItem(keys.timer(dossier, id)) } } })),
    ...commit.outbox.map((row) => put(outboxItem(row))),
    ...(commit.money ?? []).map(({ unit, ...entry }) =>
      put({ ...keyItem(keys.money(unit, moneyPlace(entry))), j: { S: JSON.stringify(entry) } }),
    ),
    ...(commit.token ? [put(tokenItem(commit.token))] : []),
    put({
      ...keyItem(keys.pending(dossier, head.version)),
      d: { S: dossier },
      from: { N: String(commit.expectedVersion + 1) },
      to: { N: String(head.version) },
      receiving: { S: head.receivingUnit },
      ...(head.unit === null ? {} : { unit: { S: head.unit } }),
    }),
  ];
}

function headWrite({ head, expectedVersion }: Commit, guardCode: boolean): Guarded {
  const Item = {
    ...keyItem(keys.head(head.id)),
    ...headIndexes(head),
    v: { N: String(head.version) },
    code: { S: head.code ?? '' },
    j: { S: JSON.stringify(head) },
  };
  if (expectedVersion === 0) return { conflict: 'version', write: { Put: { Item, ...ABSENT } } };
  const sameCode = guardCode && head.code !== null ? '' : ' AND code = :code';
  return {
    conflict: 'version',
    write: {
      Put: {
        Item,
        ConditionExpression: `v = :v${sameCode}`,
        ExpressionAttributeValues: {
          ':v': { N: String(expectedVersion) },
          ...(sameCode ? { ':code': { S: head.code ?? '' } } : {}),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
  };
}

function eventWrite(stored: StoredEvent, name: string | undefined): Guarded {
  const { event, hash, jws, secret } = stored;
  const json = JSON.stringify({ event, hash, jws } satisfies ChainedEvent);
  checkEventSize(event.dossier, json, secret);
  const Item = {
    ...keyItem(keys.event(event.dossier, event.seq)),
    seq: { N: String(event.seq) },
    j: { S: json },
    ...(secret ? { secret: { B: secret } } : {}),
    ...(name === undefined ? {} : { c: { S: name } }),
  };
  // The record is append-only, even against a defect that let a wrong version through.
  return { conflict: 'version', write: { Put: { Item, ...ABSENT } } };
}

function idempotencyWrite(record: NonNullable<Commit['idempotency']>): Guarded {
  const Item = {
    ...keyItem(keys.idempotency(record.scope, record.key)),
    j: { S: JSON.stringify(record) },
    [EXPIRES]: { N: String(Math.ceil((record.at + ANSWERS_KEPT_MS) / 1000)) },
  };
  return { conflict: 'idempotency', write: { Put: { Item, ...ABSENT } } };
}

function codeWrite(code: string, dossier: string): Guarded {
  return {
    conflict: 'code',
    write: {
      Put: {
        Item: { ...keyItem(keys.code(code)), d: { S: dossier } },
        ConditionExpression: 'attribute_not_exists(pk) OR d = :d',
        ExpressionAttributeValues: { ':d': { S: dossier } },
      },
    },
  };
}

function referenceWrite(reference: string, dossier: string): Guarded {
  const Item = { ...keyItem(keys.reference(reference)), d: { S: dossier } };
  return { conflict: 'code', write: { Put: { Item, ...ABSENT } } };
}

function uploadWrite(id: string): Guarded {
  return {
    conflict: 'upload',
    write: {
      Update: {
        Key: keyItem(keys.upload(id)),
        UpdateExpression: 'SET st = :taken',
        ConditionExpression: 'attribute_exists(pk) AND st <> :taken',
        ExpressionAttributeValues: { ':taken': { S: 'taken' } },
      },
    },
  };
}

function numberWrite({ series, number }: Commit['numbers'][number]): Guarded {
  return {
    conflict: 'number',
    write: {
      Update: {
        Key: keyItem(keys.series(series)),
        UpdateExpression: 'SET n = :n',
        ConditionExpression: number === 1 ? 'attribute_not_exists(pk)' : 'n = :last',
        ExpressionAttributeValues: {
          ':n': { N: String(number) },
          ...(number === 1 ? {} : { ':last': { N: String(number - 1) } }),
        },
      },
    },
  };
}

function conflictOf(writes: readonly Guarded[], reasons: readonly CancellationReason[]): Conflict {
  const failed = new Set(
    reasons.map(({ Code }, i) => (Code === 'ConditionalCheckFailed' ? writes[i]?.conflict : undefined)),
  );
  const conflict = PRECEDENCE.find((candidate) => failed.has(candidate));
  if (!conflict) throw new Error(`expected a known condition to have failed, found ${JSON.stringify(reasons)}`);
  return conflict;
}

/** The head is at the expected version, but had another code than the commit brings without a guard. */
function onlyTheCodeDiffers(
  commit: Commit,
  writes: readonly Guarded[],
  reasons: readonly CancellationReason[],
): boolean {
  const old = reasons[writes.findIndex(({ conflict }) => conflict === 'version')]?.Item;
  return (
    old !== undefined &&
    old['v']?.N === String(commit.expectedVersion) &&
    text(old, 'code') !== (commit.head.code ?? '')
  );
}
