import {
  MAX_WRITES,
  MAX_WRITTEN_BYTES,
  recordJson,
  type RecordOf,
  type RecordWrite,
} from '../../domain/ports/registry.ts';
import { canonical } from '../../domain/chain.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { listAll } from './list-all.ts';
import { type JudgedKind, type RecordFault, refuseRecords } from './refuse-records.ts';

/** What an import does, or would do. */
export interface Imported {
  created: string[];
  changed: string[];
  unchanged: number;
}

/**
 * Keeps many records of one kind: all are judged first, and where one is refused none is written. Then they are written by the hundred; where another
 * administrator changes one of them meanwhile, what stands before it is written and the refusal says so: the same import, sent again, does the rest.
 * `unsaid`: fields that stay as they are. With `dryRun` nothing is written.
 */
export async function importRecords<K extends JudgedKind>(
  { platform, catalogue }: { platform: Platform; catalogue: Catalogue },
  kind: K,
  incoming: { records: readonly RecordOf[K][]; unsaid: readonly string[] },
  { dryRun }: { dryRun: boolean },
): Promise<{ ok: true; done: Imported } | { ok: false; faults: RecordFault[] } | Refused> {
  const { registry } = platform;
  const known = new Map((await listAll(registry, kind)).map((each) => [each.id, each]));
  const writes = incoming.records.map((record): RecordWrite<K> => {
    const before = known.get(record.id);
    return { id: record.id, record: keeping(record, before?.record, incoming.unsaid), expected: before?.revision ?? 0 };
  });
  const faults = await refuseRecords(
    { platform, catalogue },
    kind,
    writes.map(({ record }) => record),
  );
  if (faults.length > 0) return { ok: false, faults };
  const isNew = ({ expected }: RecordWrite<K>) => expected === 0;
  const differs = ({ id, record }: RecordWrite<K>) => canonical(known.get(id)?.record) !== canonical(record);
  const created = writes.filter(isNew);
  const changed = writes.filter((write) => !isNew(write) && differs(write));
  if (!dryRun) {
    let written = 0;
    for (const some of portions(kind, [...created, ...changed])) {
      const put = await registry.putAll(kind, some);
      if (put !== 'put') {
        const rest = created.length + changed.length - written;
        const detail = `${kind} ${put.conflict} was changed meanwhile: ${written} are written, ${rest} are not; send them again`;
        return refuse('conflict', detail);
      }
      written += some.length;
    }
  }
  const done = {
    created: created.map(({ id }) => id),
    changed: changed.map(({ id }) => id),
    unchanged: writes.length - created.length - changed.length,
  };
  return { ok: true, done };
}

function keeping<T extends object>(record: T, before: T | undefined, unsaid: readonly string[]): T {
  if (!before) return record;
  const kept = Object.entries(before).filter(([field]) => unsaid.includes(field));
  return { ...record, ...Object.fromEntries(kept) };
}

/** As many at once as a registry takes. */
function portions<K extends JudgedKind>(kind: K, writes: readonly RecordWrite<K>[]): RecordWrite<K>[][] {
  const all: RecordWrite<K>[][] = [];
  let bytes = 0;
  for (const write of writes) {
    const size = Buffer.byteLength(recordJson(kind, write.id, write.record));
    const last = all.at(-1);
    if (!last || last.length === MAX_WRITES || bytes + size > MAX_WRITTEN_BYTES) {
      all.push([write]);
      bytes = size;
    } else {
      last.push(write);
      bytes += size;
    }
  }
  return all;
}
