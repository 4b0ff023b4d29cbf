import type { Procedure } from '../../schemas/procedure.ts';
import type { LegalBasis, TermValue } from '../../schemas/procedure/values.ts';

/** What a procedure says its clock does while a stage is open, and the law that says so, where it names one. */
export interface ClockAtStage {
  effect: 'runs' | 'stops' | 'restarts' | 'shifts' | 'stopsIfOver';
  /** Of `restarts`: the limit that runs from zero; absent: that of the clock. Of `stopsIfOver`: what must be exceeded. */
  term?: TermValue;
  counting?: 'excess' | 'all';
  legalBasis?: LegalBasis | undefined;
}

/** Nothing where the clock block does not name the stage: then it runs. */
export function clockAtStage({ clock }: Pick<Procedure, 'clock'>, stage: string): ClockAtStage | undefined {
  const during = clock.during?.[stage];
  if (during === undefined) return undefined;
  if (typeof during === 'string') return { effect: during };
  if ('effect' in during) return during;
  const { legalBasis } = during;
  if ('restarts' in during) {
    const { restarts: term } = during;
    return { effect: 'restarts', term, legalBasis: legalBasis ?? (Array.isArray(term) ? undefined : term.legalBasis) };
  }
  return { effect: 'stopsIfOver', term: during.stopsIfOver, counting: during.counting, legalBasis };
}
