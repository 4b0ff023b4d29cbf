import type { Upload } from './ports/dossier-store.ts';

/** How many parts an upload was announced in; 0: in one piece. */
export function partCount({ parts }: Pick<Upload, 'parts'>): number {
  return parts?.sha256.length ?? 0;
}

/** Where a part of an upload begins, its size in bytes and its SHA-256. Counted from 1; throws where there is no such part. */
export function partOf(
  { parts, size }: Pick<Upload, 'parts' | 'size'>,
  part: number,
): { begin: number; size: number; sha256: string } {
  const sha256 = parts?.sha256[part - 1];
  if (!parts || sha256 === undefined) throw new Error(`expected a part that was announced, got ${part}`);
  const begin = (part - 1) * parts.size;
  return { begin, size: Math.min(parts.size, size - begin), sha256 };
}
