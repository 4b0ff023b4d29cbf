import * as z from 'zod';
import { Actor } from '../../schemas/actor.ts';
import { type ChainedEvent, EVENT_VERSION, eventData, type EventType } from '../../schemas/events.ts';
import { DossierId, Instant, Sha256 } from '../../schemas/ids.ts';
import type { Platform } from '../runtime/platform.ts';

/**
 * Of an event's public part, what stays inside: a pseudonym by which all dossiers of one applicant could be put together. Whoever is told of one dossier
 * is not entitled to that.
 */
const WITHHELD = { applicantKey: true } as const;

const HASH_LETTERS = 12;

/** `type` of the CloudEvents that tell of these events. */
export function cloudEventType(type: string, version: number = EVENT_VERSION): string {
  return `org.onetrack.${type}.v${version}`;
}

/** A CloudEvents 1.0 envelope around the public part of an event. `id` is stable over all deliveries. */
export function cloudEvent(platform: Pick<Platform, 'config'>, { event, hash }: ChainedEvent): Record<string, unknown> {
  const data = Object.fromEntries(Object.entries(event.data).filter(([name]) => !(name in WITHHELD)));
  return {
    specversion: '1.0',
    id: messageId({ event, hash }),
    source: platform.config.publicUrl,
    type: cloudEventType(event.type, event.v),
    subject: event.dossier,
    time: event.at,
    datacontenttype: 'application/json',
    data: { seq: event.seq, hash, actor: event.actor, ...data },
  };
}

/**
 * Of the message that tells of an event: `id` of the CloudEvent, and `webhook-id`. With the beginning of its hash: after a restore another event can stand
 * in a place of which a subscriber was told before.
 */
export function messageId({ event: { dossier, seq }, hash }: Pick<ChainedEvent, 'event' | 'hash'>): string {
  return `${dossier}.${seq}.${hash.slice(0, HASH_LETTERS)}`;
}

/** What a subscriber is sent, by type of event. `actor`: the schema of who did it, as the description names it. */
export function cloudEventSchemas(actor: z.ZodType = Actor): { type: EventType; schema: z.ZodObject }[] {
  return (Object.entries(eventData) as [EventType, z.ZodObject][]).map(([type, data]) => {
    const told = Object.entries(data.shape).filter(([name]) => !(name in WITHHELD));
    const schema = z.strictObject({
      specversion: z.literal('1.0'),
      id: z
        .string()
        .describe(
          'Dossier, number of the event and the beginning of its hash; the same at each attempt, and in the feed',
        ),
      source: z.url().describe('Where this API is'),
      type: z.literal(cloudEventType(type)),
      subject: DossierId,
      time: Instant.describe('When it happened'),
      datacontenttype: z.literal('application/json'),
      data: z.strictObject({
        seq: z.int().positive().describe('Place in the dossier'),
        hash: Sha256.describe('Of the event in the chain'),
        actor,
        ...(Object.fromEntries(told) as z.ZodRawShape),
      }),
    });
    return { type, schema };
  });
}
