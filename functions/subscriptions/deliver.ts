import { Webhook } from 'standardwebhooks';
import { TaskRetryable } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import type { Subscription } from '../../schemas/organisation.ts';
import { listAll, type Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';

const TIMEOUT_MS = 10_000;
const FEED_PAGE = 200;
const CURSOR_SERIES = 'subscriptions';

/** A CloudEvents 1.0 envelope around the public part of an event. `id` is stable over all deliveries. */
export function cloudEvent(platform: Pick<Platform, 'config'>, { event, hash }: ChainedEvent): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: `${event.dossier}.${event.seq}`,
    source: platform.config.publicUrl,
    type: `org.onetrack.${event.type}.v${event.v}`,
    subject: event.dossier,
    time: event.at,
    datacontenttype: 'application/json',
    data: { seq: event.seq, hash, actor: event.actor, ...event.data },
  };
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
        const group = `${CURSOR_SERIES}:${subscription.id}:${dossier}`;
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

function concerns(
  subscription: Subscription,
  item: { event: ChainedEvent; unit: string | null; receivingUnit: string },
): boolean {
  const { type, at } = item.event.event;
  if (Date.parse(at) < Date.parse(subscription.created)) return false;
  if (subscription.types.length > 0 && !subscription.types.includes(type)) return false;
  return subscription.units.some((unit) => unit === item.unit || unit === item.receivingUnit);
}

/** Sends one event to one subscriber, signed by Standard Webhooks. Anything but 2xx is tried again later. */
export async function deliverWebhook(platform: Platform, _catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const { subscription: id, seq } = row.body as { subscription: string; seq: number };
  const found = await platform.registry.get('subscription', id);
  if (!found) return;
  const [stored] = await platform.store.events(row.dossier, seq - 1);
  if (!stored) throw new Error(`outbox ${row.id}: event ${seq} is missing`);
  const body = JSON.stringify(cloudEvent(platform, stored));
  const messageId = `${row.dossier}.${seq}`;
  const now = new Date(platform.clock.now());
  const response = await fetch(found.record.url, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      'content-type': 'application/cloudevents+json',
      'webhook-id': messageId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(found.record.secret).sign(messageId, now, body),
    },
    body,
  }).catch((error: unknown) => {
    throw new TaskRetryable(`webhook ${id}: ${error instanceof Error ? error.name : 'no answer'}`);
  });
  await response.body?.cancel();
  if (!response.ok) throw new TaskRetryable(`webhook ${id}: expected status 2xx, got ${response.status}`);
}
