import type { Dossier } from '../../domain/dossier/state.ts';
import type { EventEnvelope } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { MEANT_FOR_APPLICANT } from '../dossiers/last-reason.ts';

/**
 * Whether the applicant is told by now why an official decided so: at once where the outcome leads straight to what asks or tells him;
 * else when the paper that says it is sealed, or the dossier is settled. Until then it is a draft of the authority's.
 */
export function isToldToApplicant(
  { stages }: Pick<Procedure, 'stages'>,
  { settled }: Pick<Dossier, 'settled'>,
  events: readonly EventEnvelope[],
  { seq, data }: EventEnvelope,
): boolean {
  const [at, outcome] = [String(data['stage']), String(data['outcome'])];
  if (!MEANT_FOR_APPLICANT.has(outcome)) return false;
  if (settled !== null) return true;
  const decided = stages[at];
  const target = decided && 'then' in decided ? decided.then?.[outcome] : undefined;
  const next = target === undefined ? undefined : stages[target];
  if (next?.kind === 'ask' || next?.kind === 'notify') return true;
  if (next?.kind !== 'sign') return false;
  // Decided anew before it was sealed, the earlier reason stands in no paper.
  const first = events.find(
    (event) =>
      event.seq > seq &&
      ((event.type === 'IssueSealed' && event.data['issue'] === next.issue) ||
        (event.type === 'TaskDecided' && event.data['stage'] === at && event.data['step'] === data['step'])),
  );
  return first?.type === 'IssueSealed';
}
