import { createHash } from 'node:crypto';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** A Merkle tree over heads (RFC 9162, 2.1.1): a leaf is SHA-256(0x00 || head), a node SHA-256(0x01 || left || right). */
export interface MerkleTree {
  root: Uint8Array;
  /** Sibling hashes from the leaf up to the root (RFC 9162, 2.1.3.1). */
  pathOf(leaf: number): Uint8Array[];
}

/** `leaves` are the heads themselves, 32 bytes each, not yet hashed as leaves; at least one. */
export function merkleTree(leaves: readonly Uint8Array[]): MerkleTree {
  if (leaves.length === 0) throw new Error('expected at least one head to put under a time-stamp, got none');
  const levels: Uint8Array[][] = [leaves.map(hashLeaf)];
  for (let level = levels[0] ?? []; level.length > 1;) {
    level = levelAbove(level);
    levels.push(level);
  }
  const root = levels.at(-1)?.[0];
  if (!root) throw new Error('expected a root');
  return { root, pathOf: (leaf) => pathOf(levels, leaf) };
}

/** Where a node stands alone at the end of its level it moves up as it is: the same tree as the RFC's split at powers of two. */
function levelAbove(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const [left, right] = [level[index], level[index + 1]];
    if (left) above.push(right ? hashNode(left, right) : left);
  }
  return above;
}

function pathOf(levels: readonly (readonly Uint8Array[])[], leaf: number): Uint8Array[] {
  const count = levels[0]?.length ?? 0;
  if (!Number.isInteger(leaf) || leaf < 0 || leaf >= count)
    throw new Error(`expected a leaf from 0 to ${count - 1}, got ${leaf}`);
  const siblings = levels.map((level, height) => level[Math.floor(leaf / 2 ** height) ^ 1]);
  return siblings.filter((sibling) => sibling !== undefined);
}

/** The root to which a path leads, or undefined if it is no path from this leaf in a tree of that many (RFC 9162, 2.1.3.2). */
export function rootFromPath(
  head: Uint8Array,
  place: { leaf: number; leaves: number; path: readonly Uint8Array[] },
): Uint8Array | undefined {
  if (!(place.leaf >= 0 && place.leaf < place.leaves)) return undefined;
  let [index, last] = [place.leaf, place.leaves - 1];
  let hash = hashLeaf(head);
  for (const sibling of place.path) {
    if (last === 0) return undefined;
    if (index % 2 === 1 || index === last) {
      hash = hashNode(sibling, hash);
      while (index % 2 === 0 && index !== 0) [index, last] = [index / 2, Math.floor(last / 2)];
    } else hash = hashNode(hash, sibling);
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}

function hashLeaf(head: Uint8Array): Uint8Array {
  return createHash('sha256').update(LEAF).update(head).digest();
}

function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}
