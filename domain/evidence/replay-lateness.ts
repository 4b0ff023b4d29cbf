import type { DossierEvent } from '../../schemas/events.ts';
import { LATENESS, type Dossier } from '../dossier/state.ts';

type LatenessEvent = Extract<
  DossierEvent,
  { type: 'ApologyAsked' | 'ApologyDrafted' | 'Reappointed' | 'DeadlineMissed' }
>;

/** The rule that it breaks: an apology is asked for the promised date, drafted and signed by officials, and moves that date once, to what it says. */
export function ruleAgainstLateness(d: Dossier, event: LatenessEvent): string | undefined {
  const { promise, apology } = d;
  if (!promise) return 'a promised date';
  const { type, actor } = event;
  switch (type) {
    case 'ApologyAsked':
      if (actor.kind !== 'platform' && actor.kind !== 'official') return 'the platform or an official';
      return event.data.against === promise.dueAt ? undefined : `the promised date ${promise.dueAt}`;
    case 'DeadlineMissed':
      if (actor.kind !== 'platform') return 'the platform';
      if (event.data.against !== promise.dueAt) return `the promised date ${promise.dueAt}`;
      return Date.parse(event.at) > Date.parse(promise.dueAt) ? undefined : `an instant after ${promise.dueAt}`;
    case 'ApologyDrafted':
      if (actor.kind !== 'official') return 'an official';
      if (!apology) return 'an apology that was asked for';
      return Date.parse(event.data.dueAt) > Date.parse(promise.dueAt) ? undefined : `a date after ${promise.dueAt}`;
    case 'Reappointed':
      return actor.kind === 'official' ? ruleAgainstReappointment(d, event) : 'an official';
  }
}

/** What was drafted is what is promised, and whoever drafted it has not signed it. */
function ruleAgainstReappointment(
  { promise, apology, issues }: Dossier,
  { data, at }: Extract<LatenessEvent, { type: 'Reappointed' }>,
): string | undefined {
  const draft = apology?.draft;
  if (!draft || !promise) return 'a drafted apology';
  if (draft.dueAt !== data.dueAt || draft.due !== data.due || draft.cause !== data.cause)
    return `the date and cause drafted, ${draft.due} and ${draft.cause}`;
  if (data.from.dueAt !== promise.dueAt) return `the promised date ${promise.dueAt}`;
  if (Date.parse(at) > Date.parse(promise.dueAt)) return `an instant by ${promise.dueAt}`;
  const issue = issues[data.issue];
  const isSigned = issue?.stage === LATENESS && issue.copy === data.copy && issue.signatures.length > 0;
  return isSigned ? undefined : 'a signed apology';
}
