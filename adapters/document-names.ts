const DOSSIER = /^[A-Za-z0-9_-]{1,64}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const UPLOAD = /^[A-Za-z0-9_-]{1,64}$/;

/** Throws unless dossier and digest are of the closed alphabet of names: so no name leaves its folder or prefix. */
export function checkDocumentName(dossier: string, sha256: string): void {
  if (!DOSSIER.test(dossier)) throw new Error('expected a dossier id of letters, digits, - and _');
  if (!SHA256.test(sha256)) throw new Error('expected a SHA-256 digest as 64 hexadecimal digits');
}

/** Throws unless the id is of the closed alphabet of names. */
export function checkUploadName(id: string): void {
  if (!UPLOAD.test(id)) throw new Error('expected an upload id of letters, digits, - and _');
}
