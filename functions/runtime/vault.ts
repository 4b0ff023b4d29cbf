import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { canonical, secretDigest } from '../../domain/chain.ts';
import type { Ids } from '../../domain/ports/ids.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 32;

/** AES-256-GCM: iv, tag, ciphertext. `context` is authenticated, so that a value cannot be moved elsewhere. */
export function encrypt(key: Uint8Array, plain: Uint8Array, context: string, ids: Ids): Uint8Array {
  const iv = ids.random(IV_BYTES);
  // As a KeyObject: raw bytes cost Node four times as much, since it asks by an exception whether they are one.
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Throws if the key, the context or a bit is another. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}

export type Secret = Readonly<Record<string, unknown>>;

/** A secret for its event: the digest that the event holds, and the bytes that are kept beside it. */
export function sealSecret(
  key: Uint8Array,
  secret: Secret,
  place: { dossier: string; seq: number },
  ids: Ids,
): { digest: string; sealed: Uint8Array } {
  const json = canonical(secret);
  const salt = ids.random(SALT_BYTES);
  const sealed = encrypt(key, Buffer.concat([salt, Buffer.from(json)]), `${place.dossier}:${place.seq}`, ids);
  return { digest: secretDigest(salt, json), sealed };
}

/** Opens a secret: its salt and its canonical JSON, both of which the event's digest covers. */
export function openSecret(
  key: Uint8Array,
  sealed: Uint8Array,
  place: { dossier: string; seq: number },
): { salt: Uint8Array; json: string } {
  const plain = decrypt(key, sealed, `${place.dossier}:${place.seq}`);
  return { salt: plain.subarray(0, SALT_BYTES), json: Buffer.from(plain.subarray(SALT_BYTES)).toString('utf8') };
}
