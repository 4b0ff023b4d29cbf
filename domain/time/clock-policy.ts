import type { LanguageText } from '../../schemas/calendar.ts';
import type { ClockUnsupported } from './time-refusals.ts';

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
}

/** What may happen to a clock. A dossier's events are mapped to these by its procedure's clock block. */
export interface Happening {
  /** RFC 3339 instant. */
  readonly at: string;
  readonly kind: 'start' | 'stop' | 'resume' | 'restart' | 'end';
  /** The stage or event that caused it. */
  readonly cause: string;
  /** What a citizen is told the cause was; absent: the cause's own name. */
  readonly label?: LanguageText;
  /** Only of a restart: the limit that now runs; absent: the limit of the policy. */
  readonly limit?: Limit;
  readonly legalBasis?: LegalBasis;
}

/** The parts of a procedure's `clock` that are read here (procedure-language.md, "Clock"). */
export interface ClockBlock {
  readonly cutOff?: string | undefined;
  readonly firstDay?: 'next' | 'same' | undefined;
  readonly onDayOff?: 'next' | 'stay' | undefined;
  readonly during?: Readonly<Record<string, unknown>> | undefined;
  readonly extend?: readonly unknown[] | undefined;
  readonly pauses?: readonly unknown[] | undefined;
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

type Reading = { ok: true; policy: ClockPolicy } | { ok: false; refusal: ClockUnsupported };

/** Reads a clock block with the term that holds for the dossier. Refuses what is not reckoned yet, naming the field: never half of a clock. */
export function policyOf(clock: ClockBlock, term: EvaluatedTerm): Reading {
  const field = unsupportedField(clock);
  if (field !== undefined)
    return unsupported(
      field,
      `clock.${field}: expected a clock that only runs, stops or restarts; this is not reckoned yet`,
    );
  const limit = limitOf(term);
  if (limit === undefined) return unsupported('limit', 'clock.limit: expected one unit with an evaluated amount');
  return {
    ok: true,
    policy: {
      limit,
      firstDay: clock.firstDay ?? 'next',
      onDayOff: clock.onDayOff ?? 'next',
      ...(clock.cutOff === undefined ? {} : { cutOff: clock.cutOff }),
      ...(term.legalBasis === undefined ? {} : { legalBasis: term.legalBasis }),
    },
  };
}

function unsupported(field: string, detail: string): Reading {
  return { ok: false, refusal: { code: 'clock-unsupported', field, detail } };
}

function unsupportedField(clock: ClockBlock): string | undefined {
  for (const [stage, effect] of Object.entries(clock.during ?? {})) {
    if (effect === 'runs' || effect === 'stops' || effect === 'restarts') continue;
    if (typeof effect === 'object' && effect !== null && 'restarts' in effect) continue;
    const name = typeof effect === 'object' && effect !== null ? Object.keys(effect).join('+') : String(effect);
    return `during.${stage}.${name}`;
  }
  if (clock.extend !== undefined && clock.extend.length > 0) return 'extend';
  if (clock.pauses !== undefined && clock.pauses.length > 0) return 'pauses';
  return undefined;
}
