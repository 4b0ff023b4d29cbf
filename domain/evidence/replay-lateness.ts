import type { DossierEvent, EventData } from '../../schemas/events.ts';
import { handsOf } from '../dossier/commands/tasks.ts';
import { LATENESS, taskId, type Dossier } from '../dossier/state.ts';
import { CLOCK_TOLERANCE } from './clock-tolerance.ts';

type LatenessEvent = Extract<
  DossierEvent,
  { type: 'ApologyAsked' | 'ApologyDrafted' | 'Reappointed' | 'DeadlineMissed' }
>;

/**
 * The rule that it breaks: an apology is asked for the promised date, drafted and signed by officials, and moves that date to what it says. How often it may
 * be moved is of the procedure, and judged when an apology is asked for, drafted and signed; not here.
 */
export function ruleAgainstLateness(d: Dossier, event: LatenessEvent): string | undefined {
  const { promise, apology } = d;
  if (!promise) return 'a promised date';
  const { type, actor } = event;
  switch (type) {
    case 'ApologyAsked':
      if (actor.kind !== 'platform' && actor.kind !== 'official') return 'the platform or an official';
      if (event.data.against !== promise.dueAt) return `the promised date ${promise.dueAt}`;
      return ruleAgainstTask(d, event.data);
    case 'DeadlineMissed':
      if (actor.kind !== 'platform') return 'the platform';
      if (event.data.against !== promise.dueAt) return `the promised date ${promise.dueAt}`;
      if (Date.parse(event.at) <= Date.parse(promise.dueAt)) return `an instant after ${promise.dueAt}`;
      return ruleAgainstTask(d, event.data);
    case 'ApologyDrafted':
      if (actor.kind !== 'official') return 'an official';
      if (!apology) return 'an apology that was asked for';
      return Date.parse(event.data.dueAt) > Date.parse(promise.dueAt) ? undefined : `a date after ${promise.dueAt}`;
    case 'Reappointed':
      return actor.kind === 'official' ? ruleAgainstReappointment(d, event) : 'an official';
  }
}

/** The work about lateness is new work: it takes the place of no other task. */
function ruleAgainstTask(
  d: Dossier,
  { visit, opening }: EventData<'ApologyAsked' | 'DeadlineMissed'>,
): string | undefined {
  const task = taskId(d.id, LATENESS, visit, opening.step);
  return opening.task === task && !Object.hasOwn(d.tasks, task) ? undefined : `a new task ${task}`;
}

/** What was drafted is what is promised, in time, and no person who signed the letter drafted it, himself or by another. */
function ruleAgainstReappointment(
  d: Dossier,
  { data, at }: Extract<LatenessEvent, { type: 'Reappointed' }>,
): string | undefined {
  const { promise, apology, issues } = d;
  const draft = apology?.draft;
  if (!draft || !promise) return 'a drafted apology';
  if (draft.dueAt !== data.dueAt || draft.due !== data.due || draft.cause !== data.cause)
    return `the date and cause drafted, ${draft.due} and ${draft.cause}`;
  if (data.from.dueAt !== promise.dueAt) return `the promised date ${promise.dueAt}`;
  if (Date.parse(at) > Date.parse(promise.dueAt) + CLOCK_TOLERANCE) return `an instant by ${promise.dueAt}`;
  const issue = issues[data.issue];
  if (issue?.stage !== LATENESS || issue.copy !== data.copy || issue.signatures.length === 0) return 'a signed apology';
  const drafters = draftersOf(d);
  if (!drafters) return 'a decided task of who drafted the apology';
  const signers = issue.signatures.flatMap(({ step, by }) =>
    step.startsWith('personal') && by.kind === 'official' ? handsOf(by) : [],
  );
  const shared = signers.find((id) => drafters.includes(id));
  return shared === undefined ? undefined : `a signature of somebody else than ${shared}, who drafted the apology`;
}

/** By whose hand the apology was drafted last. */
function draftersOf({ tasks }: Dossier): string[] | undefined {
  const [last] = Object.values(tasks)
    .flatMap(({ stage, decided }) => (stage === LATENESS && decided?.outcome === 'drafted' ? [decided] : []))
    .sort((a, b) => b.seq - a.seq);
  return last?.by.kind === 'official' ? handsOf(last.by) : undefined;
}
