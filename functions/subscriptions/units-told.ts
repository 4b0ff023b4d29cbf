import type { EventData } from '../../schemas/events.ts';
import type { FeedItem } from '../../domain/ports/dossier-store.ts';

/** The units that are told of an event: whose dossier it is, who received it, and who was given a paper by it, or word of one. */
export function unitsTold({ event: { event }, unit, receivingUnit }: FeedItem): (string | null)[] {
  const isForUnit = event.type === 'PaperGiven' || event.type === 'PaperEffectTold';
  const given = isForUnit ? (event.data as EventData<'PaperGiven' | 'PaperEffectTold'>).opening.unit : null;
  return [unit, receivingUnit, given];
}
