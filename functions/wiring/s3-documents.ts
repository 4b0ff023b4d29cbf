import { s3Client } from '../../adapters/aws/clients/s3.ts';
import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { createPresigner } from '../../adapters/aws/s3/presigner.ts';
import { S3DocumentStore } from '../../adapters/aws/s3/s3-document-store.ts';

/** Loaded at first need: the S3 client costs a start more than it is used. */
export function openS3Documents(buckets: { documents: string; uploads: string }): S3DocumentStore {
  const client = s3Client(clientOptions(process.env));
  return new S3DocumentStore({
    client,
    documents: { bucket: buckets.documents },
    uploads: { bucket: buckets.uploads },
    presign: createPresigner(client),
  });
}
