const half = 32;

/** Tags of DER (X.690 section 8). */
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** The DER `Ecdsa-Sig-Value` as r || s (64 bytes). Read byte by byte: it is done for every signature that the platform makes. */
export function toRawSignature(der: Uint8Array): Uint8Array {
  const raw = new Uint8Array(2 * half);
  const end = 2 + (der[1] ?? 0);
  if (der[0] !== SEQUENCE || end > 0x7f || end !== der.length) throw notDer();
  let at = 2;
  for (const place of [half, 2 * half]) {
    const length = der[at + 1] ?? 0;
    const number = withoutLeadingZeros(der.subarray(at + 2, at + 2 + length));
    if (der[at] !== INTEGER || at + 2 + length > end) throw notDer();
    if (number.length > half)
      throw new Error(`expected an ECDSA signature on P-256, got an integer of ${number.length} bytes`);
    raw.set(number, place - number.length);
    at += 2 + length;
  }
  if (at !== end) throw notDer();
  return raw;
}

function notDer(): Error {
  return new Error('expected an ECDSA signature in DER: a sequence of two integers');
}

export function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  return bytes.subarray(start);
}
