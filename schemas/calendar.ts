import * as z from 'zod';

/** A civil date in the calendar's own zone, `YYYY-MM-DD` (ISO 8601). */
export const civilDate = z.iso.date().describe('Civil date, YYYY-MM-DD, in the zone of the calendar');

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .describe('Wall-clock time, HH:MM, 24 hours');

const languageText = z
  .record(z.string().regex(/^[a-z]{2}$/), z.string().min(1))
  .refine((text) => text['en'] !== undefined, { message: 'expected at least the language en' })
  .describe('A text by language (ISO 639-1); en is always there and stands in for a missing language');

const workingSpan = z
  .strictObject({
    from: clockTime.describe('The first minute worked'),
    to: clockTime.describe('The minute at which work ends; not worked itself'),
  })
  .refine((span) => span.from < span.to, { message: 'expected from before to' })
  .describe('One unbroken stretch of working hours');

const workingHours = z
  .array(workingSpan)
  .refine((spans) => spans.every((span, i) => i === 0 || (spans[i - 1]?.to ?? '') <= span.from), {
    message: 'expected stretches in order that do not overlap',
  })
  .describe('The hours worked on one day, in order; none means a day off');

const dayBase = {
  date: civilDate,
  name: languageText.describe('What the day is, as a citizen would be told'),
  legalBasis: languageText.describe('The act that makes the day what it is'),
  source: z.string().min(1).describe('Where the row was read; a web address, or the name of a publication'),
  verified: z
    .enum(['text', 'report', 'compiled', 'memory'])
    .describe(
      'text: the legal text was read; report: a published report of the decision was read; compiled: from a maintained compilation; memory: not verified',
    ),
  note: z.string().min(1).optional().describe('For the administrator: what a reader of the row has to know'),
};

const calendarDay = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...dayBase, kind: z.literal('off').describe('Nothing is worked') }),
    z.strictObject({
      ...dayBase,
      kind: z.literal('workday').describe('Worked although the week says otherwise, or with hours of its own'),
      hours: workingHours.min(1).optional().describe('The hours of this day; absent: the standard hours'),
    }),
    z.strictObject({
      ...dayBase,
      kind: z.literal('half').describe('Worked for a part of the day; counts as one working day, with its own hours'),
      hours: workingHours.min(1).describe('The hours of this day'),
    }),
  ])
  .describe('One date that differs from its weekday');

const period = { from: civilDate.describe('First day, included'), to: civilDate.describe('Last day, included') };

const undecidedPeriod = z
  .strictObject({
    ...period,
    what: languageText.describe('What is still to be decided, as a citizen would be told'),
    legalBasis: languageText.describe('Who decides it, by which provision'),
    assumes: z.string().min(1).describe('What the rows assume until then, and why'),
  })
  .refine((entry) => entry.from <= entry.to, { message: 'expected from on or before to' })
  .describe('A period whose yearly decision is not in this version: every deadline that touches it is provisional');

const amendment = z
  .strictObject({
    reason: languageText.describe('Why, and by which act'),
    promises: z
      .enum(['keep', 'follow'])
      .describe(
        'keep: a date that was told to somebody stands, unless the law’s comes before it; follow: it moves with the law’s',
      ),
  })
  .describe('What an amended calendar does');

const week = z
  .strictObject({
    mon: workingHours,
    tue: workingHours,
    wed: workingHours,
    thu: workingHours,
    fri: workingHours,
    sat: workingHours,
    sun: workingHours,
  })
  .describe('The hours of an ordinary week; an empty list is a weekly day off');

const standardHours = workingHours
  .min(1)
  .describe('The hours of a worked day for which the week has none; their sum is one working day');

const hoursSource = z.string().min(1).describe('Where the working hours were read, and how far they are verified');

const changedWeek = z
  .strictObject({
    from: civilDate.describe('The first day on which the new hours are worked'),
    legalBasis: languageText.describe('The act that changes the hours'),
    week,
    standardHours,
    hoursSource,
  })
  .describe('Other working hours from a day on, until the next change');

/** A calendar is laid out day by day by every process that reckons, and no later version may cover less. */
const MOST_YEARS = 100;
const MOST_CHANGES = 100;

/**
 * The working calendar of an authority: versioned data, never computed from rules at run time. A date outside `covers` has
 * no answer. Working days, working hours and days off are read from here alone.
 */
export const calendarSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .describe('Stable name of the calendar'),
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/)
      .describe('Version of the data; every amendment has a new one'),
    title: languageText.describe('Name of the calendar for people'),
    timeZone: z.string().min(1).describe('IANA time zone in which the dates and hours are meant'),
    covers: z.strictObject(period).describe('The dates this version knows; outside of it there is no answer'),
    week,
    standardHours,
    hoursSource,
    changes: z
      .array(changedWeek)
      .min(1)
      .max(MOST_CHANGES)
      .optional()
      .describe('Where the working hours change within the dates covered, in order'),
    days: z.array(calendarDay).describe('The dates that differ from their weekday, in order'),
    undecided: z.array(undecidedPeriod).describe('What a decree still has to say'),
    amends: amendment.optional().describe('Of a version after the first: what it changes for dossiers that are open'),
  })
  .superRefine((calendar, context) => {
    const { from, to } = calendar.covers;
    if (from > to) context.addIssue({ code: 'custom', path: ['covers'], message: 'expected from on or before to' });
    if (Number(to.slice(0, 4)) - Number(from.slice(0, 4)) > MOST_YEARS)
      context.addIssue({ code: 'custom', path: ['covers'], message: `expected at most ${MOST_YEARS} years` });
    calendar.days.forEach((day, i) => {
      const before = calendar.days[i - 1];
      if (before && before.date >= day.date)
        context.addIssue({
          code: 'custom',
          path: ['days', i, 'date'],
          message: `expected a date after ${before.date}`,
        });
      if (day.date < from || day.date > to)
        context.addIssue({
          code: 'custom',
          path: ['days', i, 'date'],
          message: `expected a date from ${from} to ${to}`,
        });
    });
    calendar.changes?.forEach((change, i, changes) => {
      const before = changes[i - 1]?.from ?? from;
      if (change.from <= before || change.from > to)
        context.addIssue({
          code: 'custom',
          path: ['changes', i, 'from'],
          message: `expected a date after ${before}, at the latest ${to}`,
        });
    });
    if (!knowsTimeZone(calendar.timeZone))
      context.addIssue({ code: 'custom', path: ['timeZone'], message: 'expected a time zone of the IANA database' });
  })
  .describe('Working calendar of an authority');

function knowsTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export type Calendar = z.infer<typeof calendarSchema>;
/** A date that differs from its weekday, with its ground and source. */
export type CalendarDay = z.infer<typeof calendarDay>;
/** A period whose decision is still to come. */
export type UndecidedPeriod = z.infer<typeof undecidedPeriod>;
/** A text by ISO 639-1 language; `en` is always there. */
export type LanguageText = z.infer<typeof languageText>;
/** The hours worked on one day, as wall-clock times. */
export type WorkingHours = z.infer<typeof workingHours>;
