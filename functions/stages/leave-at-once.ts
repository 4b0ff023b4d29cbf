import { accept } from '../../domain/dossier/commands/decision.ts';
import { leaveStage } from '../../domain/dossier/commands/tasks.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { foresee } from './foresight.ts';
import { planLeaving } from './leaving.ts';
import { parkFor } from './park.ts';
import { forward, type Standing, stageOf } from './standing.ts';

const PLATFORM = { kind: 'platform' } as const;

/** A stage that has nobody to wait for is left in the commit that enters it, by its way forward. */
export async function leaveAtOnce(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  entered: Proposal,
  stage: string,
): Promise<Proposal> {
  if (!entered.decision.ok) return entered;
  const { loaded, procedure, now } = standing;
  const outcome = forward(stageOf(procedure, stage));
  const plan = await planLeaving(platform, catalogue, standing, { stage, outcome });
  if (plan.kind === 'refused') return { decision: plan.refused, actor: PLATFORM };
  if (plan.kind === 'park') return parkFor(loaded.dossier, 'NothingToDecideBy', plan.cause);
  const { events } = entered.decision;
  const { dossier: after } = foresee(loaded, events, { actor: PLATFORM, now });
  const visit = after.stages[stage]?.visits ?? 1;
  const left = leaveStage(after, { ...plan, stage, visit, outcome, by: 'platform' });
  return left.ok
    ? { ...entered, decision: accept(...events, ...left.events), outbox: plan.outbox }
    : { decision: left, actor: PLATFORM };
}
