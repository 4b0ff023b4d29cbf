import { type DossierEvent, EVENT_VERSION, type EventEnvelope } from './events.ts';

type Upcaster = (event: EventEnvelope) => EventEnvelope;

/** By the version they start from: each brings an event of an older release one version further. */
const UPCASTERS: Readonly<Record<number, Upcaster>> = {};

/**
 * Reads an event of any release in today's vocabulary. The stored event is untouched: hash and signature speak of its own bytes.
 * Throws on an event of a later release, or of one whose upcaster is gone: both are defects.
 */
export function upcastEvent(
  stored: EventEnvelope,
  upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS,
  target: number = EVENT_VERSION,
): DossierEvent {
  let event = stored;
  while (event.v !== target) {
    const upcaster = upcasters[event.v];
    if (event.v > target || !upcaster)
      throw new Error(`event ${event.dossier}#${event.seq}: no way from version ${event.v} to ${target}`);
    event = { ...upcaster(event), v: event.v + 1 };
  }
  return event as DossierEvent;
}
