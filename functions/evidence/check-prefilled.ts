import { canonical } from '../../domain/chain.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import { ownFields } from '../sources/own-fields.ts';

/** Answers that a record says a register gave of the applicant, where that could not be: not by himself, online; of a field that the form has from no register, or another; for what the procedure does not ask. */
export function prefilledOtherwise(
  events: readonly DossierEvent[],
  definition: Definition,
): { seq: number; expected: string; found: string }[] {
  return events.flatMap((event) => {
    if (event.type !== 'DossierSubmitted' || !event.data.prefilled) return [];
    const { seq, actor, data } = event;
    if (actor.kind !== 'applicant' || data.channel !== 'online')
      return [{ seq, expected: 'answers of the applicant himself, online', found: `${actor.kind}, ${data.channel}` }];
    const { form, legalBasis } = definition.procedure;
    const known = new Map(ownFields(definition, form).map(({ at, registry, field }) => [at, `${registry}.${field}`]));
    return (data.prefilled ?? []).flatMap(({ registry, fields, legalBasis: law }) => [
      ...fields
        .filter(({ at, field }) => known.get(at) !== `${registry}.${field}`)
        .map(({ at, field }) => ({
          seq,
          expected: `${at} from ${known.get(at) ?? 'no register'}`,
          found: `${registry}.${field}`,
        })),
      ...(canonical(law) === canonical(legalBasis)
        ? []
        : [{ seq, expected: canonical(legalBasis), found: canonical(law) }]),
    ]);
  });
}
