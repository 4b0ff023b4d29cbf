import { readFileSync } from 'node:fs';
import type { Calendar } from '../../schemas/calendar.ts';
import type { Unit } from '../../schemas/organisation.ts';
import { readCalendar } from '../../workflows/calendars/read-calendar.ts';

const FOLDER = new URL('../../workflows/calendars/', import.meta.url);

/** The calendars by which these units work, as they come with Onetrack. Throws where one does not. */
export function sampleCalendars(units: readonly Pick<Unit, 'calendar'>[]): Calendar[] {
  return [...new Set(units.map(({ calendar }) => calendar))].map((id) => {
    const read = readCalendar(readFileSync(new URL(`${id}.yaml`, FOLDER), 'utf8'));
    if (!read.ok) throw new Error(`calendar ${id}: ${JSON.stringify(read.problems)}`);
    return read.calendar;
  });
}
