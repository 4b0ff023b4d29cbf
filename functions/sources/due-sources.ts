import type { AskSource } from '../../domain/dossier/commands/sources.ts';
import type { SourceState } from '../../domain/dossier/state.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { DocumentNeed } from '../../schemas/procedure/papers.ts';
import { firstStage } from '../../workflows/route.ts';
import { secretOf } from '../runtime/dossier-cache.ts';
import { type Standing, stageOf } from '../stages/standing.ts';

type SourcedNeed = DocumentNeed & { source: NonNullable<DocumentNeed['source']> };

/** The documents of the procedure that have a source, and the stage that needs each. */
export function sourcedNeeds({
  procedure,
}: Pick<Standing, 'procedure'>): { document: string; need: SourcedNeed; at: string }[] {
  return Object.entries(procedure.documents ?? {}).flatMap(([document, need]) => {
    const { source, at = firstStage(procedure) } = need;
    return source ? [{ document, need: { ...need, source }, at }] : [];
  });
}

/** A source that has to be answered before the stage is entered; `isNew`: the record does not say yet that it is asked. */
export interface DueSource {
  question: AskSource;
  isNew: boolean;
}

/** What has to be asked before this stage is entered: what it needs and nobody asked, what was asked under another key, what holds no longer, and what was asked and not heard. */
export async function dueSources(standing: Standing, stage: string): Promise<DueSource[]> {
  const { loaded } = standing;
  const { stages, sources } = loaded.dossier;
  const due: DueSource[] = [];
  for (const { document, need, at } of sourcedNeeds(standing)) {
    if (at !== stage && stages[at] === undefined) continue;
    const question = await questionFor(standing, { document, need, stage });
    if (!question) continue;
    const known = sources[document];
    const isNew = !known || secretOf(loaded, known.seq)['key'] !== question.key || isOver(known, standing, stage);
    if (isNew || known.state === 'asked') due.push({ question, isNew });
  }
  return due;
}

/** Stages at which nobody looks at what a document says. */
const BLIND: ReadonlySet<string> = new Set(['notify', 'pay', 'ask']);

/**
 * Whether an answer held when it was asked for and holds no longer, before a stage at which somebody may rely on it. One that was over by then is not asked for again: the
 * source has no other. A day is over when it has ended.
 */
function isOver(
  { answer, asked }: SourceState,
  { loaded, procedure, calendar, now }: Standing,
  stage: string,
): boolean {
  const end = answer?.validUntil;
  if (!answer || end === undefined || loaded.dossier.settled !== null || BLIND.has(stageOf(procedure, stage).kind))
    return false;
  const heldAt = (instant: number): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(end) ? localDate(calendar, instant) <= end : instant < Date.parse(end);
  return heldAt(Date.parse(asked)) && !heldAt(now);
}

/** What is to be asked; nothing where the document is not needed, or the form does not say by which key. */
export async function questionFor(
  { evaluator, procedure }: Standing,
  { document, need, stage }: { document: string; need: SourcedNeed; stage: string },
): Promise<AskSource | undefined> {
  const { source, when, title } = need;
  if (when !== undefined && !(await evaluator.test(when))) return undefined;
  const key = await evaluator.optional(source.key);
  if ((typeof key !== 'string' && typeof key !== 'number') || String(key).trim() === '') return undefined;
  const from = 'registry' in source ? { registry: source.registry } : { result: source.result };
  return {
    document,
    from,
    stage,
    purpose: source.purpose ?? Object.values(title ?? procedure.title)[0] ?? document,
    legalBasis: need.legalBasis ?? procedure.legalBasis,
    key: String(key).trim().normalize('NFC'),
  };
}
