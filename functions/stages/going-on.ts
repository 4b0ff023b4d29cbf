import { accept } from '../../domain/dossier/commands/decision.ts';
import { leaveStage } from '../../domain/dossier/commands/tasks.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { EventBody } from '../../schemas/events.ts';
import { NothingToDecideBy } from '../dossiers/evaluator.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { foresee } from './foresight.ts';
import { planLeaving } from './leaving.ts';
import type { Standing } from './standing.ts';

const PLATFORM = { kind: 'platform' } as const;

/** What the platform does by itself at a stage. What was evaluated on the way is kept with the first event. */
export function following({ evaluator: { evaluations } }: Standing, [first, ...rest]: readonly EventBody[]): Proposal {
  if (!first) return { decision: accept(), actor: PLATFORM };
  const kept = evaluations.length > 0 ? { ...first, secret: { ...first.secret, evaluations } } : first;
  return { decision: accept(kept, ...rest), actor: PLATFORM };
}

/** The same, and the stage is left by what its parts come to together. */
export async function leavingBy(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { stage, outcome, events }: { stage: string; outcome: string; events: readonly EventBody[] },
): Promise<Proposal> {
  const plan = await planLeaving(platform, catalogue, standing, { stage, outcome, events });
  if (plan.kind === 'park') throw new NothingToDecideBy(plan.cause);
  if (plan.kind === 'refused') throw new TaskTerminal(plan.refused.refusal.detail);
  const { dossier: after } = foresee(standing.loaded, events, { actor: PLATFORM, now: standing.now });
  const visit = after.stages[stage]?.visits ?? 1;
  const left = leaveStage(after, { ...plan, stage, visit, outcome, by: 'platform' });
  return { ...following(standing, [...events, ...(left.ok ? left.events : [])]), outbox: plan.outbox };
}

/** What was recorded stands where the way on cannot be told: then the dossier is parked with it. */
export function parkingWith(
  standing: Standing,
  { stage, events }: { stage: string; events: readonly EventBody[] },
  error: unknown,
): Proposal {
  if (!(error instanceof TaskTerminal)) throw error;
  const { run } = standing.loaded.dossier;
  const why = { error: error.name, cause: error.message.slice(0, 500) };
  return following(standing, [...events, { type: 'DossierParked', data: { run, stage, ...why } }]);
}
