import { Integer, OctetString, Sequence } from 'asn1js';
import { parseDer, toArrayBuffer, toDer } from './der.ts';

const half = 32;

/** r || s (64 bytes) as the DER `Ecdsa-Sig-Value` that CMS and X.509 carry (RFC 3279 section 2.2.3). */
export function toDerSignature(raw: Uint8Array): Uint8Array {
  if (raw.length !== 2 * half) throw new Error(`expected an ES256 value of 64 bytes, got ${raw.length}`);
  return toDer(new Sequence({ value: [positiveInteger(raw.subarray(0, half)), positiveInteger(raw.subarray(half))] }));
}

/** The DER `Ecdsa-Sig-Value` as r || s (64 bytes). */
export function toRawSignature(der: Uint8Array): Uint8Array {
  const value = parseDer(der);
  const parts = value instanceof Sequence ? value.valueBlock.value : [];
  const raw = new Uint8Array(2 * half);
  if (parts.length !== 2) throw new Error('expected an ECDSA signature of two integers');
  parts.forEach((part, i) => {
    if (!(part instanceof Integer)) throw new Error('expected an ECDSA signature of two integers');
    const bytes = withoutLeadingZeros(part.valueBlock.valueHexView);
    if (bytes.length > half)
      throw new Error(`expected an ECDSA signature on P-256, got an integer of ${bytes.length} bytes`);
    raw.set(bytes, (i + 1) * half - bytes.length);
  });
  return raw;
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

function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  return bytes.subarray(start);
}
