import type { InstrumentKind } from '../../schemas/procedure/closed-sets.ts';

/** The role of those who help at a kiosk or a counter: in their session nothing is decided and nothing signed. */
export const HELPER_ROLE = 'helper';

type StepKind = 'decision' | 'initials' | 'personal' | 'organisation';

/**
 * Which steps an instrument opens. Who signs for another does so by Decree 30/2020 art. 13; a colleague who stands in for an absent one does his daily work,
 * but signs nothing in person. The organisation's signature is the clerk's own (art. 32(2)(c)), or that of who stands in for him.
 */
const OPENS = {
  deputy: ['decision', 'initials', 'personal'],
  'by-order': ['decision', 'initials', 'personal'],
  'by-authorisation': ['decision', 'initials', 'personal'],
  substitute: ['decision', 'initials', 'organisation'],
} as const satisfies Record<InstrumentKind, readonly StepKind[]>;

/** What may be passed on, and by what: only who signs by order may let his own deputy do it (Decree 30/2020 art. 13(4)). */
const PASSED_ON = {
  deputy: [],
  'by-order': ['deputy'],
  'by-authorisation': [],
  substitute: [],
} as const satisfies Record<InstrumentKind, readonly InstrumentKind[]>;

/** The law of each kind of instrument. */
export const LAW = {
  deputy: 'Decree 30/2020 art. 13(1)',
  'by-order': 'Decree 30/2020 art. 13(4)',
  'by-authorisation': 'Decree 30/2020 art. 13(3)',
  substitute: 'Decree 61/2018 art. 12(8)',
} as const satisfies Record<InstrumentKind, string>;

/** Whether an instrument of this kind lets its holder do this step. */
export function opensStep(kind: InstrumentKind, step: string): boolean {
  const steps: readonly string[] = OPENS[kind];
  return steps.includes(step.replace(/\d+$/, ''));
}

/** Whether power given by the one kind may be passed on by the other. */
export function mayPassOn(given: InstrumentKind, by: InstrumentKind): boolean {
  const kinds: readonly InstrumentKind[] = PASSED_ON[given];
  return kinds.includes(by);
}
