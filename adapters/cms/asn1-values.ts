import { Integer, OctetString } from 'asn1js';
import { withoutLeadingZeros } from '../../domain/ecdsa-signature.ts';
import { toArrayBuffer } from './der.ts';

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
