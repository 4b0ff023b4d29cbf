import { readPem, type Certificate } from '../cms/certificate.ts';
import { readSignedData } from '../cms/read-signed-data.ts';

/**
 * Self-signed certificates that a package brings along: of its keys and of its time-stamps. Enough to check that a package agrees with itself, and no
 * ground for trust: whoever made the package chose them.
 */
export function ownRoots(files: ReadonlyMap<string, Uint8Array>): Certificate[] {
  const found = new Map<string, Certificate>();
  for (const [path, bytes] of files)
    for (const certificate of certificatesOf(path, bytes)) {
      const { x509 } = certificate;
      if (x509.checkIssued(x509) && x509.verify(x509.publicKey)) found.set(x509.fingerprint256, certificate);
    }
  return [...found.values()];
}

function certificatesOf(path: string, bytes: Uint8Array): Certificate[] {
  try {
    if (path.startsWith('certificates/')) return readPem(Buffer.from(bytes).toString('utf8'));
    return path.startsWith('timestamps/') ? readSignedData(bytes).certificates : [];
  } catch {
    return []; // The verifier names what cannot be read.
  }
}
