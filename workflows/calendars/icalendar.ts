import ICAL from 'ical.js';
import { canonical } from '../../domain/chain.ts';
import type { Calendar, CalendarDay, LanguageText, UndecidedPeriod, WorkingHours } from '../../schemas/calendar.ts';

export interface ICalendarProblem {
  at: string;
  expected: string;
  found?: string;
}

type Result<T> = ({ ok: true } & T) | { ok: false; problems: ICalendarProblem[] };

const DAY_MS = 86_400_000;
/** A holiday longer than this is a mistake in the file. */
const LONGEST_DAYS = 31;
const NO_DAY = { expected: 'a whole day of the year (VALUE=DATE)' };

/** The days of a calendar that differ from their weekday as iCalendar (RFC 5545): all-day events that any calendar program shows. */
export function writeICalendar(calendar: Calendar, language: string): string {
  const root = new ICAL.Component('vcalendar');
  root.addPropertyWithValue('version', '2.0');
  root.addPropertyWithValue('prodid', '-//Onetrack//Working calendar//EN');
  root.addPropertyWithValue('x-wr-calname', inLanguage(calendar.title, language));
  root.addPropertyWithValue('x-wr-timezone', calendar.timeZone);
  for (const { from, to, what } of calendar.undecided)
    root.addPropertyWithValue('comment', `${from} - ${to}: ${inLanguage(what, language)}`);
  for (const day of calendar.days) root.addSubcomponent(eventOf(calendar, day, language));
  return `${root.toString()}\r\n`;
}

function eventOf({ id }: Calendar, day: CalendarDay, language: string): ICAL.Component {
  const event = new ICAL.Component('vevent');
  const { date, kind, name, legalBasis, source } = day;
  event.addPropertyWithValue('uid', `${date}-${id}@onetrack`);
  event.addPropertyWithValue('dtstamp', ICAL.Time.fromDateTimeString(`${date}T00:00:00Z`));
  event.addPropertyWithValue('dtstart', ICAL.Time.fromDateString(date));
  event.addPropertyWithValue('dtend', ICAL.Time.fromDateString(dateAfter(date)));
  event.addPropertyWithValue('summary', inLanguage(name, language));
  event.addPropertyWithValue('description', inLanguage(legalBasis, language));
  event.addPropertyWithValue('transp', kind === 'off' ? 'OPAQUE' : 'TRANSPARENT');
  event.addPropertyWithValue('x-onetrack-kind', kind);
  if (kind !== 'off' && day.hours) event.addPropertyWithValue('x-onetrack-hours', hoursText(day.hours));
  event.addPropertyWithValue('x-onetrack-source', source);
  return event;
}

type Period = Pick<UndecidedPeriod, 'from' | 'to'>;

/** What an import says of all its days, beside the file. */
export interface ImportGround {
  /** The act, for events without a DESCRIPTION. */
  legalBasis?: string | undefined;
  /** Where it was read, for events without X-ONETRACK-SOURCE. */
  source: string;
  /** The periods of `undecided` that it settles. */
  decides?: readonly Period[];
}

/**
 * The calendar with the days of an iCalendar file in the place of its own, from the file's first day to its last; what lies outside stays. An event without
 * a kind of ours is a day off. A day that stands there already and of which the file says nothing new stays as it is; of any other only its name in other
 * languages does. No period becomes decided by itself: days may be those of one act, and another still to come.
 */
