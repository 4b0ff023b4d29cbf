import type { DossierEvent } from '../../schemas/events.ts';
import { canonical } from '../chain.ts';
import { isCheckedPaper, isGranted, openContradiction } from '../dossier/commands/contradictions.ts';
import { refuseTask } from '../dossier/commands/tasks.ts';
import { EXAMINED } from '../dossier/fold-sources.ts';
import { awaits, hasFromSource, nextRequest } from '../dossier/commands/sources.ts';
import { CONTRADICTION, type Dossier } from '../dossier/state.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;
type SourceEvent = Extract<DossierEvent, { type: 'SourceAsked' | 'SourceAnswered' | 'SourceFailed' | 'PaperDemanded' }>;

/** A source is asked before it answers, answers each request once, and is counted as away once; paper is demanded by an official at work. */
export function ruleAgainstSource(d: Dossier, { type, actor, data }: SourceEvent): string | undefined {
  if (type === 'PaperDemanded') return ruleAgainstDemand(d, actor, data);
  if (actor.kind !== 'platform') return 'the platform';
  if (type === 'SourceAsked') {
    const next = nextRequest(d, data.document);
    return data.request === next ? undefined : `request ${next}`;
  }
  const source = awaits(d, data);
  if (!source) return 'a request that was made and is not answered';
  if (type === 'SourceFailed') return source.state === 'asked' ? undefined : 'one failure of a request';
  const isOwn = data.how === 'own-record';
  if (isOwn !== 'result' in source.from)
    return 'result' in source.from ? 'our own record' : `register ${source.from.registry}`;
  return isOwn && data.found !== (data.result !== undefined) ? 'the result that was found' : undefined;
}

function ruleAgainstDemand(
  d: Dossier,
  actor: SourceEvent['actor'],
  { task, document, request }: Extract<SourceEvent, { type: 'PaperDemanded' }>['data'],
): string | undefined {
  const state = d.tasks[task];
  if (actor.kind !== 'official' || !state) return 'an official with a task';
  const source = d.sources[document];
  if (request === null) return source ? 'a source that was not asked' : undefined;
  return hasFromSource(source) && source.request === request ? undefined : 'a source that has it';
}

/** The rule that it breaks: a late answer contradicts paper once, as it says itself; it opens work where it was granted by then, which an official ends. */
export function ruleAgainstContradiction(
  d: Dossier,
  { actor, type, data }: Of<'PaperContradicted'> | Of<'ContradictionExamined'>,
): string | undefined {
  if (type === 'ContradictionExamined') return ruleAgainstExamining(d, actor, data);
  if (actor.kind !== 'platform') return 'the platform';
  const { document, request, why, rules, work } = data;
  const source = d.sources[document];
  if (source?.request !== request || !isCheckedPaper(d, document))
    return 'paper that was handed in while its source was away, which has answered since';
  const expected = source.state === 'not-found' ? 'not-found' : 'rule';
  if (why !== expected || (why === 'rule') !== rules.length > 0) return `what the answer says: ${expected}`;
  return ruleAgainstWork(d, work);
}

function ruleAgainstWork(d: Dossier, work: Of<'PaperContradicted'>['data']['work']): string | undefined {
  if (!isGranted(d)) return work && 'no work of its own before it was granted';
  if (!work) return 'work of an official';
  const { unit, role } = work.opening;
  if (unit === null || role === null) return 'work of an office';
  return canonical(openContradiction(d, { unit, role })) === canonical(work)
    ? undefined
    : 'a task that looks into it, and no other';
}

function ruleAgainstExamining(
  d: Dossier,
  actor: DossierEvent['actor'],
  { task: id, document }: Of<'ContradictionExamined'>['data'],
): string | undefined {
  const task = d.tasks[id];
  if (task?.kind !== CONTRADICTION || task.contradicted !== document) return 'a task that looks into this document';
  if (actor.kind !== 'official') return 'an official';
  return refuseTask(d, task, actor, { outcome: EXAMINED })?.refusal.detail;
}
