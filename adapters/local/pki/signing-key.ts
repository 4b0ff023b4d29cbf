import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RecordKey, Seal } from '../../../domain/ports/signing.ts';
import { readPem } from '../../cms/certificate.ts';
import { type Sign, signInThread } from './signing-thread.ts';

/** A seal whose key is a file. Its folder's owner can seal: who needs more uses a hardware module or KMS. */
export function createFileSeal(files: { key: string; chain: string }): Seal {
  const chain = readChain(files.chain);
  return { certificateChain: async () => chain, sign: signerOf(createPrivateKey(readFileSync(files.key))) };
}

/** The record key from a file. */
export async function createFileRecordKey(files: { key: string; chain: string }): Promise<RecordKey> {
  const key = createPrivateKey(readFileSync(files.key));
  const chain = readChain(files.chain);
  return { kid: thumbprint(key), certificateChain: async () => chain, sign: signerOf(key) };
}

function signerOf(key: KeyObject): Sign {
  return signInThread(new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })));
}

function readChain(path: string): Uint8Array[] {
  return readPem(readFileSync(path, 'utf8')).map(({ der }) => der);
}

/** RFC 7638 section 3: SHA-256 over the required members of the JWK in lexicographic order. */
function thumbprint(key: KeyObject): string {
  const { crv, kty, x, y } = createPublicKey(key).export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
