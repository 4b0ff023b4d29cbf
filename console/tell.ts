import type { Texts } from './languages/vi.ts';
import { inWholeUnits } from '../domain/payments/whole-units.ts';

/** Time zone of the administration, in which instants are told. */
const ZONE = 'Asia/Ho_Chi_Minh';
/** That zone's distance from UTC: it knows no summer time. */
export const OFFSET = '+07:00';
let clock: Intl.DateTimeFormat | undefined;

/** Made at first need: it takes some milliseconds of a start. */
function zoned(): Intl.DateTimeFormat {
  return (clock ??= new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }));
}

function partsOf(instant: number): Record<string, string> {
  return Object.fromEntries(
    zoned()
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
}

/** The date there at an instant, YYYY-MM-DD. */
export function dateOf(instant: number): string {
  const { year = '', month = '', day = '' } = partsOf(instant);
  return `${year}-${month}-${day}`;
}

/** A date, YYYY-MM-DD, in words. */
export function tellDate(t: Texts, date: string): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const weekday = t.date.weekdays[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? '';
  return t.date.long(weekday, day, month, year);
}

export function tellInstant(t: Texts, instant: string): string {
  const at = Date.parse(instant);
  const { hour = '', minute = '' } = partsOf(at);
  return t.date.at(tellDate(t, dateOf(at)), `${hour}:${minute}`);
}

export function tellNumber(t: Texts, value: number): string {
  return new Intl.NumberFormat(t.code, { maximumFractionDigits: 1 }).format(value);
}

/** Whole days from one date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** An amount of the currency's smallest unit, as it is written in this language. */
export function tellAmount(t: Texts, { value, currency }: { value: number; currency: string }): string {
  return new Intl.NumberFormat(t.code, { style: 'currency', currency }).format(inWholeUnits({ value, currency }));
}

export function tellSize(t: Texts, bytes: number): string {
  const [value, unit] = bytes >= 1_000_000 ? [bytes / 1_000_000, 'MB'] : [Math.max(1, bytes / 1000), 'kB'];
  return `${new Intl.NumberFormat(t.code, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)} ${unit}`;
}

interface Term {
  workingDays?: unknown;
  calendarDays?: unknown;
  workingHours?: unknown;
  months?: unknown;
  sameDay?: unknown;
}

/** A term as the procedure writes it, where it is a plain number. */
export function tellTerm(t: Texts, term: unknown): string {
  const { workingDays, calendarDays, workingHours, months, sameDay } = (
    typeof term === 'object' && term !== null && !Array.isArray(term) ? term : {}
  ) as Term;
  if (typeof workingDays === 'number') return t.happens.workingDays(workingDays);
  if (typeof calendarDays === 'number') return t.happens.calendarDays(calendarDays);
  if (typeof workingHours === 'number') return t.happens.hours(workingHours);
  if (typeof months === 'number') return t.happens.months(months);
  return sameDay === true ? t.happens.sameDay : '';
}

/** From which register an answer is, and when it said so. */
export function tellOwn(
  t: Texts,
  { registry, name = registry, said }: { registry: string; name?: string | undefined; said: string },
): string {
  return t.own.from(name, tellDate(t, dateOf(Date.parse(said))));
}
