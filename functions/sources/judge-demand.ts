import { hasFromSource } from '../../domain/dossier/commands/sources.ts';
import type { EventBody } from '../../schemas/events.ts';
import { type FieldError, refuse, type Refused } from '../../schemas/refusals.ts';
import type { Standing } from '../stages/standing.ts';
import { questionFor, sourcedNeeds } from './due-sources.ts';

interface Demand {
  task: string;
  missing: readonly string[];
  /** Why paper is wanted all the same, by document. */
  insists: Readonly<Record<string, string>>;
}

/**
 * Whether an official may ask for these documents: not for what a source holds, nor for what nobody has asked the source for yet, unless he says in writing
 * why; that is recorded and counts as a demand. What the source has not, or could not give, he may ask for.
 */
export async function judgeDemand(
  standing: Standing,
  { task, missing, insists }: Demand,
): Promise<{ ok: true; events: EventBody[] } | Refused> {
  const errors: FieldError[] = [];
  const events: EventBody[] = [];
  for (const { document, need, at } of sourcedNeeds(standing)) {
    if (!missing.includes(document)) continue;
    const source = standing.loaded.dossier.sources[document];
    const holds = hasFromSource(source);
    const unasked = !source && (await questionFor(standing, { document, need, stage: at })) !== undefined;
    if (!holds && !unasked) continue;
    const reason = insists[document]?.trim().normalize('NFC');
    const name = 'registry' in need.source ? need.source.registry : need.source.result;
    const expected = holds
      ? `no paper, as ${name} holds it; or a written reason`
      : `that ${name} is asked first, before ${at}; or a written reason`;
    if (reason === undefined || reason === '') errors.push({ at: `/insists/${document}`, expected });
    else
      events.push({
        type: 'PaperDemanded',
        data: { task, document, request: source?.request ?? null },
        secret: { comment: reason },
      });
  }
  if (errors.length === 0) return { ok: true, events };
  return refuse(
    'held-by-source',
    `${errors.length} of the documents are held by a source, or nobody has asked it yet`,
    errors,
  );
}

/** Documents whose source was asked without avail, that were not handed in instead, and that this stage needs. */
export async function lackingAt(standing: Standing, stage: string): Promise<string[]> {
  const { loaded, evaluator } = standing;
  const { documents, sources } = loaded.dossier;
  const lacking: string[] = [];
  for (const { document, need, at } of sourcedNeeds(standing)) {
    if (at !== stage || hasFromSource(sources[document])) continue;
    if (documents.some(({ component }) => component === document)) continue;
    if (need.when === undefined || (await evaluator.test(need.when))) lacking.push(document);
  }
  return lacking;
}
