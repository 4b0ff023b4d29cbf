import { createHash } from 'node:crypto';

/** A Merkle tree as RFC 9162 section 2.1 defines it, so that one time-stamp can attest many heads. */
export interface MerkleTree {
  root: Uint8Array;
  /** Sibling hashes from the leaf up (RFC 9162, 2.1.3). */
  pathOf(index: number): Uint8Array[];
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Hash of a leaf; the prefix keeps a leaf from passing as a node. */
function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256(LEAF, leaf);
}

/** The tree over these leaves, at least one. */
export function merkleTree(leaves: readonly Uint8Array[]): MerkleTree {
  const hashes = leaves.map(leafHash);
  return { root: rootOf(hashes), pathOf: (index) => pathIn(hashes, index) };
}

/** The root that a leaf and its path lead to; undefined if the path does not fit the place. */
export function rootFromPath(leaf: Uint8Array, place: { index: number; count: number; path: readonly Uint8Array[] }): Uint8Array | undefined {
  if (!Number.isInteger(place.index) || place.index < 0 || place.index >= place.count) return undefined;
  let index = place.index;
  let last = place.count - 1;
  let hash = leafHash(leaf);
  for (const sibling of place.path) {
    if (last === 0) return undefined;
    if (index % 2 === 1 || index === last) {
      hash = sha256(NODE, sibling, hash);
      while (index % 2 === 0 && index !== 0) {
        index = Math.floor(index / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = sha256(NODE, hash, sibling);
    }
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : undefined;
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) throw new Error('merkle tree: expected at least one leaf');
  if (hashes.length === 1) return only;
  const split = splitOf(hashes.length);
  return sha256(NODE, rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

function pathIn(hashes: readonly Uint8Array[], index: number): Uint8Array[] {
  if (hashes.length === 1) return [];
  const split = splitOf(hashes.length);
  return index < split ? [...pathIn(hashes.slice(0, split), index), rootOf(hashes.slice(split))] : [...pathIn(hashes.slice(split), index - split), rootOf(hashes.slice(0, split))];
}

/** The largest power of two below the number of leaves. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}
