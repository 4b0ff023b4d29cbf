import { crc32, inflateRawSync } from 'node:zlib';
import type { Unpacked } from '../../domain/ports/evidence-tools.ts';
import { EvidencePath, type EvidenceFault, type EvidenceFaultCode } from '../../schemas/evidence.ts';

/** Bounds of what is read into memory. */
export interface ArchiveLimits {
  entries: number;
  /** Bytes of all files together. */
  total: number;
  /** Largest factor by which a file of more than a mebibyte may have shrunk; DEFLATE reaches 1032. */
  ratio: number;
}

const LIMITS: ArchiveLimits = { entries: 20_000, total: 2 ** 30, ratio: 200 };
const ARCHIVE = 'archive';
const END_BYTES = 22;
const MEBIBYTE = 2 ** 20;
const SYMLINK = 0o120000;

class Refused extends Error {
  readonly fault: EvidenceFault;
  constructor(place: string, fault: EvidenceFaultCode, expected: string, found: string) {
    super(`${place}: ${fault}`);
    this.fault = { place, fault, expected, found };
  }
}

interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

/**
 * Reads a ZIP by its central directory (APPNOTE 6.3.3, 4.3). Every entry must agree with its local header, lie inside the file and share no byte
 * with another: what two readers could read differently is refused. No ZIP64, no encryption, no second disk.
 */
export function readZip(archive: Uint8Array, limits: ArchiveLimits = LIMITS): Unpacked {
  try {
    const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
    const entries = readDirectory(bytes, limits);
    checkNames(entries);
    checkSizes(entries, limits);
    const files = new Map<string, Uint8Array>();
    let free = 0;
    for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
      if (entry.offset < free) throw new Refused(entry.name, 'unreadable-archive', 'bytes of its own', 'shared bytes');
      const start = dataStart(bytes, entry);
      free = start + entry.packed;
      if (!entry.name.endsWith('/')) files.set(entry.name, readEntry(bytes.subarray(start, free), entry));
    }
    return { ok: true, files: new Map(entries.flatMap(({ name }) => found(files, name))) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, faults: [error.fault] };
    const problem = error instanceof Error ? error.message : String(error);
    return { ok: false, faults: [{ place: ARCHIVE, fault: 'unreadable-archive', expected: 'a ZIP', found: problem }] };
  }
}

function found(files: ReadonlyMap<string, Uint8Array>, name: string): [string, Uint8Array][] {
  const bytes = files.get(name);
  return bytes ? [[name, bytes]] : [];
}

function readDirectory(bytes: Buffer, limits: ArchiveLimits): Entry[] {
  const end = bytes.length - END_BYTES;
  if (end < 0 || bytes.readUInt32LE(end) !== 0x06054b50 || bytes.readUInt16LE(end + 20) !== 0)
    throw new Refused(ARCHIVE, 'unreadable-archive', 'a ZIP that ends with its directory', `${bytes.length} bytes`);
  const count = bytes.readUInt16LE(end + 10);
  const size = bytes.readUInt32LE(end + 12);
  const start = bytes.readUInt32LE(end + 16);
  if (bytes.readUInt32LE(end + 4) !== 0 || bytes.readUInt16LE(end + 8) !== count || start + size !== end)
    throw new Refused(
      ARCHIVE,
      'unreadable-archive',
      'one directory, right before its end',
      `${size} bytes at ${start}`,
    );
  if (count > limits.entries)
    throw new Refused(ARCHIVE, 'too-large', `at most ${limits.entries} files`, `${count} files`);
  const entries: Entry[] = [];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    const { entry, next } = readDirectoryEntry(bytes, at, start);
    entries.push(entry);
    at = next;
  }
  if (at !== end) throw new Refused(ARCHIVE, 'unreadable-archive', `${count} directory entries`, 'bytes after them');
  return entries;
}

