import type { DossierEvent } from '../../schemas/events.ts';
import { awaits, hasFromSource, nextRequest } from '../dossier/commands/sources.ts';
import type { Dossier } from '../dossier/state.ts';

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
