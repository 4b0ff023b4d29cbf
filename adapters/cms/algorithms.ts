import { verify, type KeyObject } from 'node:crypto';

/** Digests that are accepted, by object identifier. SHA-1 and what is older is not (ETSI TS 119 312). */
export const digestNames: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Signature algorithms that are accepted: ECDSA and RSA PKCS#1, each with the type of key that it needs. */
const signatures: Readonly<Record<string, { digest: string; key: 'ec' | 'rsa' }>> = {
  '1.2.840.10045.4.3.2': { digest: 'sha256', key: 'ec' },
  '1.2.840.10045.4.3.3': { digest: 'sha384', key: 'ec' },
  '1.2.840.10045.4.3.4': { digest: 'sha512', key: 'ec' },
  '1.2.840.113549.1.1.11': { digest: 'sha256', key: 'rsa' },
  '1.2.840.113549.1.1.12': { digest: 'sha384', key: 'rsa' },
  '1.2.840.113549.1.1.13': { digest: 'sha512', key: 'rsa' },
};
/** In CMS a bare RSA key may stand for the algorithm; the digest is then said beside it (RFC 3370 section 3.2). */
const rsaEncryption = '1.2.840.113549.1.1.1';
const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const shortestRsa = 2048;

export interface SignedBy {
  /** Object identifier of the signature algorithm. */
  algorithm: string;
  /** Of the message, where the algorithm does not say it. */
  digest?: string | undefined;
  key: KeyObject;
}

/** Why such a signature is not accepted, whatever its value is; `undefined`: it may be. */
export function weaknessOf({ algorithm, digest, key }: SignedBy): string | undefined {
  const known = knownOf(algorithm, digest);
  if (known === undefined) return `signature algorithm ${algorithm} is not accepted`;
  const type = key.asymmetricKeyType;
  if (type !== known.key) return `signature algorithm ${algorithm} does not fit a key of type ${type ?? 'unknown'}`;
  const { namedCurve = 'unknown', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (type === 'ec') return curves.has(namedCurve) ? undefined : `curve ${namedCurve} is not accepted`;
  return modulusLength >= shortestRsa ? undefined : `an RSA key of ${modulusLength} bits is not accepted`;
}

/** Whether the value is that key's over these bytes, by an accepted algorithm. ECDSA values in DER. */
export function isSignedBy(by: SignedBy, bytes: Uint8Array, value: Uint8Array): boolean {
  const known = knownOf(by.algorithm, by.digest);
  return known !== undefined && weaknessOf(by) === undefined && verify(known.digest, bytes, by.key, value);
}

function knownOf(algorithm: string, digest: string | undefined): { digest: string; key: 'ec' | 'rsa' } | undefined {
  if (algorithm === rsaEncryption) return digest === undefined ? undefined : { digest, key: 'rsa' };
  return signatures[algorithm];
}
