import type { DossierEvent } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';

/** Classified documents that are in the record themselves, where a reference alone may be. */
export function classifiedOtherwise(
  events: readonly DossierEvent[],
  { documents = {} }: Procedure,
): { seq: number; expected: string; found: string }[] {
  return events.flatMap(({ seq, type, data }) => {
    if (type !== 'DossierSubmitted' && type !== 'TaskDecided' && type !== 'LateOpinionKept') return [];
    return data.documents
      .filter(({ component, how }) => documents[component]?.classified === true && how !== 'reference')
      .map(({ component, how }) => ({
        seq,
        expected: `a reference in place of ${component}, which is classified`,
        found: how,
      }));
  });
}
