import type { LanguageText } from '../../schemas/calendar.ts';
import type { Happening, LegalBasis, Limit } from './clock-policy.ts';

/** How an arrival was placed: at its own instant, or moved to a later working day. */
export type Placement = 'in-time' | 'after-cut-off' | 'after-hours' | 'day-off';

/** An amount of running time that is used or left. Time is in milliseconds of working hours. */
export interface Amount {
  readonly unit: 'workingDays' | 'calendarDays' | 'workingTime';
  readonly amount: number;
}

/** A start, resumption or restart, placed on the day from which it counts. */
export interface ArrivalFact {
  readonly rule: 'started' | 'resumed' | 'restarted';
  readonly happening: Happening;
  /** Local date and time of the arrival. */
  readonly date: string;
  readonly time: string;
  readonly placement: Placement;
  /** Why the day of arrival is not worked, where the calendar names it. */
  readonly dayOff: LanguageText | undefined;
  /** The day from which it counts. */
  readonly counts: string;
  readonly cutOff: string | undefined;
  /** Whether that day is itself counted; nothing where the clock counts hours, or has nothing left. */
  readonly dayCounted: boolean | undefined;
  /** The limit that begins, at a start or restart; what is left, at a resumption. */
  readonly limit: Limit | undefined;
  readonly left: Amount | undefined;
}

/** One finding of a derivation, in the order in which the date comes about. */
export type DerivationFact =
  | ArrivalFact
  | {
      /** Days of the calendar, on a weekday, that are not worked. */
      readonly rule: 'day-off';
      readonly from: string;
      readonly to: string;
      readonly name: LanguageText;
      readonly legalBasis: LanguageText;
    }
  | {
      /** A day of the calendar that is worked although the week says otherwise. */
      readonly rule: 'worked-day';
      readonly date: string;
      readonly name: LanguageText;
      readonly legalBasis: LanguageText;
    }
  | {
      /** What one unbroken run of the clock counted; `days` are the working days, where days are counted. */
      readonly rule: 'counted';
      readonly counted: Amount;
      readonly days: readonly string[];
      readonly from: string;
      readonly to: string;
      /** Whether weekly days off lie between. */
      readonly weekends: boolean;
      readonly limit: Limit;
      readonly legalBasis: LegalBasis | undefined;
    }
  | {
      readonly rule: 'stopped';
      readonly happening: Happening;
      readonly date: string;
      readonly time: string;
      /** Whether the date will move by the days that it lasts; else what is left remains. */
      readonly shifts: boolean;
      readonly left: Amount;
    }
  | {
      /** A ground began or ended while the clock stood still for another one: it counts once. */
      readonly rule: 'standing';
      readonly happening: Happening;
      readonly date: string;
      readonly time: string;
    }
  | {
      /** A stage that moves the date is over: by how many calendar days, from which instant on. */
      readonly rule: 'shifted';
      readonly happening: Happening;
      readonly date: string;
      readonly time: string;
      readonly from: string;
      readonly counted: Amount;
    }
  | {
      readonly rule: 'extended';
      readonly happening: Happening;
      readonly date: string;
      readonly time: string;
      readonly by: Limit;
    }
  | {
      /** What an extension, or the days of a shift, counted after the limit. */
      readonly rule: 'added';
      readonly counted: Amount;
      readonly from: string;
      readonly to: string;
      readonly happening: Happening;
    }
  | {
      /** A stop, resumption or extension that came when the limit had already passed: without effect on the date. */
      readonly rule: 'passed';
      readonly happening: Happening;
      readonly date: string;
      readonly time: string;
      readonly due: string;
    }
  | {
      readonly rule: 'moved' | 'stayed';
      /** The last day of the term, a day off. */
      readonly from: string;
      readonly to: string;
      readonly name: LanguageText | undefined;
    }
  | { readonly rule: 'due'; readonly date: string; readonly time: string; readonly endOfDay: boolean }
  | {
      readonly rule: 'provisional';
      readonly from: string;
      readonly to: string;
      readonly what: LanguageText;
      readonly legalBasis: LanguageText;
    }
  | {
      readonly rule: 'ended';
      readonly happening: Happening;
      readonly date: string;
      readonly time: string;
      readonly inTime: boolean | undefined;
      /** What was left where the clock stood still: no date is reached any more. */
      readonly left: Amount | undefined;
    };
