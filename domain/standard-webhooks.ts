import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import type { SignatureScheme } from '../schemas/organisation.ts';

/**
 * Signatures of Standard Webhooks 1.0 (github.com/standard-webhooks): over `id.timestamp.body`, by HMAC-SHA256 (`whsec_`, identifier `v1`) or by
 * ed25519 (`whsk_` private, `whpk_` public, identifier `v1a`), keys in base64 behind their prefix.
 */
export interface WebhookMessage {
  /** The same at each attempt; without a full stop where the sender chooses it freely. */
  id: string;
  /** Of the attempt, in seconds since the epoch. */
  timestamp: number;
  body: string;
}

/** A secret for signing, made of 32 random bytes. */
export function webhookSecret(scheme: SignatureScheme, random: Uint8Array): string {
  return `${scheme === 'hmac' ? 'whsec_' : 'whsk_'}${Buffer.from(random).toString('base64')}`;
}

/** The public key that belongs to a `whsk_` secret, as `whpk_`; undefined for a shared secret, which has none. */
export function publicKeyOf(secret: string): string | undefined {
  if (!secret.startsWith('whsk_')) return undefined;
  const { x = '' } = createPublicKey(privateKey(secret)).export({ format: 'jwk' });
  return `whpk_${Buffer.from(x, 'base64url').toString('base64')}`;
}

/** One signature, as it stands in `webhook-signature`. */
export function signWebhook(secret: string, message: WebhookMessage): string {
  if (secret.startsWith('whsk_'))
    return `v1a,${sign(null, signedBytes(message), privateKey(secret)).toString('base64')}`;
  return `v1,${hmac(secret, message).toString('base64')}`;
}

/** Whether one of the signatures of a header was made by the owner of this key: a `whsec_` secret, or a `whpk_` public key. */
export function isSignedBy(key: string, header: string, message: WebhookMessage): boolean {
  // Enough for a rotation by either scheme; each costs a check.
  const given = header.split(' ').slice(0, 5);
  const wanted = key.startsWith('whpk_') ? 'v1a,' : 'v1,';
  return given
    .filter((signature) => signature.startsWith(wanted))
    .map((signature) => Buffer.from(signature.slice(wanted.length), 'base64'))
    .some((signature) =>
      key.startsWith('whpk_')
        ? verify(null, signedBytes(message), publicKey(key), signature)
        : isEqual(signature, hmac(key, message)),
    );
}

/** Whether this text is a key by which a sender can be known. */
export function isWebhookKey(key: string): boolean {
  const bytes = keyBytes(key);
  if (key.startsWith('whpk_')) return bytes.length === 32;
  // The standard's bounds, but that its own examples are shorter than its 24 bytes.
  return key.startsWith('whsec_') && bytes.length >= 16 && bytes.length <= 64;
}

function signedBytes({ id, timestamp, body }: WebhookMessage): Buffer {
  return Buffer.from(`${id}.${timestamp}.${body}`);
}

function hmac(secret: string, message: WebhookMessage): Buffer {
  // As a KeyObject: raw bytes cost Node several times as much.
  return createHmac('sha256', createSecretKey(keyBytes(secret)))
    .update(signedBytes(message))
    .digest();
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function keyBytes(key: string): Buffer {
  return Buffer.from(key.slice(key.indexOf('_') + 1), 'base64');
}

/** RFC 8410, 7: the frame of PKCS #8 around the 32 bytes of an ed25519 key. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKey(secret: string): KeyObject {
  const seed = keyBytes(secret).subarray(0, 32);
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
}

function publicKey(key: string): KeyObject {
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: keyBytes(key).toString('base64url') },
    format: 'jwk',
  });
}
