import { Temporal } from 'temporal-polyfill';
import type { LanguageText } from '../../schemas/calendar.ts';

/** The languages in which a derivation is told. */
export type Told = Readonly<Record<'vi' | 'en', string>>;

const weekdayNames = {
  vi: ['Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy', 'Chủ nhật'],
  en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
} as const;
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A date with its weekday, from tables of our own: the same on every host. `Thứ Hai 23/11/2026`, `Mon 23 Nov 2026`. */
export function tellDate(date: string): Told {
  const { year, month, day, dayOfWeek } = Temporal.PlainDate.from(date);
  const two = (n: number) => String(n).padStart(2, '0');
  return {
    vi: `${weekdayNames.vi[dayOfWeek - 1] ?? ''} ${two(day)}/${two(month)}/${year}`,
    en: `${weekdayNames.en[dayOfWeek - 1] ?? ''} ${day} ${monthNames[month - 1] ?? ''} ${year}`,
  };
}

/** Several dates, separated by commas. */
export function tellDates(dates: readonly string[]): Told {
  const told = dates.map(tellDate);
  return { vi: told.map((date) => date.vi).join(', '), en: told.map((date) => date.en).join(', ') };
}

/** A period, or one date where both ends are the same. */
export function tellPeriod(from: string, to: string): Told {
  const [first, last] = [tellDate(from), tellDate(to)];
  if (from === to) return first;
  return { vi: `${first.vi} đến ${last.vi}`, en: `${first.en} to ${last.en}` };
}

/** A wall-clock time: `15:00`, or `15:00:01` where seconds matter. */
export function tellTime(time: string): string {
  const seconds = time.slice(6, 8);
  return seconds === '' || seconds === '00' ? time.slice(0, 5) : `${time.slice(0, 5)}:${seconds}`;
}

/** A text of the calendar in the languages of the derivation; English stands in for a language that is missing. */
export function tellText(text: LanguageText): Told {
  const en = text['en'] ?? '';
  return { vi: text['vi'] ?? en, en };
}

/** A length of working time: `5 giờ 30 phút`, `5 hours 30 minutes`. */
export function tellHours(milliseconds: number): Told {
  const minutes = Math.floor(milliseconds / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return {
    vi: rest === 0 ? `${hours} giờ` : `${hours} giờ ${rest} phút`,
    en: rest === 0 ? plural(hours, 'hour') : `${plural(hours, 'hour')} ${plural(rest, 'minute')}`,
  };
}

/** An amount with its English noun. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
