/** The calendar's version does not cover the date: no answer is better than a guessed one. */
export interface CalendarOutOfRange {
  readonly code: 'calendar-out-of-range';
  readonly date: string;
  /** The calendar cited, `id@version`. */
  readonly calendar: string;
  readonly covers: { readonly from: string; readonly to: string };
  readonly detail: string;
}

/** The limit is not a whole number of at least 1. */
export interface LimitInvalid {
  readonly code: 'limit-invalid';
  readonly detail: string;
}

/** The happenings contradict each other: earlier after later, a second start, a resumption of a running clock. `index` is the first that does not fit. */
export interface ClockOutOfOrder {
  readonly code: 'clock-out-of-order';
  readonly index: number;
  readonly detail: string;
}

/** Why a deadline cannot be derived. */
export type TimeRefusal = CalendarOutOfRange | LimitInvalid | ClockOutOfOrder;

/** An answer about time, or that the calendar does not reach so far. */
export type TimeAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: CalendarOutOfRange };
