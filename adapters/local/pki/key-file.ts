import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { readOnce } from '../../cms/read-once.ts';

/** Writes a whole file so that a crash leaves the old one or the new one: own name, fsync, rename, fsync of the folder. */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o600): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
  const file = openSync(draft, 'wx', mode);
  try {
    writeSync(file, typeof content === 'string' ? Buffer.from(content) : content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** The P-256 key of this PKCS#8 PEM file, made at the first call. Only the file's owner may read it. */
export function ensureKeyFile(path: string): KeyObject {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileAtomically(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  return readKeyFile(path);
}

/** The private key of a PEM file. */
export function readKeyFile(path: string): KeyObject {
  return readKey(readFileSync(path));
}

const readKey = readOnce((pem) => createPrivateKey(Buffer.from(pem)), 100);

/** DER SubjectPublicKeyInfo of a private key. */
export function publicKeyOf(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' }));
}
