import type { DossierEvent } from '../../schemas/events.ts';
import type { DocumentRef } from '../../schemas/dossier.ts';
import type { DocumentNeed } from '../../schemas/procedure/papers.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Reused } from '../../schemas/reuse.ts';

/** How long before its event a paper may have been judged: a request takes seconds, its clock may be set in between. */
const MOST_BEFORE = 86_400_000;

type Again = DocumentRef & { reused: Reused };

/** Documents that were handed in by naming an earlier paper where that could not be: by another than the holder, past its term, or not taken by the procedure. */
export function reusedOtherwise(
  events: readonly DossierEvent[],
  { documents = {} }: Procedure,
): { seq: number; expected: string; found: string }[] {
  return events.flatMap((event) =>
    againIn(event).flatMap((document) => {
      const expected = ruleAgainst(event, document) ?? ruleOf(documents[document.component] ?? {}, document);
      return expected === undefined ? [] : [{ seq: event.seq, expected, found: sayOf(document.reused) }];
    }),
  );
}

function ruleAgainst(event: DossierEvent, { reused }: Again): string | undefined {
  if (event.actor.kind !== 'applicant') return 'the holder himself';
  if (event.type === 'DossierSubmitted' && event.data.channel !== 'online')
    return 'an upload at the counter or by post';
  if (reused.dossier === event.dossier) return 'a paper of another dossier';
  const { until, judged = event.at } = reused;
  if (Date.parse(event.at) - Date.parse(judged) > MOST_BEFORE) return `a paper judged within a day before ${event.at}`;
  return until !== undefined && Date.parse(judged) >= Date.parse(until)
    ? `a paper that still holds, not until ${until}`
    : undefined;
}

function ruleOf(
  { reuse, accept = ['scan'], media, maxBytes = Infinity }: Partial<DocumentNeed>,
  { component, how, mediaType, size, reused }: Again,
): string | undefined {
  const isTaken = reuse === undefined || (reuse !== 'never' && reuse.includes(reused.procedure));
  const isFit =
    accept.some((form) => form === how) && (media === undefined || media.includes(mediaType)) && size <= maxBytes;
  return isTaken && isFit ? undefined : `as the procedure takes ${component}`;
}

/** Where documents come from that their holder had already, in words. */
export function provenances(events: readonly DossierEvent[]): string[] {
  return events.flatMap((event) => againIn(event).map(({ component, reused }) => `${component}: ${sayOf(reused)}`));
}

function againIn(event: DossierEvent): Again[] {
  return documentsIn(event).filter((document): document is Again => document.reused !== undefined);
}

/** Documents that an event says were handed in. */
export function documentsIn({ type, data }: DossierEvent): DocumentRef[] {
  return type === 'DossierSubmitted' || type === 'TaskDecided' || type === 'LateOpinionKept' ? data.documents : [];
}

function sayOf({ dossier, procedure, version, code, place, paper }: Reused): string {
  const what =
    'issue' in paper
      ? `${paper.issue}, copy ${paper.copy}, number ${paper.number ?? 'none'}`
      : `${paper.component}, accepted ${paper.accepted.at} by ${paper.accepted.by} as ${paper.accepted.role} of ${paper.accepted.unit}`;
  return `${what}, of ${code ?? dossier} (${procedure}@${version}), event ${place.seq} ${place.hash}`;
}