export function readICalendar(
  text: string,
  base: Calendar,
  more: Pick<Calendar, 'version' | 'amends'> & ImportGround,
): Result<{ calendar: Calendar }> {
  const found = calendarIn(text);
  if (typeof found === 'string')
    return { ok: false, problems: [{ at: '', expected: `iCalendar (RFC 5545): ${found}` }] };
  const problems: ICalendarProblem[] = [];
  const days = new Map<string, CalendarDay>();
  const events = found.getAllSubcomponents('vevent').filter((event) => textOf(event, 'status') !== 'CANCELLED');
  for (const [index, event] of events.entries()) {
    const read = readEvent(event, base, more);
    if ('expected' in read) problems.push({ ...read, at: `event ${index + 1}: ${read.at}` });
    else
      for (const day of read.days) {
        if (days.has(day.date))
          problems.push({ at: `event ${index + 1}: DTSTART`, expected: 'a day of one event alone', found: day.date });
        days.set(day.date, day);
      }
  }
  if (events.length === 0) problems.push({ at: '', expected: 'at least one event (VEVENT)' });
  const dates = [...days.keys()].toSorted();
  problems.push(...(more.decides ?? []).flatMap((period) => problemOf(period, base, dates)));
  if (problems.length > 0) return { ok: false, problems };
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  const outside = base.days.filter(({ date }) => date < first || date > last);
  const { version, amends } = more;
  const merged = [...outside, ...days.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const undecided = base.undecided.filter((period) => !more.decides?.some((decided) => isSamePeriod(decided, period)));
  return { ok: true, calendar: { ...base, version, ...(amends && { amends }), days: merged, undecided } };
}

function isSamePeriod(a: Period, b: Period): boolean {
  return a.from === b.from && a.to === b.to;
}

function problemOf(period: Period, { undecided }: Calendar, dates: readonly string[]): ICalendarProblem[] {
  const { from, to } = period;
  const found = `${from}/${to}`;
  const known = undecided.map((each) => `${each.from}/${each.to}`).join(', ') || 'none';
  if (!undecided.some((each) => isSamePeriod(each, period)))
    return [{ at: 'decides', expected: `a period that is undecided (${known})`, found }];
  if (dates.some((date) => from <= date && date <= to)) return [];
  return [{ at: 'decides', expected: 'a period in which the file has a day', found }];
}

/** The one calendar of a file; or what is not so. */
function calendarIn(text: string): ICAL.Component | string {
  if (text.includes('\0') || text.includes('\ufffd')) return 'expected whole characters in UTF-8, without NUL';
  let parsed: unknown;
  try {
    parsed = ICAL.parse(text);
  } catch (error) {
    return (error as Error).message.slice(0, 200);
  }
  // Of a single calendar its name comes first, of several the first of them.
  return Array.isArray(parsed) && parsed[0] === 'vcalendar'
    ? new ICAL.Component(parsed as unknown[])
    : 'expected one calendar (VCALENDAR)';
}

function readEvent(
  event: ICAL.Component,
  base: Calendar,
  { legalBasis, source }: ImportGround,
): { days: CalendarDay[] } | ICalendarProblem {
  const name = textOf(event, 'summary');
  const span = spanOf(event);
  if ('expected' in span) return { ...span, found: span.found ?? name };
  if (event.hasProperty('rrule') || event.hasProperty('rdate'))
    return { at: 'RRULE', expected: 'single days: what recurs is decided each year', found: name };
  if (name === '') return { at: 'SUMMARY', expected: 'what the day is' };
  const basis = textOf(event, 'description') || legalBasis;
  if (basis === undefined || basis === '')
    return {
      at: 'DESCRIPTION',
      expected: 'the act that makes the day what it is; or `legalBasis` for all',
      found: name,
    };
  const kind = textOf(event, 'x-onetrack-kind') || 'off';
  const hours = readHours(textOf(event, 'x-onetrack-hours'));
  if (!isKind(kind)) return { at: 'X-ONETRACK-KIND', expected: 'off, half or workday', found: kind };
  if (kind === 'half' && !hours)
    return { at: 'X-ONETRACK-HOURS', expected: 'the hours of a half day, such as 07:00-11:30', found: name };
  const ground = { name, basis, source: textOf(event, 'x-onetrack-source') || source };
  return { days: span.dates.map((date) => dayAsSaid(base, { date, kind, hours, ...ground })) };
}

function spanOf(event: ICAL.Component): { dates: string[] } | ICalendarProblem {
  const start = dayOf(event, 'dtstart');
  if (start === undefined) return { at: 'DTSTART', ...NO_DAY, found: writtenAs(event, 'dtstart') };
  if (event.hasProperty('duration')) return { at: 'DURATION', expected: 'DTEND, the day after the last' };
  const end = event.hasProperty('dtend') ? dayOf(event, 'dtend') : dateAfter(start);
  if (end === undefined) return { at: 'DTEND', ...NO_DAY, found: writtenAs(event, 'dtend') };
  const dates = datesOf(start, end);
  return dates.length === 0 || dates.length > LONGEST_DAYS
    ? { at: 'DTEND', expected: `a day after DTSTART, by at most ${LONGEST_DAYS}` }
    : { dates };
}

function isKind(kind: string): kind is CalendarDay['kind'] {
  return kind === 'off' || kind === 'half' || kind === 'workday';
}

interface SaidDay {
  date: string;
  kind: CalendarDay['kind'];
  name: string;
  basis: string;
  source: string;
  hours: WorkingHours | undefined;
}

/** A day with the file's ground and source; of the day before it only other languages of what the file says stay. */
function dayAsSaid(base: Calendar, { date, kind, name, basis, source, hours }: SaidDay): CalendarDay {
  const known = base.days.find((day) => day.date === date && day.kind === kind);
  const common = {
    date,
    name: inKnownLanguages(name, known?.name),
    legalBasis: inKnownLanguages(basis, known?.legalBasis),
    source,
    verified: 'report' as const,
  };
  const day: CalendarDay =
    kind === 'off'
      ? { ...common, kind }
      : kind === 'half'
        ? { ...common, kind, hours: hours ?? [] }
        : { ...common, kind, ...(hours && { hours }) };
  return known && saysTheSame(known, day) ? known : day;
}

function inKnownLanguages(text: string, known: LanguageText | undefined): LanguageText {
  return known && Object.values(known).includes(text) ? known : { en: text };
}

function saysTheSame(known: CalendarDay, said: CalendarDay): boolean {
  const { note: _, verified: _judged, ...before } = known;
  const { verified: _report, ...after } = said;
  return canonical(before) === canonical(after);
}

/** A single day, `YYYY-MM-DD`. The library takes the 30th of February for the 2nd of March: a day counts only as it is written. */
function dayOf(event: ICAL.Component, property: string): string | undefined {
  const written = writtenAs(event, property);
  const [first, ...others] = event.getAllProperties(property);
  if (!first || others.length > 0 || first.type !== 'date' || !/^\d{4}-\d{2}-\d{2}$/.test(written)) return undefined;
  const day = new Date(`${written}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(written) ? written : undefined;
}

/** The values of a property as they stand in the file. */
function writtenAs(event: ICAL.Component, property: string): string {
  const [, , , ...values] = (event.getFirstProperty(property)?.toJSON() ?? []) as unknown[];
  return values.length === 0 ? 'nothing' : values.map(String).join(',');
}

/** DTEND is the day after the last (RFC 5545, 3.6.1). */
function datesOf(start: string, end: string): string[] {
  const first = Date.parse(`${start}T00:00:00Z`);
  const count = Math.min(Math.max((Date.parse(`${end}T00:00:00Z`) - first) / DAY_MS, 0), LONGEST_DAYS + 1);
  return Array.from({ length: count }, (_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10));
}

function dateAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

function textOf(event: ICAL.Component, property: string): string {
  const value: unknown = event.getFirstPropertyValue(property);
  return typeof value === 'string' ? value.normalize('NFC').trim() : '';
}

function inLanguage(text: LanguageText, language: string): string {
  return text[language] ?? text['en'] ?? '';
}

function hoursText(hours: WorkingHours): string {
  return hours.map(({ from, to }) => `${from}-${to}`).join(' ');
}

function readHours(text: string): WorkingHours | undefined {
  const spans = text.split(/[\s,]+/).filter((span) => span !== '');
  return spans.length === 0 ? undefined : spans.map((span) => ({ from: span.slice(0, 5), to: span.slice(6) }));
}
