import { createHash, type KeyObject } from 'node:crypto';

/** RFC 7638 thumbprint of a public EC key, base64url; undefined if it is no P-256 key. */
export function keyIdOf(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== 'ec') return undefined;
  const { crv, kty, x, y } = key.export({ format: 'jwk' });
  if (crv !== 'P-256') return undefined;
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
