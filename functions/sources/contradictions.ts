import {
  examineContradiction,
  isCheckedPaper,
  isGranted,
  openContradiction,
} from '../../domain/dossier/commands/contradictions.ts';
import { COORDINATION } from '../../domain/dossier/coordination.ts';
import type { SourceState } from '../../domain/dossier/state.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { ContradictionShown } from '../../schemas/sources.ts';
import type { Rule } from '../../schemas/procedure/papers.ts';
import { headOf } from '../lateness/rules.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import { evaluatorAfter, foresee } from '../stages/foresight.ts';
import { judgeRules, reasonOf } from '../stages/judge-rules.ts';
import { queueOf } from '../stages/queue.ts';
import type { Standing } from '../stages/standing.ts';
import type { Deciding } from '../tasks/decision.ts';
import { proposeBeside } from '../tasks/said-beside.ts';

/**
 * What follows from answers that came later, where they do not bear out the paper that counted meanwhile: the source has nothing, or a ground
 * that was not broken before is broken by what it says. Whoever acts next sees it beside the document; where it was granted by then it is work
 * of who heads the unit.
 */
export async function contradictionsOf(
  standing: Standing,
  catalogue: Catalogue,
  answered: readonly EventBody[],
): Promise<EventBody[]> {
  const { loaded, now } = standing;
  const { dossier } = foresee(loaded, answered, { actor: { kind: 'platform' }, now });
  const found: EventBody[] = [];
  for (const event of answered) {
    if (event.type !== 'SourceAnswered' || !isCheckedPaper(dossier, event.data.document)) continue;
    const { document, request } = event.data;
    const rules = event.data.found ? await brokenBy(standing, answered) : [];
    if (event.data.found && rules.length === 0) continue;
    const work = isGranted(dossier) ? openContradiction(dossier, await officeFor(standing, catalogue)) : undefined;
    found.push({
      type: 'PaperContradicted',
      data: { document, request, why: event.data.found ? 'rule' : 'not-found', rules, ...(work && { work }) },
    });
  }
  return found;
}

/** Grounds of stages where the dossier was or is, which were not broken before these answers. */
async function brokenBy(
  standing: Standing,
  answered: readonly EventBody[],
): Promise<Pick<Rule, 'at' | 'say' | 'legalBasis'>[]> {
  const { procedure, loaded, evaluator } = standing;
  const rules = (procedure.rules ?? []).filter(({ at }) => loaded.dossier.stages[at] !== undefined);
  const broken = async (by: typeof evaluator): Promise<Set<Rule>> =>
    new Set((await judgeRules(rules, by)).flatMap(({ rule, verdict }) => (verdict === 'broken' ? [rule] : [])));
  const before = await broken(evaluator);
  const after = await broken(evaluatorAfter(standing, { events: answered, actor: { kind: 'platform' } }));
  return [...after]
    .filter((rule) => !before.has(rule))
    .map(({ at, say, legalBasis }) => ({ at, say, ...(legalBasis !== undefined && { legalBasis }) }));
}

async function officeFor(standing: Standing, catalogue: Catalogue): Promise<{ unit: string; role: string }> {
  const head = await headOf(standing, catalogue);
  return head === null ? COORDINATION : queueOf(head, standing.loaded.dossier.unit, standing.workOf);
}

/** It is looked into, whatever became of the dossier. */
export function proposeExamining({ dossier }: Loaded, deciding: Deciding): Promise<Proposal> {
  return proposeBeside(deciding, 'where a paper is looked into', (said) => examineContradiction(dossier, said));
}

/** How its source does not bear out a paper, in words. */
export function contradictionShown({ contradicted }: Pick<SourceState, 'contradicted'>): {
  contradicted?: ContradictionShown;
} {
  if (!contradicted) return {};
  const { why, at, rules } = contradicted;
  return { contradicted: { why, at, reasons: rules.map((rule) => reasonOf(rule)) } };
}
