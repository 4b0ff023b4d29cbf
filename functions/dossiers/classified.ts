import { canonical } from '../../domain/chain.ts';
import type { Ids } from '../../domain/ports/ids.ts';
import type { Reference, ReferenceDocument } from '../../schemas/classified.ts';
import type { DocumentNeed } from '../../schemas/procedure/papers.ts';
import type { FieldError } from '../../schemas/refusals.ts';
import type * as z from 'zod';

/** Why a document may not come in this way: a classified one by reference alone, any other never so. */
export function wrongWay(
  { classified = false }: Pick<DocumentNeed, 'classified'>,
  reference: Reference | undefined,
): FieldError | undefined {
  if (classified === (reference !== undefined)) return undefined;
  return classified
    ? { at: '/upload', expected: 'a reference: this document is classified, and never travels' }
    : { at: '/reference', expected: 'an upload: this document is not classified' };
}

/** A reference in one line, as lists of documents show it. */
export function nameOfReference({ number, dated, keptBy }: Reference): string {
  return [number, ...(dated === undefined ? [] : [dated]), keptBy].join(', ').slice(0, 255);
}

/** What a dossier keeps of a classified document, named by what it says. */
export function referenceFile(
  ids: Pick<Ids, 'random'>,
  said: Reference,
): { bytes: Uint8Array; mediaType: string; fileName: string } {
  const { number, dated, keptBy } = {
    ...said,
    number: said.number.normalize('NFC'),
    keptBy: said.keptBy.normalize('NFC'),
  };
  const document: z.output<typeof ReferenceDocument> = {
    format: 'onetrack-reference',
    version: 1,
    number,
    ...(dated !== undefined && { dated }),
    keptBy,
    salt: Buffer.from(ids.random(16)).toString('hex'),
  };
  return {
    bytes: Buffer.from(canonical(document)),
    mediaType: 'application/json',
    fileName: nameOfReference(document),
  };
}
