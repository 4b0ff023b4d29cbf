import type { ClientOptions } from '../clients/settings.ts';

/** Where the addresses that are signed for a bucket lead, as the S3 client makes them: a browser has to be told beforehand. */
export function bucketOrigin(bucket: string, { region, endpoint }: ClientOptions): string {
  if (endpoint !== undefined) return new URL(endpoint).origin;
  return `https://${bucket}.s3.${region ?? ''}.amazonaws.com`;
}
