import type { Upload } from '../../domain/ports/dossier-store.ts';
import { partCount } from '../../domain/upload-parts.ts';
import type { Platform } from '../runtime/platform.ts';

/** Removes the bytes of an upload that was swept while they came: bytes without a row would never be swept. */
export async function removeIfSwept(
  { store, documents }: Pick<Platform, 'store' | 'documents'>,
  upload: Upload,
): Promise<void> {
  if (!(await store.upload(upload.id))) await documents.removeUpload(upload.id, partCount(upload));
}
