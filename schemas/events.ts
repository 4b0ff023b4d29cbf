import * as z from 'zod';
import { Actor } from './actor.ts';
import { archiveEvents } from './events/archive.ts';
import { childrenEvents } from './events/children.ts';
import { clockEvents } from './events/clock.ts';
import { dossierEvents } from './events/dossier.ts';
import { intakeEvents } from './events/intake.ts';
import { moneyEvents } from './events/money.ts';
import { papersEvents } from './events/papers.ts';
import { sourcesEvents } from './events/sources.ts';
import { stagesEvents } from './events/stages.ts';
import { Instant, Sha256 } from './ids.ts';

/** Version of the event vocabulary. Older events are brought here by `upcastEvent`. */
export const EVENT_VERSION = 1;

/**
 * The public part of each event, by type. Personal data is never here: it lies in the event's secret,
 * of which the event holds a salted digest.
 */
export const eventData = {
  ...dossierEvents,
  ...stagesEvents,
  ...childrenEvents,
  ...moneyEvents,
  ...clockEvents,
  ...papersEvents,
  ...sourcesEvents,
  ...intakeEvents,
  ...archiveEvents,
} as const;

export type EventType = keyof typeof eventData;
export const EventTypeName = z.enum(Object.keys(eventData) as [EventType, ...EventType[]]);
export type EventData<T extends EventType> = z.infer<(typeof eventData)[T]>;

/** What happened, before it has a place in the chain. `secret` is personal data, kept encrypted beside the event. */
export type EventBody = {
  [T in EventType]: { type: T; data: EventData<T>; secret?: Readonly<Record<string, unknown>> };
}[EventType];

/** An event in its place: what is hashed (SHA-256 over RFC 8785 canonical JSON) and signed. */
export const EventEnvelope = z.strictObject({
  v: z.int().positive(),
  dossier: z.string(),
  seq: z.int().positive(),
  at: Instant,
  type: z.string(),
  actor: Actor,
  data: z.record(z.string(), z.unknown()),
  secret: Sha256.optional().describe('SHA-256 over salt (32 bytes) and canonical JSON of the secret'),
  prev: Sha256.nullable().describe('Hash of the event before; null for the first'),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** An event as stored and handed out: the envelope and its proof. */
export const ChainedEvent = z.strictObject({
  event: EventEnvelope,
  hash: Sha256,
  jws: z.string().describe('RFC 7515 JWS with detached payload (appendix F), ES256 by the record key'),
});
export type ChainedEvent = z.infer<typeof ChainedEvent>;

/** One event with its type known. */
export type DossierEvent = {
  [T in EventType]: Omit<EventEnvelope, 'type' | 'data'> & { type: T; data: EventData<T> };
}[EventType];
