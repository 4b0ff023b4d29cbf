import { createHmac, createSecretKey } from 'node:crypto';
import { publicKeyOf, webhookSecret } from '../../domain/standard-webhooks.ts';
import type { SignatureScheme, Subscription } from '../../schemas/organisation.ts';
import type { Platform } from '../runtime/platform.ts';

const HOUR_MS = 3_600_000;

/** A secret that nobody has yet. Fixed by the key of the request, if it has one: repeated, it is the same secret. */
export function newSecret(
  { ids, config }: Pick<Platform, 'ids' | 'config'>,
  scheme: SignatureScheme,
  key: { scope: string; key: string } | undefined,
): string {
  const bytes = key
    ? createHmac('sha256', createSecretKey(config.indexKey)).update(`webhook-secret\n${key.scope}\n${key.key}`).digest()
    : ids.random(32);
  return webhookSecret(scheme, bytes);
}

export function schemeOf({ secret }: Pick<Subscription, 'secret'>): SignatureScheme {
  return secret.startsWith('whsk_') ? 'ed25519' : 'hmac';
}

/**
 * The subscription with a new secret, the present one signing beside it for so many hours. Undefined: two are valid already, and one would be dropped
 * before its time; without hours both end at once.
 */
export function rotated(
  subscription: Subscription,
  secret: string,
  { now, hours }: { now: number; hours: number },
): Subscription | undefined {
  const { previous, ...rest } = subscription;
  if (hours === 0) return { ...rest, secret };
  if (previous && now < Date.parse(previous.until)) return undefined;
  const until = new Date(now + hours * HOUR_MS).toISOString();
  return { ...rest, secret, previous: { secret: subscription.secret, until } };
}

/** As it may be shown to its owner: a shared secret never, a public key always. */
export function shown({ secret, previous, ...rest }: Subscription, now: number): Record<string, unknown> {
  const publicKey = publicKeyOf(secret);
  return {
    ...rest,
    ...(publicKey !== undefined && { publicKey }),
    ...(previous && now < Date.parse(previous.until) && { previousUntil: previous.until }),
  };
}

/** The same with the shared secret: in the answer that hands it out. */
export function handedOut(subscription: Subscription, now: number): Record<string, unknown> {
  const { secret } = subscription;
  return { ...shown(subscription, now), ...(secret.startsWith('whsec_') && { secret }) };
}
