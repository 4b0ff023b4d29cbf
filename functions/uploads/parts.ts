import { sha256 } from '../../domain/chain.ts';
import type { Period } from '../../domain/ports/document-store.ts';
import type { Upload } from '../../domain/ports/dossier-store.ts';
import { partCount, partOf } from '../../domain/upload-parts.ts';
import type { UploadProgress } from '../../schemas/uploads.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Platform } from '../runtime/platform.ts';
import { removeIfSwept } from './swept.ts';

/** Addresses in one answer: some minutes of a weak line, and few enough to be read on it. */
const NEXT = 16;
/** Parts that are read at once. */
const AT_ONCE = 8;

/** What of an upload is there, and where the next of its parts go. */
export async function progressOf(
  platform: Platform,
  upload: Upload,
  holds: Period,
): Promise<{ complete: boolean; parts?: UploadProgress }> {
  const count = partCount(upload);
  const { whole, parts } = await platform.documents.arrived(upload.id);
  const all = Array.from({ length: count }, (_, index) => index + 1);
  const arrived = whole ? all : all.filter((part) => parts.includes(part));
  const complete = whole || (count > 0 && arrived.length === count);
  if (!upload.parts) return { complete };
  const missing = upload.state === 'expected' ? all.filter((part) => !arrived.includes(part)) : [];
  const next = missing.slice(0, NEXT).map(async (part) => {
    return { part, ...(await platform.documents.partAddress(upload, part, holds)) };
  });
  return { complete, parts: { size: upload.parts.size, count, arrived, next: await Promise.all(next) } };
}

/** Keeps a part of an announced upload if it is what was announced. In any order; the same again changes nothing. */
export async function receivePart(
  platform: Platform,
  upload: Upload,
  part: number,
  bytes: Uint8Array,
): Promise<{ ok: true } | Refused> {
  const announced = partOf(upload, part);
  const found = { size: bytes.length, sha256: sha256(bytes) };
  const errors = (['size', 'sha256'] as const)
    .filter((at) => found[at] !== announced[at])
    .map((at) => ({ at, expected: String(announced[at]), found: String(found[at]) }));
  if (errors.length > 0) return refuse('document-not-accepted', `part ${part} is not what was announced`, errors);
  if (upload.state !== 'expected') return { ok: true };
  await platform.documents.putPart(upload.id, part, bytes);
  await removeIfSwept(platform, upload);
  return { ok: true };
}

/** An upload that may be put: announced in parts, with such a part, not expired. */
export async function findPart(
  platform: Platform,
  id: string,
  part: number,
): Promise<{ ok: true; upload: Upload; size: number } | Refused> {
  const upload = await platform.store.upload(id);
  if (!upload || part > partCount(upload))
    return refuse('unknown-upload', `expected a part that was announced, got ${part} of ${id}`);
  if (upload.expires <= platform.clock.now()) return refuse('upload-expired', `upload ${id} has expired`);
  return { ok: true, upload, size: partOf(upload, part).size };
}

/** The bytes of an upload, from wherever they came; not judged. Absent: some have not arrived. */
export async function readUpload(platform: Platform, upload: Upload): Promise<Uint8Array | undefined> {
  const count = partCount(upload);
  if (count === 0) return platform.documents.getUpload(upload.id);
  const bytes = Buffer.allocUnsafe(upload.size);
  for (let after = 0; after < count; after += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - after) }, (_, index) => after + index + 1);
    const read = some.map(async (part) => {
      const found = await platform.documents.getPart(upload.id, part);
      const { begin, size } = partOf(upload, part);
      if (found?.length !== size) return false;
      bytes.set(found, begin);
      return true;
    });
    // Who announced parts may still have put it in one piece.
    if ((await Promise.all(read)).includes(false)) return platform.documents.getUpload(upload.id);
  }
  return bytes;
}
