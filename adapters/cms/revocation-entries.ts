import { derOf, TAG } from './der.ts';
import { expectAt, expectTag, type Place, placeAt, placesIn, wholeOf } from './der-places.ts';

/** A revocation list taken apart: lists of large authorities have hundreds of thousands of entries, too many for an object each. */
export interface ListParts {
  /** What the authority has signed. */
  signed: Uint8Array;
  /** The contents of `revokedCertificates`; empty where there are none. */
  entries: Uint8Array;
  /** The list without its entries, DER. */
  rest: Uint8Array;
}

export interface Entry {
  /** Big-endian, without zeros before it. */
  serial: Uint8Array;
  /** Milliseconds since the epoch. */
  since: number;
  /** Whether it has an extension that whoever does not know it must not pass over. */
  critical: boolean;
}

const times: readonly number[] = [TAG.utcTime, TAG.generalizedTime];

/** Takes a list apart (RFC 5280 section 5.1); throws for what is none. */
export function splitList(der: Uint8Array): ListParts {
  const whole = expectTag(wholeOf(der), TAG.sequence);
  const tbs = expectAt(der, { at: whole.content, until: whole.end }, TAG.sequence);
  const fields = [...placesIn(der, tbs.content, tbs.end)];
  const time = fields.findIndex(({ tag }) => times.includes(tag));
  const revoked = time === -1 ? undefined : fields.slice(time).find(({ tag }) => tag === TAG.sequence);
  const kept = fields.filter((field) => field !== revoked).map(({ start, end }) => der.subarray(start, end));
  return {
    signed: der.subarray(tbs.start, tbs.end),
    entries: revoked ? der.subarray(revoked.content, revoked.end) : new Uint8Array(),
    rest: derOf(TAG.sequence, derOf(TAG.sequence, ...kept), der.subarray(tbs.end, whole.end)),
  };
}

/** Reads entry by entry and keeps none. Throws for the first that is none. */
export function* readEntries(entries: Uint8Array): Generator<Entry> {
  for (const entry of placesIn(entries, 0, entries.length)) {
    if (entry.tag !== TAG.sequence) throw new Error(`expected an entry, got tag ${entry.tag}`);
    const serial = expectAt(entries, { at: entry.content, until: entry.end }, TAG.integer);
    const date = placeAt(entries, serial.end, entry.end);
    yield {
      serial: withoutZeros(entries.subarray(serial.content, serial.end)),
      since: timeOf(entries, date),
      critical: date.end < entry.end && hasCritical(entries, date.end, entry.end),
    };
  }
}

/** A number as bytes, without the zeros before it. */
export function withoutZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? new Uint8Array() : bytes.subarray(first);
}

function hasCritical(der: Uint8Array, at: number, until: number): boolean {
  const { content, end } = expectAt(der, { at, until }, TAG.sequence);
  for (const extension of placesIn(der, content, end)) {
    const name = placeAt(der, extension.content, extension.end);
    const second = placeAt(der, name.end, extension.end);
    if (second.tag === TAG.boolean && der[second.content] !== 0) return true;
  }
  return false;
}

/** As RFC 5280 section 5.1.2.6 has them: to the second, in Z; two digits of the year are of 1950 to 2049. */
function timeOf(der: Uint8Array, { tag, content, end }: Place): number {
  const text = Buffer.from(der.buffer, der.byteOffset + content, end - content).toString('latin1');
  const century = Number(text.slice(0, 2)) < 50 ? '20' : '19';
  const full = tag === TAG.utcTime ? `${century}${text}` : text;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)?.slice(1).map(Number);
  if (!parts || !times.includes(tag)) throw new Error(`expected an instant of revocation, got tag ${tag}`);
  const [year = 0, month = 0, ...others] = parts;
  return Date.UTC(year, month - 1, ...others);
}
