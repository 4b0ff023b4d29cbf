import type { Dossier } from '../../domain/dossier/state.ts';
import type { EventEnvelope } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { MEANT_FOR_APPLICANT } from '../dossiers/last-reason.ts';

type Events = readonly EventEnvelope[];

/** Results of which the reason is the ground. */
const SAYING_NO: ReadonlySet<string | null> = new Set(['refused', 'returned']);

/**
 * Whether the applicant is told by now why an official decided so: at once where the dossier went straight to what asks or tells him; else when the paper
 * that says it is sealed; else, if no later reason took its place, when the dossier has ended in a no. Until then it is a draft of the authority's, and one
 * that was given up stays one.
 */
export function isToldToApplicant(
  { stages }: Pick<Procedure, 'stages'>,
  { settled, result }: Pick<Dossier, 'settled' | 'result'>,
  events: Events,
  decided: EventEnvelope,
): boolean {
  // Why he gets no print.
  if (decided.type === 'PaperNotPosted') return true;
  if (!isReason(decided)) return false;
  const after = events.filter(({ seq }) => seq > decided.seq);
  const at = wayOf(after, decided) ?? '';
  const next = stages[at];
  switch (next?.kind) {
    case undefined:
      return false;
    case 'ask':
    case 'notify':
      return true;
    case 'sign':
      return isSealed(after, decided, { at, issue: next.issue });
    default:
      return settled !== null && SAYING_NO.has(result) && !after.some(isReason);
  }
}

function isReason({ type, data }: EventEnvelope): boolean {
  return type === 'TaskDecided' && MEANT_FOR_APPLICANT.has(String(data['outcome']));
}

/** The stage at which the dossier then stood: those that were skipped, or only chose, are behind it. */
function wayOf(after: Events, { data: { stage } }: EventEnvelope): string | undefined {
  const left = after.findIndex(({ type, data }) => type === 'StageLeft' && data['stage'] === stage);
  let next = after[left]?.data['next'];
  for (const { type, data } of left < 0 ? [] : after.slice(left + 1)) {
    if (type === 'StageEntered') break;
    if (type === 'StagePassed' && data['stage'] === next && data['why'] === 'when') next = data['next'];
  }
  return typeof next === 'string' ? next : undefined;
}

/** Whether the paper with this reason was sealed: not where its signature was refused, or it was decided anew. */
function isSealed(
  after: Events,
  { data: { stage, step } }: EventEnvelope,
  sign: { at: string; issue: string },
): boolean {
  const first = after.find(
    ({ type, data }) =>
      (type === 'IssueSealed' && data['issue'] === sign.issue) ||
      (type === 'StageLeft' && data['stage'] === sign.at && data['outcome'] !== 'signed') ||
      (type === 'TaskDecided' && data['stage'] === stage && data['step'] === step),
  );
  return first?.type === 'IssueSealed';
}
