import { X509Certificate } from 'node:crypto';

/** The DER certificates of a PEM text as an authority issued it: the own one first, then each issuer up to the root. Throws when it holds none. */
export function readChain(pem: string): Uint8Array[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('expected PEM with at least one certificate, got none');
  return blocks.map((block) => new Uint8Array(new X509Certificate(block).raw));
}
