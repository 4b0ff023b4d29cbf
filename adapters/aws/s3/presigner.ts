import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { UploadAddress } from '../../../domain/ports/document-store.ts';

/** Makes addresses that whoever holds them may use for so many seconds. They end with the credentials that signed them: of a function, within hours. */
export interface Presigner {
  /** An address that takes these bytes and no others: S3 checks the SHA-256 (base64) against what arrives. */
  put(
    object: { bucket: string; key: string; mediaType: string; size: number; checksum: string },
    seconds: number,
  ): Promise<UploadAddress>;
  /** `inPlace`: what is fetched says so, whatever is kept with the object. */
  get(object: { bucket: string; key: string; inPlace?: boolean }, seconds: number): Promise<string>;
}

/** Headers that the sender must send as they were signed (Signature Version 4). By default the SDK signs neither type nor length of an upload. */
const SIGNED = new Set(['host', 'content-type', 'content-length', 'x-amz-checksum-sha256']);
/** Stays a header: as a parameter of the address S3 would not hold the bytes to it. */
const UNHOISTED = new Set(['x-amz-checksum-sha256']);

/** `client` signs and sends nothing. Its clock is this computer's: S3 judges by its own. */
export function createPresigner(client: S3Client): Presigner {
  return {
    async put({ bucket, key, mediaType, size, checksum }, seconds) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        ContentType: mediaType,
        ContentLength: size,
        ChecksumSHA256: checksum,
      });
      const url = await getSignedUrl(client, command, {
        expiresIn: seconds,
        signableHeaders: SIGNED,
        unhoistableHeaders: UNHOISTED,
      });
      return { url, headers: { 'content-type': mediaType, 'x-amz-checksum-sha256': checksum } };
    },
    get({ bucket, key, inPlace }, seconds) {
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(inPlace && { ResponseContentDisposition: 'inline' }),
      });
      return getSignedUrl(client, command, { expiresIn: seconds });
    },
  };
}
