import { collectZip } from '../adapters/evidence/zip-writer.ts';
import type { LocalPki } from '../adapters/local/pki/local-pki.ts';
import type { BuildEvidence } from '../functions/api/surface.ts';
import { buildPackage } from '../functions/evidence/build-package.ts';

/** Makes evidence packages with the revocation list of the local authority. */
export function evidenceBuilder(pki: LocalPki): BuildEvidence {
  return async (platform, _catalogue, dossier) => {
    const zip = collectZip();
    const packaged = await buildPackage(platform, dossier, {
      archive: zip.archive,
      revocationLists: [pki.revocationList()],
    });
    return packaged.ok ? { ok: true, bytes: zip.bytes() } : packaged;
  };
}
