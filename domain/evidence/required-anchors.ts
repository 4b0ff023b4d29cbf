import type { ChainedEvent, EventType } from '../../schemas/events.ts';

/** Reception, each decision, the close, the end of the record: what a time-stamp of its own must attest. */
const ANCHORED: ReadonlySet<EventType> = new Set(['CodeAssigned', 'TaskDecided', 'DossierClosed', 'DossierDisposed']);

/** Sequence numbers of the events that need an anchor of their own, and of the last event, in order. */
export function requiredAnchors(events: readonly ChainedEvent[]): number[] {
  const own = events.filter(({ event }) => mustBeAnchored(event.type)).map(({ event }) => event.seq);
  const last = events.at(-1)?.event.seq;
  return last === undefined || own.includes(last) ? own : [...own, last];
}

/** Whether this event must be under a time-stamp soon after it happened, not only when somebody asks for the package. */
export function mustBeAnchored(type: string): boolean {
  return (ANCHORED as ReadonlySet<string>).has(type);
}
