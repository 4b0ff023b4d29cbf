import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { toRawSignature } from '../../../domain/ecdsa-signature.ts';
import { keyIdOf } from '../../../domain/key-id.ts';
import type { RecordKey, Seal } from '../../../domain/ports/signing.ts';
import { readChain } from '../../cms/read-chain.ts';
import { readKeyFile } from './key-file.ts';
import { type Sign, signInThread } from './signing-thread.ts';

/** How a P-256 key signs. */
export type SignerOf = (key: KeyObject) => Sign;

/** Beside whatever else the process does. */
export const inThread: SignerOf = (key) => signInThread(new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })));

/** While the process waits: where one thing is done after another, the way to a thread and back takes longer. */
export const atOnce: SignerOf = (key) => async (data) => toRawSignature(sign('sha256', data, key));

/** A seal whose key is a file. Its folder's owner can seal: who needs more uses a hardware module or KMS. */
export function createFileSeal(files: { key: string; chain: string }, signerOf: SignerOf = inThread): Seal {
  const chain = readChain(readFileSync(files.chain, 'utf8'));
  return { certificateChain: async () => chain, sign: signerOf(readKeyFile(files.key)) };
}

/** The record key from a file. */
export async function createFileRecordKey(
  files: { key: string; chain: string },
  signerOf: SignerOf = inThread,
): Promise<RecordKey> {
  const key = readKeyFile(files.key);
  const chain = readChain(readFileSync(files.chain, 'utf8'));
  const kid = keyIdOf(createPublicKey(key));
  if (kid === undefined) throw new Error(`${files.key}: expected a P-256 key`);
  return { kid, certificateChain: async () => chain, sign: signerOf(key) };
}
