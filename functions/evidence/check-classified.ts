import { canonical } from '../../domain/chain.ts';
import { ReferenceDocument } from '../../schemas/classified.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { documentsIn } from './check-reuse.ts';
import { type Opened, readCanonical } from './findings.ts';

/** Classified documents that are in the record themselves, where a reference alone may be: by what their events say of them. */
export function classifiedOtherwise(
  events: readonly DossierEvent[],
  { documents = {} }: Procedure,
): { seq: number; expected: string; found: string }[] {
  return events.flatMap((event) =>
    documentsIn(event)
      .filter(({ component, how }) => documents[component]?.classified === true && how !== 'reference')
      .map(({ component, how }) => ({
        seq: event.seq,
        expected: `a reference in place of ${component}, which is classified`,
        found: how,
      })),
  );
}

/** What is called a reference says where a document is, and nothing else. An erased dossier has none. */
export function checkReferences({ files, findings, manifest }: Opened, events: readonly DossierEvent[]): void {
  if (manifest.erased) return;
  for (const event of events) {
    for (const { sha256, how } of documentsIn(event)) {
      if (how !== 'reference') continue;
      const path = `documents/${sha256}.json`;
      const bytes = files.get(path);
      if (!bytes || !ReferenceDocument.safeParse(readCanonical(bytes, canonical)).success)
        findings.add(
          path,
          'malformed',
          'a reference to a classified document, as canonical JSON',
          bytes ? 'something else' : 'none',
        );
    }
  }
}
