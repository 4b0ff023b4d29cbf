import { COORDINATION } from '../../domain/dossier/coordination.ts';
import { LATENESS, taskId, type Dossier } from '../../domain/dossier/state.ts';
import { instantBefore } from '../../domain/time/around-deadline.ts';
import { limitOf } from '../../domain/time/clock-policy.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { TaskOpening } from '../../schemas/dossier.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { SignatureStep } from '../issues/steps.ts';
import { queueOf } from '../stages/queue.ts';
import type { Standing } from '../stages/standing.ts';
import type { LatenessRules } from './rules.ts';

/** Asks the unit that has the dossier to draft an apology, in time before the promised date. */
export async function askForApology(standing: Standing, rules: LatenessRules): Promise<EventBody> {
  const { loaded, calendar } = standing;
  const { promise } = loaded.dossier;
  if (!promise) throw new Error(`dossier ${loaded.dossier.id}: expected a promised date`);
  const by = await lastDayFor(standing, promise.dueAt);
  const visit = nextVisit(loaded.dossier);
  const opening = {
    ...decisionOf(standing, { visit, role: rules.by, outcome: 'drafted' }),
    due: localDate(calendar, by),
  };
  return { type: 'ApologyAsked', data: { against: promise.dueAt, by: opening.due, visit, opening } };
}

async function lastDayFor({ procedure, evaluator, calendar }: Standing, dueAt: string): Promise<number> {
  const term = limitOf((await evaluator.value(procedure.clock.late?.apology)) as Parameters<typeof limitOf>[0]);
  const found = term && instantBefore(calendar, dueAt, term);
  if (!found?.ok)
    throw new TaskTerminal(`clock.late.apology: ${found?.refusal.detail ?? 'expected one unit with an amount'}`);
  return found.value;
}

/** The promised date has passed: who supervises the unit's dates is to look at the dossier. `null`: nobody is known, coordination does. */
export function missedDeadline(standing: Standing, supervisor: string | null): EventBody {
  const { dossier } = standing.loaded;
  const { promise, apology, reappointed } = dossier;
  if (!promise) throw new Error(`dossier ${dossier.id}: expected a promised date`);
  const visit = nextVisit(dossier);
  const isReappointed = reappointed?.dueAt === promise.dueAt;
  return {
    type: 'DeadlineMissed',
    data: {
      due: promise.due,
      against: promise.dueAt,
      apology: apology ? 'unsigned' : isReappointed ? 'sent' : 'none',
      visit,
      opening: decisionOf(standing, { visit, role: supervisor, outcome: 'noted' }),
    },
  };
}

function nextVisit({ tasks }: Dossier): number {
  const visits = Object.values(tasks).map(({ stage, visit }) => (stage === LATENESS ? visit : 0));
  return Math.max(0, ...visits) + 1;
}

function decisionOf(
  { loaded, workOf }: Standing,
  { visit, role, outcome }: { visit: number; role: string | null; outcome: string },
): TaskOpening {
  const { dossier } = loaded;
  return {
    task: taskId(dossier.id, LATENESS, visit, 'decision'),
    step: 'decision',
    ...(role === null ? COORDINATION : queueOf(role, dossier.unit, workOf)),
    party: null,
    outcomes: [outcome],
    assurance: 'login',
    separateFrom: [],
  };
}

/** One step of signing an apology. Whoever drafted it does not sign it off. */
export function signingOf(
  dossier: Dossier,
  { visit, unit }: { visit: number; unit: string | null },
  { step, role }: SignatureStep,
): TaskOpening {
  const personal = step.startsWith('personal');
  return {
    task: taskId(dossier.id, LATENESS, visit, step),
    step,
    unit,
    role,
    party: null,
    outcomes: ['signed', 'declined'],
    assurance: personal ? 'signature' : 'login',
    separateFrom: personal ? [LATENESS] : [],
    ...(dossier.apology && { due: dossier.apology.by }),
  };
}