function readDirectoryEntry(bytes: Buffer, at: number, directory: number): { entry: Entry; next: number } {
  if (bytes.readUInt32LE(at) !== 0x02014b50)
    throw new Refused(ARCHIVE, 'unreadable-archive', 'a directory entry', `other bytes at ${at}`);
  const nameEnd = at + 46 + bytes.readUInt16LE(at + 28);
  const name = bytes.toString('latin1', at + 46, nameEnd);
  const flags = bytes.readUInt16LE(at + 8);
  const entry: Entry = {
    name,
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    packed: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    offset: bytes.readUInt32LE(at + 42),
  };
  if ((flags & 1) !== 0) throw new Refused(name, 'unreadable-archive', 'a file in plain', 'an encrypted one');
  if (entry.method !== 0 && entry.method !== 8)
    throw new Refused(name, 'unreadable-archive', 'stored or deflated', `method ${entry.method}`);
  if (entry.method === 0 && entry.packed !== entry.size)
    throw new Refused(name, 'unreadable-archive', `${entry.size} bytes`, `${entry.packed} bytes`);
  if (entry.offset + entry.packed > directory)
    throw new Refused(name, 'unreadable-archive', 'a file before the directory', `an offset of ${entry.offset}`);
  const unixMode = bytes.readUInt16LE(at + 40);
  if ((unixMode & 0o170000) === SYMLINK) throw new Refused(name, 'unsafe-path', 'a file', 'a symbolic link');
  return { entry, next: nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32) };
}

/** Names that mean the same on some file system are duplicates. A folder may have an entry of its own if it holds something. */
function checkNames(entries: readonly Entry[]): void {
  const seen = new Set<string>();
  for (const { name, size } of entries) {
    const isFolder = name.endsWith('/');
    if (!EvidencePath.safeParse(isFolder ? name.slice(0, -1) : name).success || (isFolder && size > 0))
      throw new Refused(printable(name), 'unsafe-path', 'a plain relative path', printable(name));
    if (isFolder && !entries.some((other) => other.name !== name && other.name.startsWith(name)))
      throw new Refused(name, 'unexpected-file', 'no empty folder', name);
    const key = name.toLowerCase();
    if (seen.has(key)) throw new Refused(name, 'duplicate-file', 'each name once', 'twice');
    seen.add(key);
  }
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

/** Judged by what the directory says, before anything is inflated; inflating then stops at what it said. */
function checkSizes(entries: readonly Entry[], limits: ArchiveLimits): void {
  let total = 0;
  for (const { name, size, packed } of entries) {
    total += size;
    if (size > MEBIBYTE && size > packed * limits.ratio)
      throw new Refused(name, 'too-large', `at most ${limits.ratio} times its packed size`, `${size} from ${packed}`);
    if (total > limits.total)
      throw new Refused(name, 'too-large', `at most ${limits.total} bytes in all`, `more than ${limits.total}`);
  }
}

function dataStart(bytes: Buffer, entry: Entry): number {
  const { name, offset } = entry;
  const nameEnd = offset + 30 + (bytes.readUInt32LE(offset) === 0x04034b50 ? bytes.readUInt16LE(offset + 26) : 0);
  if (
    bytes.toString('latin1', offset + 30, nameEnd) !== name ||
    bytes.readUInt16LE(offset + 8) !== entry.method ||
    !agreesOnSize(bytes, entry)
  )
    throw new Refused(name, 'unreadable-archive', 'the header that the directory describes', 'another');
  const start = nameEnd + bytes.readUInt16LE(offset + 28);
  if (start + entry.packed > bytes.length - END_BYTES)
    throw new Refused(name, 'unreadable-archive', `${entry.packed} bytes`, 'fewer');
  return start;
}

/** With flag bit 3 the sizes follow the data (APPNOTE 4.4.4) and the header holds zeros. */
function agreesOnSize(bytes: Buffer, { offset, crc, packed, size }: Entry): boolean {
  const [headCrc, headPacked, headSize] = [14, 18, 22].map((field) => bytes.readUInt32LE(offset + field));
  const follows = (bytes.readUInt16LE(offset + 6) & 8) !== 0;
  return follows || (headCrc === crc && headPacked === packed && headSize === size);
}

function readEntry(data: Buffer, { name, method, size, crc }: Entry): Uint8Array {
  const bytes = method === 0 ? data : inflate(name, data, size);
  if (bytes.length !== size) throw new Refused(name, 'wrong-size', `${size} bytes`, `${bytes.length} bytes`);
  const sum = crc32(bytes);
  if (sum !== crc) throw new Refused(name, 'wrong-digest', `CRC-32 ${crc.toString(16)}`, sum.toString(16));
  return bytes;
}

function inflate(name: string, data: Buffer, size: number): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new Refused(name, 'too-large', `${size} bytes`, 'more');
    throw new Refused(name, 'unreadable-archive', 'deflated data', code);
  }
}
