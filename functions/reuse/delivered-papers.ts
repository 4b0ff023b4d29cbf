import { givesOf } from '../../domain/dossier/children.ts';
import type { IssueState } from '../../domain/dossier/state.ts';
import type { Validity } from '../../schemas/events/sources.ts';
import type { Effect } from '../../schemas/procedure/closed-sets.ts';
import { validityOf as reckonValidity } from '../issues/validity.ts';
import type { Standing } from '../stages/standing.ts';

/** What an effect makes of the result that it touches; the others leave it standing. */
const MAKES: Partial<Record<Effect, Validity>> = {
  revokes: 'revoked',
  replaces: 'replaced',
  recalls: 'recalled',
  suspends: 'suspended',
};

export type DeliveredPaper = [string, IssueState & { sealed: NonNullable<IssueState['sealed']> }];

/** The papers that a stage which gives something handed over: receipts and drafts are no results. */
export function deliveredPapers({ procedure, loaded: { dossier } }: Standing): DeliveredPaper[] {
  const names = Object.values(procedure.stages).flatMap((stage) =>
    stage.kind === 'notify' && stage.result !== undefined && givesOf(stage.result) !== 'nothing'
      ? (stage.deliver ?? [])
      : [],
  );
  return [...new Set(names)].flatMap((name): DeliveredPaper[] => {
    const issue = dossier.issues[name];
    return issue?.sealed ? [[name, { ...issue, sealed: issue.sealed }]] : [];
  });
}

/** What later results have done to the papers: one that is extended is as valid as before. */
export function effectsOn(papers: readonly DeliveredPaper[]): Effect[] {
  return [...new Set(papers.flatMap(([, { affected = [] }]) => affected.map(({ effect }) => effect)))];
}

/** When a paper ends, where its procedure says how long it is valid. Records from before its end was recorded are reckoned. */
export async function endOf(
  standing: Standing,
  issue: string,
  { valid, at }: DeliveredPaper[1]['sealed'],
): Promise<string | undefined> {
  return (valid ?? (await reckonValidity(standing, issue, Date.parse(at))))?.until;
}

export function validityOf(papers: readonly DeliveredPaper[], validUntil: string | undefined, now: number): Validity {
  const effects = papers.flatMap(([, { affected = [] }]) => affected).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const ended = effects.map(({ effect }) => MAKES[effect]).findLast((made) => made !== undefined);
  if (ended) return ended;
  return validUntil !== undefined && Date.parse(validUntil) <= now ? 'expired' : 'valid';
}
