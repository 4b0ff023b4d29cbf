import type { DossierEvent } from '../../schemas/events.ts';
import { evidenceOf } from '../../schemas/procedure/papers.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { documentsIn } from './check-reuse.ts';

/** Other evidence that was handed in instead of a document, and that the procedure does not name for it. */
export function evidenceOtherwise(
  events: readonly DossierEvent[],
  { documents = {} }: Procedure,
): { seq: number; expected: string; found: string }[] {
  return events.flatMap((event) =>
    documentsIn(event).flatMap(({ component, evidence }) => {
      const kinds = evidenceOf(documents[component] ?? {});
      if (evidence === undefined || kinds.has(evidence)) return [];
      const expected = [component, ...kinds.keys()].join(', or ');
      return [{ seq: event.seq, expected, found: evidence }];
    }),
  );
}

/** What was handed in instead of documents, in words. */
export function substitutes(events: readonly DossierEvent[]): string[] {
  return events.flatMap((event) =>
    documentsIn(event).flatMap(({ component, evidence }) =>
      evidence === undefined ? [] : [`${component}: ${evidence}, event ${event.seq}`],
    ),
  );
}
