import { Integer, OctetString, Sequence } from 'asn1js';
import { toArrayBuffer, toDer } from './der.ts';
import { withoutLeadingZeros } from './raw-signature.ts';

const half = 32;

/** r || s (64 bytes) as the DER `Ecdsa-Sig-Value` that CMS and X.509 carry (RFC 3279 section 2.2.3). */
export function toDerSignature(raw: Uint8Array): Uint8Array {
  if (raw.length !== 2 * half) throw new Error(`expected an ES256 value of 64 bytes, got ${raw.length}`);
  return toDer(new Sequence({ value: [positiveInteger(raw.subarray(0, half)), positiveInteger(raw.subarray(half))] }));
}

/** A DER INTEGER of an unsigned big-endian number. */
export function positiveInteger(bytes: Uint8Array): Integer {
  const digits = withoutLeadingZeros(bytes);
  const needsSign = digits.length === 0 || (digits[0] ?? 0) > 0x7f;
  return new Integer({ valueHex: toArrayBuffer(needsSign ? Uint8Array.of(0, ...digits) : digits) });
}

/** A DER OCTET STRING. */
export function octetString(bytes: Uint8Array): OctetString {
  return new OctetString({ valueHex: toArrayBuffer(bytes) });
}
