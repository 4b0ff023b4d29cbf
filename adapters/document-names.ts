const DOSSIER = /^[A-Za-z0-9_-]{1,64}$/;
const NAME = /^[0-9a-f]{64}$/;
const UPLOAD = /^[A-Za-z0-9_-]{1,64}$/;

/** Throws unless dossier and name are of the closed alphabet of names: so no name leaves its folder or prefix. */
export function checkDocumentName(dossier: string, name: string): void {
  if (!DOSSIER.test(dossier)) throw new Error('expected a dossier id of letters, digits, - and _');
  if (!NAME.test(name)) throw new Error('expected a name of 64 hexadecimal digits');
}

/** Throws unless the id is of the closed alphabet of names. */
export function checkUploadName(id: string): void {
  if (!UPLOAD.test(id)) throw new Error('expected an upload id of letters, digits, - and _');
}
