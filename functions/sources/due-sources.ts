import type { AskSource } from '../../domain/dossier/commands/sources.ts';
import type { DocumentNeed } from '../../schemas/procedure/papers.ts';
import { firstStage } from '../../workflows/route.ts';
import { secretOf } from '../runtime/dossier-cache.ts';
import type { Standing } from '../stages/standing.ts';

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

/** What has to be asked before this stage is entered: what it needs and nobody asked, what was asked under another key, and what was asked and not heard. */
export async function dueSources(standing: Standing, stage: string): Promise<DueSource[]> {
  const { loaded } = standing;
  const { stages, sources } = loaded.dossier;
  const due: DueSource[] = [];
  for (const { document, need, at } of sourcedNeeds(standing)) {
    if (at !== stage && stages[at] === undefined) continue;
    const question = await questionFor(standing, { document, need, stage });
    if (!question) continue;
    const known = sources[document];
    const isNew = !known || secretOf(loaded, known.seq)['key'] !== question.key;
    if (isNew || known.state === 'asked') due.push({ question, isNew });
  }
  return due;
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
