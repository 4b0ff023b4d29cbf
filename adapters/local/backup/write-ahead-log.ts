/**
 * SQLite's write-ahead log (https://sqlite.org/fileformat2.html#the_write_ahead_log): a header of 32 bytes, then frames of 24 bytes and a page. Checksums
 * run through the whole file; a frame counts when its salts are the header's, its checksum holds, and a commit follows.
 */
export const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

const MAGIC = 0x377f0682;

/** What a log's header says. `salts` are another for every log: they are its identity. */
export interface LogHeader {
  salts: string;
  pageSize: number;
  littleEndian: boolean;
  checksum: Checksum;
}

interface Checksum {
  s0: number;
  s1: number;
}

/** One page as a frame brings it. */
interface Frame {
  page: number;
  /** Pages of the whole file after this commit; 0 if no commit ends here. */
  pagesAfterCommit: number;
  bytes: Uint8Array;
}

/** The header of a log, or nothing where there is none yet or one is just being written. */
export function readLogHeader(bytes: Uint8Array): LogHeader | undefined {
  if (bytes.length < LOG_HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  const magic = view.getUint32(0);
  if ((magic & ~1) >>> 0 !== MAGIC) return undefined;
  const littleEndian = (magic & 1) === 0;
  const checksum = sum(view, 0, 24, littleEndian, { s0: 0, s1: 0 });
  if (checksum.s0 !== view.getUint32(24) || checksum.s1 !== view.getUint32(28)) return undefined;
  const salts = Buffer.from(bytes.subarray(16, 24)).toString('hex');
  return { salts, pageSize: view.getUint32(8), littleEndian, checksum };
}

/** Reads a log from its beginning, piece by piece. */
export class LogReader {
  readonly header: LogHeader;
  /** Bytes of the file up to its last commit. */
  length = LOG_HEADER_BYTES;
  /** Runs through all that was taken. */
  #checksum: Checksum;

  constructor(header: LogHeader) {
    this.header = header;
    this.#checksum = header.checksum;
  }

  /** Where the checksum over all that was taken stands in the file itself, in hexadecimal: another one there is another log. */
  get seal(): { at: number; hex: string } {
    const { s0, s1 } = this.#checksum;
    const at = this.length === LOG_HEADER_BYTES ? 24 : this.length - this.header.pageSize - 8;
    return { at, hex: [s0, s1].map((sum) => sum.toString(16).padStart(8, '0')).join('') };
  }

  /**
   * Takes bytes that begin at `length`. Answers how many of them are whole transactions, and moves on by so many. What follows them is not there yet, is of
   * another log, or was never committed.
   */
  take(bytes: Uint8Array): number {
    const { pageSize, littleEndian, salts } = this.header;
    const size = FRAME_HEADER_BYTES + pageSize;
    const view = viewOf(bytes);
    let checksum = this.#checksum;
    let whole = 0;
    for (let at = 0; at + size <= bytes.length; at += size) {
      if (Buffer.from(bytes.subarray(at + 8, at + 16)).toString('hex') !== salts) break;
      checksum = sum(view, at, 8, littleEndian, checksum);
      checksum = sum(view, at + FRAME_HEADER_BYTES, pageSize, littleEndian, checksum);
      if (checksum.s0 !== view.getUint32(at + 16) || checksum.s1 !== view.getUint32(at + 20)) break;
      if (view.getUint32(at + 4) === 0) continue;
      whole = at + size;
      this.#checksum = checksum;
    }
    this.length += whole;
    return whole;
  }
}

/** The frames of bytes that a reader has taken. */
export function* framesIn(bytes: Uint8Array, { pageSize }: LogHeader): Generator<Frame> {
  const view = viewOf(bytes);
  const size = FRAME_HEADER_BYTES + pageSize;
  for (let at = 0; at + size <= bytes.length; at += size)
    yield {
      page: view.getUint32(at),
      pagesAfterCommit: view.getUint32(at + 4),
      bytes: bytes.subarray(at + FRAME_HEADER_BYTES, at + size),
    };
}

function sum(view: DataView, from: number, length: number, littleEndian: boolean, { s0, s1 }: Checksum): Checksum {
  for (let at = from; at < from + length; at += 8) {
    s0 = (s0 + view.getInt32(at, littleEndian) + s1) | 0;
    s1 = (s1 + view.getInt32(at + 4, littleEndian) + s0) | 0;
  }
  return { s0: s0 >>> 0, s1: s1 >>> 0 };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
