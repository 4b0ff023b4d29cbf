import { disposeOf } from '../../domain/dossier/commands/archive.ts';
import { TaskRetryable } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { DisposalList } from '../../schemas/archive.ts';
import type { EventData } from '../../schemas/events.ts';
import { removeDraftsOf } from '../drafts/drafts.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { unitsKept } from './keepers.ts';
import { faultOf } from './lists.ts';

type Left = DisposalList['left'][number];

/**
 * Disposes of one dossier of an approved list. First, in one transaction, the last event and the end of the key: from then on nothing can be read. Then what that
 * leaves behind is removed. Each step may be done again, and what failed between two is done by the repetition of the row.
 */
export async function carryOut(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const id = String(row.body['list']);
  const list = (await platform.registry.get('disposal', id))?.record;
  if (!list || list.status === 'withdrawn' || list.status === 'declined') return;
  // The row is written before the approval counts, which may never come.
  if (list.status !== 'approved') throw new TaskRetryable(`disposal list ${id} is ${list.status}`);
  const left = await endRecord(platform, catalogue, { list, dossier: row.dossier });
  if (left) {
    await spare(platform, id, { dossier: row.dossier, ...left });
    return;
  }
  await removeDraftsOf(platform, row.dossier);
  await platform.documents.removeAll(row.dossier);
  await platform.notifier.forget(await messagesOf(platform, row.dossier));
  await platform.store.erase(row.dossier);
}

/** Ends it; or why it may not go after all. */
async function endRecord(
  platform: Platform,
  catalogue: Catalogue,
  { list, dossier: id }: { list: DisposalList; dossier: string },
): Promise<Omit<Left, 'dossier'> | undefined> {
  const head = await platform.store.head(id);
  if (head?.disposed?.list === list.id) return undefined;
  const now = platform.clock.now();
  const units = await unitsKept(catalogue, list.unit, now);
  const fault = await faultOf(catalogue, { head, units, now, request: list });
  if (fault) return { why: `expected ${fault.expected}`, fault: fault.code };
  const appended = await append(platform, id, ({ dossier }) => ({
    decision: disposeOf(dossier, dataOf(list)),
    actor: { kind: 'platform' },
    destroyKey: true,
  }));
  if (appended.ok) return undefined;
  if (appended.refusal.code === 'conflict') throw new TaskRetryable(appended.refusal.detail);
  return { why: appended.refusal.detail };
}

function dataOf(list: DisposalList): EventData<'DossierDisposed'> {
  const { number, legalBasis, why, fate, to, proposed, approved } = list;
  return {
    list: list.id,
    number,
    legalBasis,
    why,
    fate,
    ...(to !== undefined && { to }),
    proposed,
    approved: approved.map(({ by, at }) => ({ by, at })),
  };
}

/** Ids of the messages that this dossier sent. */
async function messagesOf({ store }: Platform, dossier: string): Promise<string[]> {
  const events = await store.events(dossier);
  return events.flatMap(({ event }) => (event.type === 'NoticeIssued' ? [String(event.data['message'])] : []));
}

/** A record that may not go after all, as one that was put on hold meanwhile, stays; the list says so. */
async function spare(platform: Platform, id: string, left: Left): Promise<void> {
  const known = await platform.registry.get('disposal', id);
  if (!known || known.record.left.some(({ dossier }) => dossier === left.dossier)) return;
  const record = { ...known.record, left: [...known.record.left, left] };
  if ((await platform.registry.put('disposal', id, record, known.revision)) === 'conflict')
    throw new TaskRetryable(`disposal list ${id} changed meanwhile`);
}
