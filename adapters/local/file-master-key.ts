import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { MasterKey } from '../../domain/ports/master-key.ts';
import { writeFileAtomically } from './pki/key-file.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A key of 32 random bytes in a file only its owner can read, made on first use. Whoever has the file can read every dossier. */
export function ensureSecretFile(path: string): Uint8Array {
  if (!existsSync(path)) writeFileAtomically(path, randomBytes(32));
  const key = readFileSync(path);
  if (key.length !== 32) throw new Error(`${path}: expected a key of 32 bytes, got ${key.length}`);
  return key;
}

/** Wraps data keys with AES-256-GCM under a key file. */
export function createFileMasterKey(path: string): MasterKey {
  const master = createSecretKey(ensureSecretFile(path));
  return {
    async wrap(key, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', master, iv).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(key), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    async unwrap(wrapped, context) {
      const decipher = createDecipheriv('aes-256-gcm', master, wrapped.subarray(0, IV_BYTES));
      decipher.setAAD(Buffer.from(context)).setAuthTag(wrapped.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    },
  };
}
