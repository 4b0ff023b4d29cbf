import { S3Client } from '@aws-sdk/client-s3';
import { type ClientOptions, settings } from './settings.ts';

export function s3Client(options: ClientOptions = {}): S3Client {
  return new S3Client({
    ...settings(options, 'object'),
    // The checksums that matter are sent by name; others would only be signed into addresses that are handed out.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // An emulator has no host name for each bucket.
    forcePathStyle: options.endpoint !== undefined,
  });
}
