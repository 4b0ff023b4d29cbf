import type { KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';

/** ECDSA over a SHA-256 digest that someone else has made, as DER. Node's own `sign` always hashes first and would sign the hash of the hash. */
export function signDigest(key: KeyObject, digest: Uint8Array): Uint8Array {
  const { d } = key.export({ format: 'jwk' });
  if (d === undefined) throw new Error('expected a private key on P-256');
  return p256.sign(digest, new Uint8Array(Buffer.from(d, 'base64url')), { prehash: false, format: 'der' });
}
