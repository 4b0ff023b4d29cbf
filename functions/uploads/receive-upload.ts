import { sha256 } from '../../domain/chain.ts';
import type { Upload } from '../../domain/ports/dossier-store.ts';
import { type FieldError, refuse, type Refused } from '../../schemas/refusals.ts';
import type { Platform } from '../runtime/platform.ts';
import { partCount } from '../../domain/upload-parts.ts';
import { sniffMediaType } from './sniff-media-type.ts';
import { removeIfSwept } from './swept.ts';

const UPLOAD_MS = 24 * 3_600_000;
const SWEEP_PAGE = 100;

type Announced = Pick<Upload, 'id' | 'owner' | 'fileName' | 'mediaType' | 'size' | 'sha256' | 'parts'>;

/** Announces an upload. The same id again answers what was announced before, if it is the same file. `admit` is asked of what is new, and throws where it may not be. */
export async function expectUpload(
  platform: Platform,
  announced: Announced,
  admit?: () => Promise<void>,
): Promise<{ ok: true; upload: Upload } | Refused> {
  if (announced.size > platform.config.maxUploadBytes)
    return refuse('document-not-accepted', `expected at most ${platform.config.maxUploadBytes} bytes`, [
      { at: '/size', expected: `at most ${platform.config.maxUploadBytes}`, found: String(announced.size) },
    ]);
  const known = await platform.store.upload(announced.id);
  if (known) {
    const same = isSame(known, announced);
    if (same && known.expires <= platform.clock.now())
      return refuse('upload-expired', `upload ${known.id} has expired; announce it anew`);
    return same
      ? { ok: true, upload: known }
      : refuse('idempotency-mismatch', 'expected the same body under the same Idempotency-Key');
  }
  await admit?.();
  const created = platform.clock.now();
  const upload: Upload = { ...announced, created, expires: created + UPLOAD_MS, state: 'expected' };
  await platform.store.putUpload(upload);
  return { ok: true, upload };
}

function isSame(known: Upload, announced: Announced): boolean {
  const inParts = ({ parts }: Announced): string => `${parts?.size ?? ''} ${parts?.sha256.join() ?? ''}`;
  return (
    (['fileName', 'mediaType', 'size', 'sha256', 'owner'] as const).every((at) => known[at] === announced[at]) &&
    inParts(known) === inParts(announced)
  );
}

/** An upload that may be put: announced, not expired. */
export async function findUpload(platform: Platform, id: string): Promise<{ ok: true; upload: Upload } | Refused> {
  const upload = await platform.store.upload(id);
  if (!upload) return refuse('unknown-upload', `expected an upload that was announced, got ${id}`);
  if (upload.expires <= platform.clock.now()) return refuse('upload-expired', `upload ${id} has expired`);
  return { ok: true, upload };
}

/** Keeps the bytes of an announced upload if they are what was announced. The same bytes again change nothing. */
export async function receiveUpload(
  platform: Platform,
  upload: Upload,
  bytes: Uint8Array,
): Promise<{ ok: true } | Refused> {
  const errors = findMismatches(upload, bytes);
  if (errors.length > 0) return refuse('document-not-accepted', 'the bytes are not what was announced', errors);
  if (upload.state !== 'expected') return { ok: true };
  await platform.documents.putUpload(upload.id, bytes);
  await removeIfSwept(platform, upload);
  return { ok: true };
}

/** In what the bytes are not what was announced: size, SHA-256, type. Also of bytes that came without passing through here. */
export function findMismatches(upload: Upload, bytes: Uint8Array): FieldError[] {
  const found = { size: String(bytes.length), sha256: sha256(bytes), mediaType: sniffMediaType(bytes) ?? 'unknown' };
  const same = {
    size: bytes.length === upload.size,
    sha256: found.sha256 === upload.sha256,
    mediaType: isOfType(found.mediaType, upload.mediaType),
  };
  return (['size', 'sha256', 'mediaType'] as const)
    .filter((at) => !same[at])
    .map((at) => ({ at, expected: String(upload[at]), found: found[at] }));
}

/** JSON is text too. */
function isOfType(sniffed: string, announced: string): boolean {
  return sniffed === announced || (announced === 'text/plain' && sniffed === 'application/json');
}

/** Removes uploads that nobody took, and the bytes of those that were taken. Answers how many; called again until none is left. */
export async function removeExpiredUploads(platform: Platform): Promise<number> {
  const expired = await platform.store.uploadsExpired(platform.clock.now(), SWEEP_PAGE);
  for (const upload of expired) {
    const { id } = upload;
    // The bytes first: a row without bytes is swept again, bytes without a row never.
    await platform.documents.removeUpload(id, partCount(upload));
    await platform.store.forgetUpload(id);
    // Those that came between saw the row, and left it to us.
    await platform.documents.removeUpload(id, partCount(upload));
  }
  return expired.length;
}
