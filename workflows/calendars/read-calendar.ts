import { parse, YAMLParseError } from 'yaml';
import { calendarSchema, type Calendar } from '../../schemas/calendar.ts';

/** What is wrong with a calendar's text: the path of the value, and what was expected there. */
export interface CalendarProblem {
  path: string;
  message: string;
}

/** Reads a calendar from its YAML text. A refusal names each path that does not hold; nothing is repaired. */
export function readCalendar(
  text: string,
): { ok: true; calendar: Calendar } | { ok: false; problems: CalendarProblem[] } {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    return { ok: false, problems: [{ path: '', message: error.message }] };
  }
  const result = calendarSchema.safeParse(value);
  if (result.success) return { ok: true, calendar: result.data };
  return {
    ok: false,
    problems: result.error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message })),
  };
}
