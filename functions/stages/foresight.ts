import { localDate } from '../../domain/time/working-calendar.ts';
import { fold } from '../../domain/dossier/fold.ts';
import type { Actor } from '../../schemas/actor.ts';
import { type DossierEvent, EVENT_VERSION, type EventBody } from '../../schemas/events.ts';
import type { View } from '../../workflows/expressions/view.ts';
import { Evaluator } from '../dossiers/evaluator.ts';
import { viewOf } from '../dossiers/view.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Standing } from './standing.ts';

/** How a stage is being left: the outcome, what was recorded with it, and the events that go into the same commit. */
export interface Leave {
  stage: string;
  outcome: string;
  /** Not committed yet: a decision, an answer, a payment. */
  events?: readonly EventBody[];
  actor?: Actor;
  /** What a stage recorded that no event before its leaving holds: the answer to a call. */
  form?: unknown;
}

/** A dossier as these events will make it, for what has to be judged with them in hand. Nothing is recorded, no hash is meant. */
export function foresee(loaded: Loaded, bodies: readonly EventBody[], by: { actor: Actor; now: number }): Loaded {
  let { dossier } = loaded;
  const secrets = new Map(loaded.secrets);
  for (const body of bodies) {
    const seq = dossier.version + 1;
    const event = {
      v: EVENT_VERSION,
      dossier: dossier.id,
      seq,
      at: new Date(by.now).toISOString(),
      type: body.type,
      actor: by.actor,
      data: body.data,
      ...(body.secret && { secret: dossier.hash }),
      prev: dossier.hash,
    } as DossierEvent;
    dossier = fold(dossier, event, dossier.hash);
    if (body.secret) secrets.set(seq, body.secret);
  }
  return { ...loaded, dossier, secrets };
}

/** An evaluator over the dossier as it is once these events are recorded. What it evaluates is kept with what the standing's own did. */
export function evaluatorAfter(
  standing: Standing,
  { events = [], actor = { kind: 'platform' } }: Pick<Leave, 'events' | 'actor'>,
  change: (view: View) => View = (view) => view,
): Evaluator {
  const { loaded, pinned, calendar, now, evaluator } = standing;
  const view = (): View => change(viewOf(foresee(loaded, events, { actor, now }), standing));
  return new Evaluator(view, pinned.definition, calendar, now, { evaluations: evaluator.evaluations });
}

/** The same at the moment of leaving: the stage has its outcome, and what was recorded, before the next one is chosen. */
export function evaluatorOnLeaving(standing: Standing, leave: Leave): Evaluator {
  const today = localDate(standing.calendar, standing.now);
  return evaluatorAfter(standing, leave, (view) => {
    const stages = view.stages as Readonly<Record<string, object>>;
    const left = {
      ...(stages[leave.stage] ?? { entered: today, visits: 1 }),
      outcome: leave.outcome,
      left: today,
      ...(leave.form !== undefined && { form: leave.form }),
    };
    return { ...view, stages: { ...stages, [leave.stage]: left } };
  });
}
