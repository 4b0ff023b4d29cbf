import { fallsDue } from '../../domain/archive/retention.ts';
import type { DisposalList, ListedRecord } from '../../schemas/archive.ts';
import type { Head } from '../../schemas/dossier.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';

/** The records of a disposal list in its order, with what became of each. By their heads: nothing personal is read, and no key is needed. */
export async function tellListed(
  { store }: Pick<Platform, 'store'>,
  catalogue: Catalogue,
  { list, limit, after }: { list: DisposalList; limit: number; after?: string | undefined },
): Promise<{ items: ListedRecord[]; next?: string }> {
  const from = after === undefined ? 0 : list.dossiers.indexOf(after) + 1;
  const ids = list.dossiers.slice(from, from + limit);
  const items = await Promise.all(
    ids.map(async (id) => {
      const head = await store.head(id);
      if (!head) throw new Error(`expected the head of ${id}, which list ${list.id} names`);
      return tell(catalogue, list, head);
    }),
  );
  const next = from + limit < list.dossiers.length ? ids.at(-1) : undefined;
  return { items, ...(next !== undefined && { next }) };
}

async function tell(catalogue: Catalogue, list: DisposalList, head: Head): Promise<ListedRecord> {
  const { keep } = (await catalogue.pinned(head.procedure, head.procedureVersion)).procedure;
  const closed = head.closed ?? head.updated;
  const due = keep && fallsDue(keep, closed);
  const spared = list.left.find(({ dossier }) => dossier === head.id);
  return {
    ...recordOf(head),
    ...(due !== undefined && { due }),
    ...(keep && { then: keep.then, legalBasis: keep.legalBasis }),
    ...(head.disposed?.list === list.id && { disposed: head.disposed.at }),
    ...(spared && { left: { why: spared.why, ...(spared.fault && { fault: spared.fault }) } }),
  };
}

/** What is told of any record whose retention is judged. */
export function recordOf(
  head: Head,
): Pick<ListedRecord, 'dossier' | 'code' | 'reference' | 'procedure' | 'version' | 'unit' | 'closed' | 'held'> {
  const { id, code, reference, procedure, procedureVersion, unit, closed, updated, held } = head;
  return {
    dossier: id,
    code,
    reference,
    procedure,
    version: procedureVersion,
    unit,
    closed: closed ?? updated,
    held: held === true,
  };
}
