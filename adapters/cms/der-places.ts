import { Constructed, OctetString, type AsnType } from 'asn1js';
import { derOf, parseDer, TAG } from './der.ts';

/** Where a DER value lies: its tag, where it starts, where its content does, and where it ends. */
export interface Place {
  tag: number;
  start: number;
  content: number;
  end: number;
}

/** Definite lengths and low tags alone (X.690 section 10.1); throws for anything else. */
export function placeAt(der: Uint8Array, start: number, until: number): Place {
  const tag = der[start] ?? 0;
  const short = der[start + 1] ?? 0;
  const more = short > 0x80 ? short - 0x80 : 0;
  const content = start + 2 + more;
  if (short === 0x80 || more > 4 || content > until || (tag & 0x1f) === 0x1f)
    throw new Error(`expected DER at byte ${start}`);
  let length = more === 0 ? short : 0;
  for (let i = 0; i < more; i++) length = length * 256 + (der[start + 2 + i] ?? 0);
  const end = content + length;
  if (end > until) throw new Error(`expected ${length} bytes from byte ${content} on, got ${until - content}`);
  return { tag, start, content, end };
}

export function expectAt(der: Uint8Array, { at, until }: { at: number; until: number }, tag: number): Place {
  return expectTag(placeAt(der, at, until), tag);
}

/** The place, if a value of this tag lies there; throws for another one, and where there is none. */
export function expectTag(place: Place | undefined, tag: number): Place {
  if (place?.tag !== tag) throw new Error(`expected a value of tag ${tag}, got ${place?.tag ?? 'none'}`);
  return place;
}

export function* placesIn(der: Uint8Array, from: number, until: number): Generator<Place> {
  for (let at = from; at < until;) {
    const place = placeAt(der, at, until);
    yield place;
    at = place.end;
  }
}

/** The values within a constructed one. */
export function childrenOf(der: Uint8Array, { content, end }: Place): Place[] {
  return [...placesIn(der, content, end)];
}

/** The only value of these bytes; throws when other bytes follow it. */
export function wholeOf(der: Uint8Array): Place {
  const whole = placeAt(der, 0, der.length);
  if (whole.end !== der.length) throw new Error(`expected one DER value, got ${der.length - whole.end} bytes after it`);
  return whole;
}

/** The bytes of a value as they are written. */
export function writtenAt(der: Uint8Array, { start, end }: Place): Uint8Array {
  return der.subarray(start, end);
}

export function contentAt(der: Uint8Array, { content, end }: Place): Uint8Array {
  return der.subarray(content, end);
}

/** A number of one byte, as versions are; throws for another value. */
export function smallNumberAt(der: Uint8Array, place: Place | undefined): number {
  const [number, ...more] = contentAt(der, expectTag(place, TAG.integer));
  if (number === undefined || more.length > 0) throw new Error('expected a number of one byte');
  return number;
}

/** The dotted form of an object identifier (X.690 section 8.19); throws where something else lies. */
export function identifierAt(der: Uint8Array, place: Place | undefined): string {
  const { content, end } = expectTag(place, TAG.objectIdentifier);
  if (content === end || ((der[end - 1] ?? 0) & 0x80) !== 0) throw new Error('expected a whole object identifier');
  const arcs: number[] = [];
  let arc = 0;
  for (let at = content; at < end; at++) {
    const byte = der[at] ?? 0;
    arc = arc * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join('.');
}

/** Reads DER; where it is BER, once more with the lengths of DER. Throws what reading that throws. */
export function readDer<T>(ber: Uint8Array, read: (der: Uint8Array) => T): T {
  try {
    return read(ber);
  } catch {
    return read(withDefiniteLengths(ber));
  }
}

/**
 * BER with the lengths and octet strings of DER: other systems write containers in one go, whose lengths are not said beforehand (X.690 section 8.1.3.6).
 * What has them already stays as it is written. Throws for what is no single value.
 */
function withDefiniteLengths(ber: Uint8Array): Uint8Array {
  return definite(parseDer(ber));
}

function definite(value: AsnType): Uint8Array {
  if (isDefinite(value)) return new Uint8Array(value.valueBeforeDecodeView);
  if (value instanceof OctetString) return derOf(TAG.octetString, new Uint8Array(value.getValue()));
  const parts = value instanceof Constructed ? value.valueBlock.value : [];
  return derOf(value.valueBeforeDecodeView[0] ?? 0, ...parts.map(definite));
}

function isDefinite(value: AsnType): boolean {
  if (value.lenBlock.isIndefiniteForm || (value instanceof OctetString && value.idBlock.isConstructed)) return false;
  return !(value instanceof Constructed) || value.valueBlock.value.every(isDefinite);
}
