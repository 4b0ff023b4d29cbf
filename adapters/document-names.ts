const DOSSIER = /^[A-Za-z0-9_-]{1,64}$/;
const NAME = /^[0-9a-f]{64}$/;
const UPLOAD = /^[A-Za-z0-9_-]{1,64}$/;

/** Throws unless dossier and name are of the closed alphabet of names: so no name leaves its folder or prefix. */
export function checkDocumentName(dossier: string, name: string): void {
  if (!DOSSIER.test(dossier)) throw new Error('expected a dossier id of letters, digits, - and _');
  if (!NAME.test(name)) throw new Error('expected a name of 64 hexadecimal digits');
}

/** Most parts that a store keeps of one upload. */
const MOST_PARTS = 1000;

/** Throws unless it is a part's number. */
export function checkPart(part: number): void {
  if (!Number.isInteger(part) || part < 1 || part > MOST_PARTS)
    throw new Error(`expected a part from 1 to ${MOST_PARTS}`);
}

/** Throws unless the id is of the closed alphabet of names. */
export function checkUploadName(id: string): void {
  if (!UPLOAD.test(id)) throw new Error('expected an upload id of letters, digits, - and _');
}
