import { RecordsDisagree, TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { FeedItem, OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { OutboundAnswer } from '../../domain/ports/outbound.ts';
import { signWebhook } from '../../domain/standard-webhooks.ts';
import type { Subscription } from '../../schemas/organisation.ts';
import { appointmentToday } from '../api/authentication.ts';
import { listAll } from '../organisation/list-all.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { cloudEvent, messageId } from './cloud-event.ts';
import { unitsTold } from './units-told.ts';

const FEED_PAGE = 200;
/** A clock that was ahead when the subscription was made, and was put right, must not cost events: rather some from before it are told. */
const CLOCK_SLACK_MS = 3_600_000;
const CURSOR_SERIES = 'subscriptions';

/** Deliveries to a subscription that concern one dossier: they go out one after another. */
export function deliveryGroup(subscription: string, dossier: string): string {
  return `${CURSOR_SERIES}:${subscription}:${dossier}`;
}

/** Reads the feed from where it stopped and lays one row per subscription and event: rows of a dossier go out in order. */
export async function fanOut(platform: Platform, cursor: string | undefined): Promise<string | undefined> {
  const { events, cursor: next } = await platform.store.feed(cursor, FEED_PAGE);
  if (events.length === 0) return cursor;
  const subscriptions = (await listAll(platform.registry, 'subscription')).map(({ record }) => record);
  const rows = events.flatMap((item) =>
    subscriptions
      .filter((subscription) => concerns(subscription, item))
      .map((subscription): OutboxRow => {
        const { dossier, seq, at } = item.event.event;
        const group = deliveryGroup(subscription.id, dossier);
        return {
          id: `${group}:${String(seq).padStart(6, '0')}`,
          group,
          kind: 'webhook',
          dossier,
          at: Date.parse(at),
          attempts: 0,
          body: { subscription: subscription.id, seq },
        };
      }),
  );
  if (rows.length > 0) await platform.store.outboxAdd(rows);
  return next;
}

function concerns(subscription: Subscription, item: FeedItem): boolean {
  const { type, at } = item.event.event;
  if (Date.parse(at) < Date.parse(subscription.created) - CLOCK_SLACK_MS) return false;
  if (subscription.types.length > 0 && !subscription.types.includes(type)) return false;
  const told = unitsTold(item);
  return subscription.units.some((unit) => told.includes(unit));
}

/**
 * Sends one event to one subscriber, signed by Standard Webhooks. Anything but 2xx is tried again later, not before the answer asks for it; 410 says that
 * nobody is there any more, and the delivery is given up. Each attempt is logged.
 */
export async function deliverWebhook(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const { subscription: id, seq } = row.body as { subscription: string; seq: number };
  const found = await platform.registry.get('subscription', id);
  if (!found) return;
  const at = platform.clock.now();
  const [stored] = await platform.store.events(row.dossier, seq - 1);
  if (!stored) throw new RecordsDisagree(`outbox ${row.id}: event ${seq} is missing`);
  const message = messageId(stored);
  const log = (became: { status: number } | { failed: string }, took: number): Promise<void> =>
    platform.deliveries.add({ subscription: id, message, at, attempt: row.attempts + 1, ...became, took });
  if (!(await mayStillKnow(platform, catalogue, found.record))) {
    await log({ failed: 'not-entitled' }, 0);
    return;
  }
  const body = JSON.stringify(cloudEvent(platform, stored));
  const timestamp = Math.floor(at / 1000);
  const answer = await platform.outbound.post({
    url: found.record.url,
    headers: {
      'content-type': 'application/cloudevents+json',
      'webhook-id': message,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': secretsAt(found.record, at)
        .map((secret) => signWebhook(secret, { id: message, timestamp, body }))
        .join(' '),
    },
    body,
  });
  await log('status' in answer ? { status: answer.status } : { failed: answer.failed }, answer.took);
  judge(id, answer);
}

function judge(id: string, answer: OutboundAnswer): void {
  if ('failed' in answer) throw new TaskRetryable(`webhook ${id}: ${answer.failed}`);
  const { status, retryAfter } = answer;
  if (status >= 200 && status < 300) return;
  if (status === 410) throw new TaskTerminal(`webhook ${id}: status 410, nobody is there any more`);
  throw new TaskRetryable(`webhook ${id}: expected status 2xx, got ${status}`, {
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

/** The secrets that sign now: while one is rotated the old one too, so that the receiver can change over when it likes. */
function secretsAt({ secret, previous }: Subscription, now: number): string[] {
  return [secret, ...(previous && now < Date.parse(previous.until) ? [previous.secret] : [])];
}

/** An official's subscription ends with the appointment by which it was made, a system's with a unit of its own: nothing more goes out, not even what has waited. */
async function mayStillKnow(platform: Platform, catalogue: Catalogue, { by, units }: Subscription): Promise<boolean> {
  if (!by) return true;
  if ('system' in by) {
    const system = await platform.registry.get('system', by.system);
    return system !== undefined && units.every((unit) => system.record.units.includes(unit));
  }
  const official = await platform.registry.get('official', by.official);
  const now = platform.clock.now();
  return official !== undefined && (await appointmentToday(official.record, by, { catalogue, now })) !== undefined;
}
