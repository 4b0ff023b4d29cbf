import { accept } from '../../domain/dossier/commands/decision.ts';
import { acknowledgePaper, openIncoming } from '../../domain/dossier/commands/incoming.ts';
import { stillToBeGiven } from '../../domain/dossier/outgoing.ts';
import { papersOut } from '../dossiers/check-paper.ts';
import { unitFor } from '../dossiers/competence.ts';
import { copyName } from '../dossiers/paper-mark.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import type { Deciding } from '../tasks/decision.ts';
import { proposeBeside } from '../tasks/said-beside.ts';
import { goToUnits } from './to-units.ts';

/** A paper that has left the house, and a unit to which it is still to go. */
interface Handing {
  issue: string;
  to: string;
}

/**
 * Lets each unit that an issue names have the paper once it has left the house; twice has the effect of once. Throws `TaskRetryable` where a unit is found for none: the
 * others have theirs, and it is looked for again.
 */
export async function givePapers(platform: Platform, catalogue: Catalogue, id: string): Promise<void> {
  await goToUnits(platform, id, {
    expected: 'expected one unit each to which its papers go',
    propose: (loaded, nobody) => proposeGiving(platform, catalogue, loaded, nobody),
  });
}

async function proposeGiving(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  nobody: Set<string>,
): Promise<Proposal> {
  const { dossier } = loaded;
  const actor = { kind: 'platform' } as const;
  const waiting = Object.entries(dossier.issues).flatMap(([issue, state]) =>
    stillToBeGiven(state).map((to) => ({ issue, to, copy: state.copy, stage: state.stage })),
  );
  if (waiting.length === 0) return { decision: accept(), actor };
  const standing = await standingOf(catalogue, loaded, platform.clock.now());
  const events = await platform.store.events(dossier.id);
  const out = papersOut(events.slice(0, dossier.version), standing.procedure);
  for (const { copy, stage, ...paper } of waiting) {
    if (nobody.has(paper.to) || !out.has(copyName({ issue: paper.issue, copy }))) continue;
    const unit = await unitNamed(catalogue, standing, paper);
    if (unit === null) nobody.add(paper.to);
    else
      return {
        decision: accept({ type: 'PaperGiven', data: { ...paper, copy, stage, ...openIncoming(dossier, unit) } }),
        actor,
      };
  }
  return { decision: accept(), actor };
}

/** The unit of that name, or the only one of that kind that decides or receives, as it stands now. */
async function unitNamed(
  catalogue: Catalogue,
  { evaluator, now, workOf, loaded: { dossier } }: Standing,
  { to }: Handing,
): Promise<string | null> {
  for (const id of new Set([dossier.unit ?? dossier.receivingUnit, dossier.receivingUnit])) {
    const receiving = await catalogue.unit(id);
    const found = receiving && (await unitFor({ unit: to }, { receiving, evaluator, catalogue, now }));
    if (found != null) return workOf(found);
  }
  return null;
}

/** A unit acknowledges a paper, whatever became of the dossier. */
export function proposeAcknowledging({ dossier }: Loaded, deciding: Deciding): Promise<Proposal> {
  return proposeBeside(deciding, 'where a paper is acknowledged', (said) => acknowledgePaper(dossier, said));
}
