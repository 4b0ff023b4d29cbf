import { isSignedBy } from '../../domain/standard-webhooks.ts';
import type { AgencySystem } from '../../schemas/organisation.ts';
import { keyOf } from './idempotency.ts';
import { RequestRefused } from './problem.ts';
import type { CallKey, Surface } from './surface.ts';

/** Standard Webhooks: how far the sender's clock may be away. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * The system whose key signed these bytes just now. A wrong name, a wrong signature and a wrong instant are refused alike, and stand in the log alone:
 * nobody is let in yet, so nobody's record may grow.
 */
export async function senderOf(
  { platform, log }: Surface,
  request: Request,
  raw: Uint8Array,
  claimed: { system: string; may: AgencySystem['may'][number] },
): Promise<{ system: AgencySystem; key: CallKey }> {
  const id = request.headers.get('webhook-id') ?? '';
  const timestamp = request.headers.get('webhook-timestamp') ?? '';
  const signature = request.headers.get('webhook-signature') ?? '';
  const found = await platform.registry.get('system', claimed.system);
  const now = platform.clock.now();
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  const fresh = Math.abs(seconds * 1000 - now) <= TOLERANCE_MS;
  const message = { id, timestamp: seconds, body: Buffer.from(raw).toString('utf8') };
  const signed = fresh && (found?.record.secrets ?? []).some((key) => isSignedBy(key, signature, message));
  if (!found || !signed) {
    const why = !found ? 'unknown-system' : fresh ? 'signature' : 'not-fresh';
    log({ level: 'warn', code: 'webhook-refused', why, system: claimed.system });
    throw new RequestRefused('unauthenticated', 'expected a fresh Standard Webhooks signature of a known system');
  }
  if (!found.record.may.includes(claimed.may))
    throw new RequestRefused('not-entitled', `system ${claimed.system} may not ${claimed.may}`);
  const path = new URL(request.url).pathname;
  const key = keyOf({ key: id, subject: `system:${claimed.system}`, method: 'POST', path }, raw, now);
  if (!key) throw new RequestRefused('malformed', 'expected a webhook-id');
  return { system: found.record, key };
}
