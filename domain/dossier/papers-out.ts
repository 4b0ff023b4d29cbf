import type { DossierEvent } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { type Dossier, LATENESS } from './state.ts';

/** Where the paper that a stage makes is handed over with its seal. */
const AT_ONCE: ReadonlySet<string> = new Set(['receive', 'pay', LATENESS]);
/** What the paper signed before such a stage asks for, or announces. */
const TOLD_BEFORE: ReadonlySet<string> = new Set(['ask', 'inspect']);

/**
 * The papers that leave the house with an event, of which `d` is the state after it. A paper is out when it is
 * - a receipt, of the dossier or of a payment, or an apology: with its seal;
 * - what a `notify` stage hands over: when that stage has handed over;
 * - what was signed to ask or to announce: when the stage that asks or inspects is entered;
 * - the decision that extends the limit: when the stage at which it is signed is left;
 * - given to a body that is consulted: when the body is asked.
 * Everything else stays inside, however signed and sealed: decisions that are not handed over yet, who inspects, records.
 */
export function papersOutWith(
  d: Dossier,
  event: DossierEvent,
  { stages, clock }: Pick<Procedure, 'stages' | 'clock'>,
): string[] {
  switch (event.type) {
    case 'IssueSealed': {
      const { issue } = event.data;
      return isHandedOverAt(d.issues[issue]?.stage ?? '', stages) ? [issue] : [];
    }
    case 'StagePassed': {
      return event.data.why === 'notify' ? deliveredBy(stages[event.data.stage]) : [];
    }
    case 'StageEntered': {
      const { stage, kind, tasks } = event.data;
      const from = TOLD_BEFORE.has(kind) ? d.stages[stage]?.from : undefined;
      return [...givenWith(d, tasks), ...signedAt(d, stages, from)];
    }
    case 'TaskOpened':
      return givenWith(d, [event.data.opening]);
    case 'StageLeft': {
      const { stage, outcome } = event.data;
      const extension = outcome === 'signed' ? clock.extend?.find(({ at }) => at === stage) : undefined;
      return signedAt(d, stages, extension?.at);
    }
    default:
      return [];
  }
}

function isHandedOverAt(stage: string, stages: Procedure['stages']): boolean {
  return AT_ONCE.has(stage === LATENESS ? LATENESS : (stages[stage]?.kind ?? ''));
}

function deliveredBy(stage: Procedure['stages'][string] | undefined): string[] {
  return stage?.kind === 'notify' ? (stage.deliver ?? []) : [];
}

/** The sealed papers that were signed at a stage. One that the system signs is sealed when the dossier is at the next stage already. */
export function signedAt(d: Dossier, stages: Procedure['stages'], stage: string | null | undefined): string[] {
  const at = stages[stage ?? ''];
  const automatic = at?.kind === 'sign' && at.by === 'system' ? at.issue : undefined;
  return Object.entries(d.issues).flatMap(([name, issue]) =>
    issue.sealed && (issue.stage === stage || name === automatic) ? [name] : [],
  );
}

function givenWith(d: Dossier, tasks: readonly { task: string }[]): string[] {
  return tasks.flatMap(({ task }) => (d.tasks[task]?.given ?? []).map(({ issue }) => issue));
}
