import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { merkleTree, rootFromPath } from '../../../domain/evidence/merkle.ts';

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const heads = (count: number): Buffer[] => Array.from({ length: count }, (_, index) => sha256(Buffer.from([index])));

/** RFC 9162, 2.1.1, word for word: split at the largest power of two smaller than n. */
function plainRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (leaves.length === 1 && only) return sha256(Uint8Array.of(0), only);
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha256(Uint8Array.of(1), plainRoot(leaves.slice(0, split)), plainRoot(leaves.slice(split)));
}

describe('the tree of heads under a time-stamp', () => {
  it('refuses no head at all', () => {
    expect(() => merkleTree([])).toThrow('at least one head');
  });

  it('refuses a leaf that is not there', () => {
    expect(() => merkleTree(heads(3)).pathOf(3)).toThrow('from 0 to 2');
  });

  it('has the root that RFC 9162 defines, for every number of heads up to 40', () => {
    for (let count = 1; count <= 40; count += 1)
      expect(Buffer.from(merkleTree(heads(count)).root)).toEqual(Buffer.from(plainRoot(heads(count))));
  });

  it('leads from every head to the root, and from no other place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (count, a, b) => {
        const [leaf, other] = [a % count, b % count];
        const tree = merkleTree(heads(count));
        const head = heads(count)[leaf] ?? Buffer.alloc(0);
        const place = { leaf, leaves: count, path: tree.pathOf(leaf) };
        expect(Buffer.from(rootFromPath(head, place) ?? [])).toEqual(Buffer.from(tree.root));
        const elsewhere = rootFromPath(head, { ...place, leaf: other });
        expect(other === leaf || !elsewhere || !Buffer.from(elsewhere).equals(tree.root)).toBe(true);
      }),
    );
  });

  it('leads from each of up to 64 heads to the root, and with the hash of no other head', () => {
    for (let count = 1; count <= 64; count += 1) {
      const tree = merkleTree(heads(count));
      for (const [leaf, head] of heads(count).entries()) {
        const place = { leaf, leaves: count, path: tree.pathOf(leaf) };
        expect(Buffer.from(rootFromPath(head, place) ?? []).equals(tree.root)).toBe(true);
        const stranger = rootFromPath(sha256(head), place);
        expect(stranger && Buffer.from(stranger).equals(tree.root)).toBe(false);
        expect(rootFromPath(head, { ...place, leaves: 2 * count + 1 })).toBeUndefined();
      }
    }
  });

  it('refuses a path with a hash more, a hash less, or a bit flipped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), (count, a, flip) => {
        const leaf = a % count;
        const tree = merkleTree(heads(count));
        const head = heads(count)[leaf] ?? Buffer.alloc(0);
        const path = tree.pathOf(leaf).map((sibling) => Buffer.from(sibling));
        const isRoot = (found: Uint8Array | undefined): boolean =>
          found !== undefined && Buffer.from(found).equals(tree.root);
        expect(isRoot(rootFromPath(head, { leaf, leaves: count, path: [...path, head] }))).toBe(false);
        expect(isRoot(rootFromPath(head, { leaf, leaves: count, path: path.slice(1) }))).toBe(false);
        const touched = path[flip % path.length];
        if (touched) touched[flip % 32] = (touched[flip % 32] ?? 0) ^ 1;
        expect(isRoot(rootFromPath(head, { leaf, leaves: count, path }))).toBe(false);
      }),
    );
  });

  it('refuses a place outside the tree', () => {
    const [head] = heads(1);
    expect(head && rootFromPath(head, { leaf: 1, leaves: 1, path: [] })).toBeUndefined();
    expect(head && rootFromPath(head, { leaf: 0, leaves: 0, path: [] })).toBeUndefined();
  });
});
