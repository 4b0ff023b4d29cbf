import { createHash } from 'node:crypto';
import { Kept } from '../../domain/kept.ts';

/** A reader that keeps what it read last, by the bytes: what comes along with every signature is read once. `most`: how many it keeps. */
export function readOnce<T>(read: (bytes: Uint8Array) => T, most: number): (bytes: Uint8Array) => T {
  const kept = new Kept<T>(most);
  return (bytes) => kept.of(createHash('sha256').update(bytes).digest('base64'), () => read(new Uint8Array(bytes)));
}

/** A judgement on two objects that are kept, such as a certificate and its issuer: each pair is judged once. */
export function judgeOnce<A extends object, B extends object>(judge: (a: A, b: B) => boolean): (a: A, b: B) => boolean {
  const judged = new WeakMap<A, WeakMap<B, boolean>>();
  return (a, b) => {
    const known = judged.get(a) ?? new WeakMap<B, boolean>();
    judged.set(a, known);
    const verdict = known.get(b) ?? judge(a, b);
    known.set(b, verdict);
    return verdict;
  };
}
