import { createHash, createHmac, createSecretKey } from 'node:crypto';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import type { Platform } from '../runtime/platform.ts';
import { RequestRefused } from './problem.ts';
import type { CallKey } from './surface.ts';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** The key of a request, if it names one: printable, at most 255 characters. */
export function keyOf(
  request: { key: string | null; subject: string; method: string; path: string },
  raw: Uint8Array,
  now: number,
): CallKey | undefined {
  if (request.key === null) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(request.key))
    throw new RequestRefused('malformed', 'expected an Idempotency-Key of 1 to 255 printable ASCII characters');
  return {
    scope: `${request.subject} ${request.method} ${request.path}`,
    key: request.key,
    request: createHash('sha256').update(raw).digest('hex'),
    at: now,
  };
}

/** The answer given before under this key; the same key with another body is refused. */
export async function replay(platform: Platform, key: CallKey): Promise<Response | undefined> {
  const known = await platform.store.idempotent(key.scope, key.key);
  if (!known) return undefined;
  refuseOther(known, key);
  return new Response(known.body, {
    status: known.status,
    headers: {
      'content-type': known.status < 400 ? 'application/json' : 'application/problem+json',
      'cache-control': 'no-store',
      'idempotent-replayed': 'true',
    },
  });
}

function refuseOther(known: IdempotencyRecord, key: CallKey): void {
  if (known.request !== key.request)
    throw new RequestRefused('idempotency-mismatch', 'expected the same body under the same Idempotency-Key');
}

/** 26 characters of Crockford base 32: fixed by the key, so that a repetition names the same thing; without a key a fresh one. */
export function idFor(platform: Platform, key: CallKey | undefined): string {
  if (!key) return platform.ids.next(platform.clock.now()).toLowerCase();
  const digest = createHmac('sha256', createSecretKey(platform.config.indexKey))
    .update(`${key.scope}\n${key.key}`)
    .digest();
  return Array.from(digest.subarray(0, 26), (byte) => CROCKFORD.charAt(byte & 31)).join('');
}
