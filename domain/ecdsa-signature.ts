// The two ways to write an ECDSA signature on P-256. Byte by byte: it is done for every signature that the platform makes and for every one that it judges.
const HALF = 32;
/** r || s of P-256 (RFC 7518 section 3.4). */
export const SIGNATURE_BYTES = 2 * HALF;

/** Tags of DER (X.690 section 8). */
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** The DER `Ecdsa-Sig-Value` as r || s (64 bytes). Throws on anything else. */
export function toRawSignature(der: Uint8Array): Uint8Array {
  const raw = new Uint8Array(SIGNATURE_BYTES);
  const end = 2 + (der[1] ?? 0);
  if (der[0] !== SEQUENCE || end > 0x7f || end !== der.length) throw notDer();
  let at = 2;
  for (const place of [HALF, 2 * HALF]) {
    const length = der[at + 1] ?? 0;
    const number = withoutLeadingZeros(der.subarray(at + 2, at + 2 + length));
    if (der[at] !== INTEGER || at + 2 + length > end) throw notDer();
    if (number.length > HALF)
      throw new Error(`expected an ECDSA signature on P-256, got an integer of ${number.length} bytes`);
    raw.set(number, place - number.length);
    at += 2 + length;
  }
  if (at !== end) throw notDer();
  return raw;
}

/** r || s (64 bytes) as the DER `Ecdsa-Sig-Value` that CMS, X.509 and OpenSSL take (RFC 3279 section 2.2.3). Throws on another length. */
export function toDerSignature(raw: Uint8Array): Uint8Array {
  if (raw.length !== SIGNATURE_BYTES) throw new Error(`expected an ES256 value of 64 bytes, got ${raw.length}`);
  const numbers = [raw.subarray(0, HALF), raw.subarray(HALF)].flatMap(integer);
  return Uint8Array.of(SEQUENCE, numbers.length, ...numbers);
}

/** As short as it can be, and never negative. */
function integer(bytes: Uint8Array): number[] {
  const digits = withoutLeadingZeros(bytes);
  const sign = (digits[0] ?? 0xff) > 0x7f ? [0] : [];
  return [INTEGER, sign.length + digits.length, ...sign, ...digits];
}

export function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  return bytes.subarray(start);
}

function notDer(): Error {
  return new Error('expected an ECDSA signature in DER: a sequence of two integers');
}
