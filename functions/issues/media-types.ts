/** A compact JWS: what an automatic issue in JSON is. */
export const JSON_ISSUE_MEDIA_TYPE = 'application/jose';

/** A signature container, ASiC-E (ETSI EN 319 162-1). */
export const CONTAINER_MEDIA_TYPE = 'application/vnd.etsi.asic-e+zip';

const ENDINGS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/json': 'json',
  [JSON_ISSUE_MEDIA_TYPE]: 'jws',
  [CONTAINER_MEDIA_TYPE]: 'asice',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/tiff': 'tif',
  'text/plain': 'txt',
  'application/xml': 'xml',
};

/** By what a file of this type ends in an evidence package and within a paper; `bin`: any other. */
export function fileEndingOf(mediaType: string): string {
  return ENDINGS[mediaType] ?? 'bin';
}
