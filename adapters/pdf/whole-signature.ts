import { fromBER } from 'asn1js';
import { readSignedData, type ReadSignedData } from '../cms/read-signed-data.ts';
import { readPassing } from './pdf-file.ts';
import { addsOnlyValidationData, readValidationData, type ValidationData } from './validation-data.ts';

/** A signature of a PDF of whatever make, over every byte of the file but its own container, or all but validation data that follow it. */
export interface WholeSignature {
  signed: ReadSignedData;
  /** What the file says of revocation, as far as its structure is in our form. */
  brought: Pick<ValidationData, 'crls' | 'ocsps'>;
}

/** Bytes of one container: certificates, time-stamp and an OCSP answer take a tenth of it. */
export const MOST_CONTAINER_BYTES = 128 * 1024;
const MOST_RANGES = 64;
/** Of larger files the structure is not read: it would take seconds. */
const MOST_STRUCTURE_BYTES = 8 * 1024 * 1024;
const MOST_STATEMENTS = 16;
const MOST_STATEMENT_BYTES = 1024 * 1024;
const NAME = '/ByteRange';
const RANGE = /^\/ByteRange\s{0,16}\[\s{0,16}0{1,10}\s{1,16}(\d{1,10})\s{1,16}(\d{1,10})\s{1,16}(\d{1,10})\s{0,16}\]/;

interface Range {
  /** Where what is left out begins and ends. */
  from: number;
  to: number;
  /** Where what is signed ends. */
  end: number;
}

/**
 * Reads the signature that reaches furthest; throws, with what was found, where there is none, where something follows it, and where it cannot be read.
 * It is found by its byte range, not by the file's structure: what is signed is bytes, however a viewer reads them.
 */
export function readWholeSignature(bytes: Uint8Array): WholeSignature {
  const [last] = rangesIn(bytes).sort((a, b) => b.end - a.end);
  if (!last) throw new Error('no signature');
  if (last.end !== bytes.length && !isFollowedByValidationData(bytes, last.end))
    throw new Error('bytes after the last signature');
  const container = containerIn(bytes, last);
  const signed = readSignedData(container, [bytes.subarray(0, last.from), bytes.subarray(last.to, last.end)]);
  return { signed, brought: broughtBy(bytes) };
}

function rangesIn(bytes: Uint8Array): Range[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Range[] = [];
  let seen = 0;
  for (let at = file.indexOf(NAME); at >= 0; at = file.indexOf(NAME, at + NAME.length)) {
    seen += 1;
    if (seen > MOST_RANGES) throw new Error(`more than ${MOST_RANGES} signatures`);
    const [, from = 0, to = 0, rest = 0] = (RANGE.exec(file.toString('latin1', at, at + 144)) ?? []).map(Number);
    const isWithin = from > 0 && from < to && to + rest <= bytes.length;
    if (isWithin && bytes[from] === 0x3c && bytes[to - 1] === 0x3e) found.push({ from, to, end: to + rest });
  }
  return found;
}

/** Nothing but one string in hexadecimal is left out: no byte that a viewer shows is unsigned. */
function containerIn(bytes: Uint8Array, { from, to }: Range): Uint8Array {
  if (to - from > 2 * MOST_CONTAINER_BYTES + 2)
    throw new Error(`a signature of more than ${MOST_CONTAINER_BYTES} bytes`);
  const hex = Buffer.from(bytes.subarray(from + 1, to - 1)).toString('latin1');
  if (!/^[0-9A-Fa-f]+$/.test(hex) || hex.length % 2 !== 0)
    throw new Error('a signature that leaves out more than itself');
  const padded = new Uint8Array(Buffer.from(hex, 'hex'));
  // Other systems write containers whose lengths are not said beforehand: where they end is found by reading.
  const { offset } = fromBER(padded);
  if (offset <= 0) throw new Error('a signature that cannot be read');
  if (padded.subarray(offset).some((byte) => byte !== 0)) throw new Error('bytes after the container of the signature');
  return padded.slice(0, offset);
}

function isFollowedByValidationData(bytes: Uint8Array, end: number): boolean {
  if (bytes.length > MOST_STRUCTURE_BYTES) return false;
  try {
    return addsOnlyValidationData(readPassing(bytes.subarray(0, end)), readPassing(bytes));
  } catch {
    return false;
  }
}

function broughtBy(bytes: Uint8Array): WholeSignature['brought'] {
  if (bytes.length > MOST_STRUCTURE_BYTES) return { crls: [], ocsps: [] };
  const small = (statements: readonly Uint8Array[]): Uint8Array[] =>
    statements.filter(({ length }) => length <= MOST_STATEMENT_BYTES);
  try {
    const { crls, ocsps } = readValidationData(readPassing(bytes), MOST_STATEMENTS);
    return { crls: small(crls), ocsps: small(ocsps) };
  } catch {
    return { crls: [], ocsps: [] };
  }
}
