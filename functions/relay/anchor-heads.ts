import { RecordsDisagree } from '../../domain/failures.ts';
import { merkleTree } from '../../domain/evidence/merkle.ts';
import type { Anchor, OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { Platform } from '../runtime/platform.ts';

/** Anchors the heads that these rows name. */
export async function anchorHeads(platform: Platform, rows: readonly OutboxRow[]): Promise<void> {
  await stampHeads(platform, await Promise.all(rows.map((row) => headOf(platform, row))));
}

/** Puts many heads under one time-stamp: a Merkle tree over their hashes, the root of which an outside authority stamps. */
export async function stampHeads(
  platform: Pick<Platform, 'store' | 'timestamps'>,
  heads: readonly Pick<Anchor, 'dossier' | 'seq' | 'hash'>[],
): Promise<void> {
  const tree = merkleTree(heads.map(({ hash }) => Buffer.from(hash, 'hex')));
  const { token, time } = await platform.timestamps.stamp(tree.root);
  const anchors: Anchor[] = heads.map((head, leaf) => ({
    ...head,
    time: new Date(time).toISOString(),
    leaf,
    leaves: heads.length,
    path: tree.pathOf(leaf).map((sibling) => Buffer.from(sibling).toString('hex')),
  }));
  await platform.store.putAnchors({ token, anchors });
}

/** The event to anchor: its hash travels with the row where it was the last of its commit, else it is looked up. */
async function headOf(platform: Platform, row: OutboxRow): Promise<{ dossier: string; seq: number; hash: string }> {
  const seq = Number(row.body['seq']);
  const known = row.body['hash'];
  if (typeof known === 'string') return { dossier: row.dossier, seq, hash: known };
  const [event] = await platform.store.events(row.dossier, seq - 1);
  if (event?.event.seq !== seq) throw new RecordsDisagree(`outbox ${row.id}: event ${seq} is missing`);
  return { dossier: row.dossier, seq, hash: event.hash };
}
