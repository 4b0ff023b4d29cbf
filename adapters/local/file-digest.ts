import { createHash } from 'node:crypto';

const DIGEST_BYTES = 32;

/** What a file holds that tells by itself whether it is as it was written: the bytes, and behind them their SHA-256. */
export function withDigest(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, digestOf(bytes)]);
}

/** The bytes that `withDigest` was given; nothing where the file is not as it was written, or was written without. */
export function bytesOf(file: Uint8Array): Uint8Array | undefined {
  const bytes = file.subarray(0, -DIGEST_BYTES);
  return digestOf(bytes).equals(file.subarray(bytes.length)) ? bytes : undefined;
}

const digestOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
