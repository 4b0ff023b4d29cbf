import { deriveBoth, hasRunBeyond, instantBefore } from '../../../domain/time/around-deadline.ts';
import type { ClockPolicy, Happening, Limit } from '../../../domain/time/clock-policy.ts';
import { vietnam } from './calendars.ts';

const at = (local: string, kind: Happening['kind'], more: Partial<Happening> = {}): Happening => ({
  at: `${local.replace(' ', 'T')}+07:00`,
  kind,
  cause: 'test',
  ...more,
});
const tenDays: ClockPolicy = { limit: { workingDays: 10 }, cutOff: '15:00', firstDay: 'next', onDayOff: 'next' };

describe('an instant before a deadline', () => {
  const before = (due: string, term: Limit): string => {
    const answer = instantBefore(vietnam, new Date(`${due.replace(' ', 'T')}:00+07:00`).toISOString(), term);
    return answer.ok ? new Date(answer.value).toISOString() : answer.refusal.code;
  };

  it('has no answer before the calendar begins', () => {
    expect(before('2025-01-02 17:00', { calendarDays: 3 })).toBe('calendar-out-of-range');
    expect(before('2025-01-02 17:00', { workingDays: 1 })).toBe('calendar-out-of-range');
    expect(before('2025-01-02 17:00', { workingHours: 9 })).toBe('calendar-out-of-range');
  });

  it('is the opening of the day before, or of the working day before where that is off', () => {
    expect(before('2026-11-27 17:00', { calendarDays: 1 })).toBe('2026-11-26T00:00:00.000Z');
    expect(before('2026-11-30 17:00', { calendarDays: 1 })).toBe('2026-11-27T00:00:00.000Z'); // Sunday
    expect(before('2026-11-25 17:00', { calendarDays: 1 })).toBe('2026-11-23T00:00:00.000Z'); // 24 November
  });

  it('counts working days and hours back', () => {
    expect(before('2026-11-30 17:00', { workingDays: 2 })).toBe('2026-11-26T00:00:00.000Z');
    expect(before('2026-11-27 17:00', { workingHours: 8 })).toBe('2026-11-27T00:00:00.000Z');
    expect(before('2026-11-25 08:00', { workingHours: 3 })).toBe('2026-11-23T08:00:00.000Z');
    expect(before('2026-11-27 17:00', { sameDay: true })).toBe('2026-11-27T00:00:00.000Z');
    expect(before('2026-11-27 17:00', { months: 1 })).toBe('2026-10-27T00:00:00.000Z');
  });
});

describe('preclusion', () => {
  const beyond = (happenings: Happening[], now: string): boolean => {
    const question = { calendar: vietnam, policy: tenDays, happenings };
    const answer = hasRunBeyond(question, { workingDays: 3 }, Date.parse(`${now.replace(' ', 'T')}+07:00`));
    if (!answer.ok) throw new Error(answer.refusal.detail);
    return answer.value;
  };
  const start = at('2026-11-23 10:00', 'start'); // three working days: until Friday 27

  it('precludes what comes after so much of the clock has run, not at its last minute', () => {
    expect(beyond([start], '2026-11-27 17:00')).toBe(false);
    expect(beyond([start], '2026-11-27 17:01')).toBe(true);
    expect(beyond([], '2026-11-27 17:01')).toBe(false);
  });

  it('does not count the time in which the clock stood still, and knows no extension', () => {
    const stopped = [start, at('2026-11-25 10:00', 'stop'), at('2026-12-01 10:00', 'resume')];
    expect(beyond(stopped, '2026-12-03 17:00')).toBe(false);
    expect(beyond(stopped, '2026-12-03 17:01')).toBe(true);
    const extended = at('2026-11-24 10:00', 'extend', { limit: { workingDays: 5 } });
    expect(beyond([start, extended], '2026-11-27 17:01')).toBe(true);
  });
});

it('gives the date of the law, which restarts, and of the indicator, which takes the time out', () => {
  const happenings = [
    at('2026-03-02 10:00', 'start'),
    at('2026-03-12 16:00', 'stop'),
    at('2026-03-18 14:00', 'restart', { limit: { workingDays: 7 } }),
  ];
  const { law, measured } = deriveBoth({ calendar: vietnam, policy: tenDays, happenings });
  expect(law).toMatchObject({ due: '2026-03-27' });
  expect(measured).toMatchObject({ due: '2026-03-20' });
});
