import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import type { ArchiveWriter } from '../../domain/ports/evidence-tools.ts';

/** What is text of ours and repeats itself. Everything else is stored as it is: papers are compressed already. */
const COMPRESSED: ReadonlySet<string> = new Set([
  'events.jsonl',
  'definition.json',
  'machine.asl.json',
  'anchors.json',
  'manifest.json',
  'README.txt',
]);

/** Writes a ZIP to a sink as its files come, holding one file at a time. The same files in the same order give the same bytes. */
export function createZipWriter(sink: (chunk: Uint8Array) => void): ArchiveWriter {
  let failed: Error | undefined;
  // DOS time is local time: a date made of local parts is the same bytes everywhere.
  const mtime = new Date(1980, 0, 1);
  const zip = new Zip((error, chunk) => {
    if (error) failed = error;
    else sink(chunk);
  });
  const raise = (): void => {
    if (failed) throw failed;
  };
  return {
    add: async (path, bytes) => {
      const file = COMPRESSED.has(path) ? new ZipDeflate(path, { level: 6 }) : new ZipPassThrough(path);
      file.mtime = mtime;
      zip.add(file);
      file.push(bytes, true);
      raise();
      return Promise.resolve();
    },
    finish: async () => {
      zip.end();
      raise();
      return Promise.resolve();
    },
  };
}

/** A package in memory, for those who want it whole. */
export function collectZip(): { archive: ArchiveWriter; bytes(): Uint8Array } {
  const chunks: Uint8Array[] = [];
  return { archive: createZipWriter((chunk) => chunks.push(chunk)), bytes: () => Buffer.concat(chunks) };
}
