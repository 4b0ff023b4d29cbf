import type { ChainedEvent } from '../../schemas/events.ts';

/** Under which id an event is told. */
export function messageOf({ event, hash }: Pick<ChainedEvent, 'event' | 'hash'>): string {
  return `${event.dossier}.${event.seq}.${hash.slice(0, 12)}`;
}
