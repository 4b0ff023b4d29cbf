import type { EventBody, EventData } from '../../../schemas/events.ts';
import type { Dossier, SourceState } from '../state.ts';
import { accept, type Decision } from './decision.ts';

type Secret = Readonly<Record<string, unknown>>;

/** What is to be asked of a source for one document. */
export interface AskSource extends Omit<EventData<'SourceAsked'>, 'request'> {
  key: string;
}

/** Id of the request that comes next for a document. */
export function nextRequest(d: Dossier, document: string): string {
  return `${d.id}.${document}.${(d.sources[document]?.times ?? 0) + 1}`;
}

/** Records that sources are about to be asked, before any request goes out. */
export function askSources(d: Dossier, questions: readonly AskSource[]): Decision {
  return accept(
    ...questions.map(({ key, ...data }): EventBody => ({
      type: 'SourceAsked',
      data: { ...data, request: nextRequest(d, data.document) },
      secret: { key },
    })),
  );
}

/** The state of a source that still waits for the answer to this request. */
export function awaits(
  d: Dossier,
  { document, request }: { document: string; request: string },
): SourceState | undefined {
  const source = d.sources[document];
  return source?.request === request && (source.state === 'asked' || source.state === 'unavailable')
    ? source
    : undefined;
}

/** What a source said. The first answer to a request stays: a later one changes nothing. */
export function answerSource(d: Dossier, data: EventData<'SourceAnswered'>, secret: Secret): Decision {
  return awaits(d, data) ? accept({ type: 'SourceAnswered', data, secret }) : accept();
}

/** A source could not be had. Counted once for each request, however often it is asked again. */
export function failSource(d: Dossier, failure: Omit<EventData<'SourceFailed'>, 'code'>): Decision {
  return awaits(d, failure)?.state === 'asked'
    ? accept({ type: 'SourceFailed', data: { ...failure, code: 'SOURCE_UNAVAILABLE' } })
    : accept();
}

/** Whether a document lies open because its source has it, and it still stands. */
export function hasFromSource(
  source: SourceState | undefined,
): source is SourceState & { answer: NonNullable<SourceState['answer']> } {
  return source?.state === 'found' && (source.answer?.result?.validity ?? 'valid') === 'valid';
}
