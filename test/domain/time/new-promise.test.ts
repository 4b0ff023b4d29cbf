import fc from 'fast-check';
import { instantBefore } from '../../../domain/time/around-deadline.ts';
import { newPromise } from '../../../domain/time/new-promise.ts';
import { endOfWorkingHours, isWorkingDay, localDate } from '../../../domain/time/working-calendar.ts';
import { vietnam } from './calendars.ts';

const promised = Date.parse('2026-11-23T10:00:00.000Z');

describe('a date promised instead of another', () => {
  it('is refused on a day off, on no day of the calendar, and unless it is later', () => {
    const expected = (due: string): string => {
      const answer = newPromise(vietnam, due, promised);
      return answer.ok ? 'ok' : answer.expected;
    };
    expect(expected('2026-11-24')).toBe('a working day'); // Vietnam Culture Day
    expect(expected('2026-11-28')).toBe('a working day'); // Saturday
    expect(expected('2026-11-23')).toContain('ends after 2026-11-23T10:00:00.000Z');
    expect(expected('2026-02-30')).toContain('expected a date from');
    expect(expected('2126-11-25')).toContain('expected a date from');
    expect(expected('2026-11-25')).toBe('ok');
  });

  it('ends with the working hours of its day', () => {
    expect(newPromise(vietnam, '2026-11-26', promised)).toEqual({
      ok: true,
      dueAt: Date.parse('2026-11-26T10:00:00.000Z'),
    });
  });
});

it('an apology one calendar day before is asked for on a working day, before the last one, and before no earlier working day than it must', () => {
  const days = vietnam.workingDays.slice(10, -10);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: days.length - 1 }), fc.integer({ min: 1, max: 5 }), (index, calendarDays) => {
      const date = days[index]?.date ?? '';
      const due = endOfWorkingHours(vietnam, date);
      if (!due.ok) throw new Error(date);
      const found = instantBefore(vietnam, new Date(due.value).toISOString(), { calendarDays });
      if (!found.ok) throw new Error(found.refusal.detail);
      const asked = localDate(vietnam, found.value);
      // Day by day, as one would count on a calendar on the wall.
      let day = Date.parse(date) - calendarDays * 86_400_000;
      const name = (): string => new Date(day).toISOString().slice(0, 10);
      for (
        let worked = isWorkingDay(vietnam, name());
        worked.ok && !worked.value;
        worked = isWorkingDay(vietnam, name())
      )
        day -= 86_400_000;
      expect(asked).toBe(name());
      expect(asked < date).toBe(true);
    }),
  );
});
