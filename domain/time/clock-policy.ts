import type { LanguageText } from '../../schemas/calendar.ts';
import type { LimitInvalid } from './time-refusals.ts';

/** The law that says so: act, article, paragraph; one or several. */
export type LegalBasis = string | readonly string[];

/** A length of legal time, already evaluated: exactly one unit, a whole number of at least 1. */
export type Limit =
  | { readonly workingHours: number }
  | { readonly workingDays: number }
  | { readonly calendarDays: number }
  | { readonly months: number }
  | { readonly sameDay: true };

/** What of a clock block moves a date. The limit is the one that holds for this dossier: cases and expressions are evaluated before. */
export interface ClockPolicy {
  readonly limit: Limit;
  /** The law of the limit. */
  readonly legalBasis?: LegalBasis;
  /** `HH:MM`, local. What comes later counts as received on the next working day; at the very minute (15:00:00) it is in time. */
  readonly cutOff?: string;
  /** Whether the day of a start counts. */
  readonly firstDay: 'next' | 'same';
  /** What becomes of a due date that is a day off. */
  readonly onDayOff: 'next' | 'stay';
  /** Where a law differs from the rule that the day of a stop counts and the day of a resumption does not. */
  readonly dayRule?: DayRule;
}

/** Which days of an interruption count, and the law that says so. */
export interface DayRule {
  readonly stop: 'counts' | 'free';
  readonly resume: 'counts' | 'free';
  readonly legalBasis: LegalBasis;
}

/**
 * What may happen to a clock. A dossier's events are mapped to these by its procedure's clock block. `shift` opens a stage whose
 * days move the due date, and ends with `resume` as a `stop` does.
 */
export interface Happening {
  /** RFC 3339 instant. */
  readonly at: string;
  readonly kind: 'start' | 'stop' | 'shift' | 'resume' | 'restart' | 'extend' | 'end';
  /** The stage or event that caused it. */
  readonly cause: string;
  /** What a citizen is told the cause was; absent: the cause's own name. */
  readonly label?: LanguageText;
  /** Of a restart: the limit that now runs; absent: the limit of the policy. Of an extension: by how much. */
  readonly limit?: Limit;
  /** Of a stop and its resumption: a lawful pause outside the stages, by its id. It may overlap a stage's stop; each day counts once. */
  readonly ground?: string;
  /** Only of a stop: it stops only if it lasts longer than this term, and then from the term's end (`excess`) or from its own beginning (`all`). */
  readonly ifOver?: { readonly limit: Limit; readonly counting: 'excess' | 'all' };
  readonly legalBasis?: LegalBasis;
}

/** The parts of a procedure's `clock` that are read here (procedure-language.md, "Clock"). */
export interface ClockBlock {
  readonly cutOff?: string | undefined;
  readonly firstDay?: 'next' | 'same' | undefined;
  readonly onDayOff?: 'next' | 'stay' | undefined;
  readonly dayRule?: DayRule | undefined;
}

/** A term of the language with its unit evaluated: exactly one of the units is there. */
export interface EvaluatedTerm {
  readonly workingHours?: unknown;
  readonly workingDays?: unknown;
  readonly calendarDays?: unknown;
  readonly months?: unknown;
  readonly sameDay?: true | undefined;
  readonly legalBasis?: LegalBasis | undefined;
}

const countedUnits = ['workingHours', 'workingDays', 'calendarDays', 'months'] as const;

/** The limit that a term says, or nothing if its amount is not a number yet. */
export function limitOf(term: EvaluatedTerm): Limit | undefined {
  if (term.sameDay) return { sameDay: true };
  for (const unit of countedUnits) {
    const amount = term[unit];
    if (typeof amount !== 'number') continue;
    switch (unit) {
      case 'workingHours':
        return { workingHours: amount };
      case 'workingDays':
        return { workingDays: amount };
      case 'calendarDays':
        return { calendarDays: amount };
      case 'months':
        return { months: amount };
    }
  }
  return undefined;
}

type Reading = { ok: true; policy: ClockPolicy } | { ok: false; refusal: LimitInvalid };

/** Reads a clock block with the term that holds for the dossier. */
export function policyOf(clock: ClockBlock, term: EvaluatedTerm): Reading {
  const limit = limitOf(term);
  if (limit === undefined)
    return {
      ok: false,
      refusal: { code: 'limit-invalid', detail: 'clock.limit: expected one unit with an evaluated amount' },
    };
  return {
    ok: true,
    policy: {
      limit,
      firstDay: clock.firstDay ?? 'next',
      onDayOff: clock.onDayOff ?? 'next',
      ...(clock.cutOff === undefined ? {} : { cutOff: clock.cutOff }),
      ...(clock.dayRule === undefined ? {} : { dayRule: clock.dayRule }),
      ...(term.legalBasis === undefined ? {} : { legalBasis: term.legalBasis }),
    },
  };
}
