import { readPart } from '../../schemas/environment.ts';
import type { BuildEvidence } from '../api/surface.ts';

/** Makes evidence packages with the revocation lists of the configured authorities. */
export function openEvidence(): BuildEvidence {
  const { ONETRACK_REVOCATION_LISTS: urls } = readPart('revocation', process.env);
  return async (platform, _catalogue, dossier) => {
    const [{ collectZip }, { fetchRevocationLists }, { buildPackage }] = await Promise.all([
      import('../../adapters/evidence/zip-writer.ts'),
      import('../../adapters/evidence/revocation-lists.ts'),
      import('../evidence/build-package.ts'),
    ]);
    const zip = collectZip();
    const revocationLists = await fetchRevocationLists(urls);
    const packaged = await buildPackage(platform, dossier, { archive: zip.archive, revocationLists });
    return packaged.ok ? { ok: true, bytes: zip.bytes() } : packaged;
  };
}
