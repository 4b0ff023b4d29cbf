import { collectZip } from '../adapters/evidence/zip-writer.ts';
import type { LocalPki } from '../adapters/local/pki/local-pki.ts';
import type { BuildEvidence } from '../functions/api/surface.ts';
import { buildPackage } from '../functions/evidence/build-package.ts';

/** Makes evidence packages on one machine, in memory, with the local authority's revocation list as of now. */
export function createEvidenceBuilder(pki: LocalPki): BuildEvidence {
  return async (platform, _catalogue, dossier) => {
    const zip = collectZip();
    const revocationLists = [pki.revocationList()];
    const packaged = await buildPackage(platform, dossier, { archive: zip.archive, revocationLists });
    return packaged.ok ? { ok: true, bytes: zip.bytes() } : packaged;
  };
}
