import type { ClockPolicy, Happening, Limit } from '../../../domain/time/clock-policy.ts';
import { deriveDeadline, type Deadline } from '../../../domain/time/derive-deadline.ts';
import { explain } from '../../../domain/time/explain.ts';
import type { WorkingCalendar } from '../../../domain/time/working-calendar.ts';
import { bucharest, vietnam } from './calendars.ts';

const threeDays: ClockPolicy = { limit: { workingDays: 3 }, cutOff: '15:00', firstDay: 'next', onDayOff: 'next' };

/** A happening at a local time of Vietnam, `2026-11-23 10:00`. */
function at(local: string, kind: Happening['kind'], more: Partial<Happening> = {}): Happening {
  return { at: `${local.replace(' ', 'T')}+07:00`, kind, cause: `test.${kind}`, ...more };
}

function derive(
  happenings: readonly Happening[],
  policy: Partial<ClockPolicy> = {},
  calendar: WorkingCalendar = vietnam,
): Deadline {
  return deriveDeadline({ calendar, policy: { ...threeDays, ...policy }, happenings });
}

/** The due instant in Vietnam's time, or why there is none. */
function due(happenings: readonly Happening[], policy: Partial<ClockPolicy> = {}): string {
  const deadline = derive(happenings, policy);
  if (!deadline.ok) return deadline.refusal.code;
  if (deadline.state !== 'due') return deadline.state;
  return deadline.dueAt;
}

const under = (limit: Limit, more: Partial<ClockPolicy> = {}): Partial<ClockPolicy> => ({ limit, ...more });

describe('refusals', () => {
  it('refuses a date that the calendar does not cover, naming date, calendar and range', () => {
    const deadline = derive([at('2027-12-30 10:00', 'start')]);
    expect(deadline).toMatchObject({
      ok: false,
      refusal: {
        code: 'calendar-out-of-range',
        date: '2028-01-01',
        calendar: 'vn@1.0.0',
        covers: { from: '2025-01-01', to: '2027-12-31' },
      },
    });
    expect(due([at('2024-12-31 10:00', 'start')])).toBe('calendar-out-of-range');
    expect(due([at('2026-11-23 10:00', 'start'), at('2028-01-03 10:00', 'stop')], under({ months: 40 }))).toBe(
      'calendar-out-of-range',
    );
  });

  it.each([0, -1, 1.5])('refuses a limit of %d working days', (workingDays) => {
    expect(due([at('2026-11-23 10:00', 'start')], under({ workingDays }))).toBe('limit-invalid');
  });

  it('refuses happenings that contradict each other, naming the first that does not fit', () => {
    const start = at('2026-11-23 10:00', 'start');
    const cases: [Happening[], number][] = [
      [[start, at('2026-11-22 10:00', 'stop')], 1],
      [[start, at('2026-11-23 11:00', 'start')], 1],
      [[start, at('2026-11-23 11:00', 'resume')], 1],
      [[start, at('2026-11-23 11:00', 'stop'), at('2026-11-23 12:00', 'stop')], 2],
    ];
    for (const [happenings, index] of cases)
      expect(derive(happenings)).toMatchObject({ ok: false, refusal: { code: 'clock-out-of-order', index } });
  });
});

describe('T-11: three working days over Vietnam Culture Day', () => {
  it('is due on Friday 27 November 2026 when received on Monday at 10:00', () => {
    expect(derive([at('2026-11-23 10:00', 'start')])).toMatchObject({
      ok: true,
      state: 'due',
      due: '2026-11-27',
      dueAt: '2026-11-27T10:00:00Z',
      provisional: false,
      calendar: 'vn@1.0.0',
    });
  });

  it('is due on Monday 30 November 2026 when received on Monday at 15:01', () => {
    expect(due([at('2026-11-23 15:01', 'start')])).toBe('2026-11-30T10:00:00Z');
  });

  it('takes 15:00:00 as in time, and a second later as late', () => {
    expect(due([at('2026-11-23 14:59:59', 'start')])).toBe('2026-11-27T10:00:00Z');
    expect(due([at('2026-11-23 15:00:00', 'start')])).toBe('2026-11-27T10:00:00Z');
    expect(due([at('2026-11-23 15:00:01', 'start')])).toBe('2026-11-30T10:00:00Z');
    expect(due([at('2026-11-23 15:00:00.001', 'start')])).toBe('2026-11-30T10:00:00Z');
  });

  it('takes what arrives on a day off as received at the next opening', () => {
    expect(due([at('2026-11-24 16:30', 'start')])).toBe(due([at('2026-11-25 07:00', 'start')]));
    expect(due([at('2026-11-21 09:00', 'start')])).toBe('2026-11-27T10:00:00Z');
  });

  it('counts the day of reception where the policy says so', () => {
    expect(due([at('2026-11-23 10:00', 'start')], { firstDay: 'same' })).toBe('2026-11-26T10:00:00Z');
  });

  it('keeps a reception in the evening on its day where there is no cut-off', () => {
    const { cutOff: _, ...policy } = threeDays;
    const deadline = deriveDeadline({ calendar: vietnam, policy, happenings: [at('2026-11-23 22:00', 'start')] });
    expect(deadline).toMatchObject({ due: '2026-11-27' });
  });

  it('counts a swapped Saturday and not the Monday it stands for', () => {
    expect(due([at('2026-08-20 10:00', 'start')])).toBe('2026-08-24T10:00:00Z');
    expect(due([at('2026-08-28 10:00', 'start')])).toBe('2026-09-07T10:00:00Z');
  });
});

describe('T-13: supplements', () => {
  const tenDays = under({ workingDays: 10 });
  // 10 working days from Monday 2 March 2026: the eighth is Thursday 12, the tenth Monday 16.
  const start = at('2026-03-02 10:00', 'start');
  const stop = at('2026-03-12 16:00', 'stop');

  it('is due on the tenth working day when nothing happens', () => {
    expect(due([start], tenDays)).toBe('2026-03-16T10:00:00Z');
  });

  it('has no date while it is stopped, only two days left', () => {
    const deadline = derive([start, stop], tenDays);
    expect(deadline).toMatchObject({ state: 'stopped', since: stop.at, left: { unit: 'workingDays', amount: 2 } });
    expect(deadline).not.toHaveProperty('due');
  });

  it('goes on with the two days left: the day of the stop counted, the day of the answer does not', () => {
    expect(due([start, stop, at('2026-03-18 14:00', 'resume')], tenDays)).toBe('2026-03-20T10:00:00Z');
  });

  it('starts ten new days where the clock restarts', () => {
    expect(due([start, stop, at('2026-03-18 14:00', 'restart')], tenDays)).toBe('2026-04-01T10:00:00Z');
  });

  it('starts the limit that the restart names', () => {
    const restart = at('2026-03-18 14:00', 'restart', { limit: { workingDays: 5 } });
    expect(due([start, stop, restart], tenDays)).toBe('2026-03-25T10:00:00Z');
  });

  it('applies the cut-off of 15:00 to the answer', () => {
    expect(due([start, stop, at('2026-03-18 15:00', 'resume')], tenDays)).toBe('2026-03-20T10:00:00Z');
    expect(due([start, stop, at('2026-03-18 15:01', 'resume')], tenDays)).toBe('2026-03-23T10:00:00Z');
  });

  it('moves nothing when the answer comes on the day of the request', () => {
    expect(due([start, at('2026-03-12 09:00', 'stop'), at('2026-03-12 11:00', 'resume')], tenDays)).toBe(
      '2026-03-16T10:00:00Z',
    );
  });

  it('is due on the day of the answer when the stop began on the last day', () => {
    const last = at('2026-03-16 16:00', 'stop');
    expect(due([start, last, at('2026-03-25 10:00', 'resume')], tenDays)).toBe('2026-03-25T10:00:00Z');
    expect(due([start, last, at('2026-03-25 15:30', 'resume')], tenDays)).toBe('2026-03-26T10:00:00Z');
  });

  it('moves nothing when the limit had passed before the stop', () => {
    const late = [start, at('2026-03-16 17:01', 'stop'), at('2026-03-25 10:00', 'resume')];
    expect(due(late, tenDays)).toBe('2026-03-16T10:00:00Z');
    expect(due([...late, at('2026-03-26 10:00', 'restart')], tenDays)).toBe('2026-04-09T10:00:00Z');
  });
});

describe('stages that shift the date, and stops that count only if they last', () => {
  const thirtyDays = under({ calendarDays: 30 });
  const start = at('2026-03-02 10:00', 'start'); // 1 April
  const shift = (from: string, to: string) => [at(from, 'shift'), at(to, 'resume')];

  it('moves the due date by as many calendar days as the stage was open, and then off a day off', () => {
    expect(due([start], thirtyDays)).toBe('2026-04-01T10:00:00Z');
    expect(due([start, ...shift('2026-03-10 10:00', '2026-03-12 10:00')], thirtyDays)).toBe('2026-04-03T10:00:00Z');
    expect(due([start, ...shift('2026-03-10 10:00', '2026-03-13 10:00')], thirtyDays)).toBe('2026-04-06T10:00:00Z');
    expect(due([start, ...shift('2026-03-10 10:00', '2026-03-10 14:00')], thirtyDays)).toBe('2026-04-01T10:00:00Z');
  });

  it('has no date while the stage is open, and moves nothing when the limit had passed', () => {
    expect(due([start, at('2026-03-10 10:00', 'shift')], thirtyDays)).toBe('stopped');
    expect(due([start, ...shift('2026-04-02 10:00', '2026-04-09 10:00')], thirtyDays)).toBe('2026-04-01T10:00:00Z');
  });

  it('uses up the term before the days that it was moved by when it is stopped later', () => {
    // Moved to 11 April; stopped on 7 April, six days after the term's end: four of the ten moved days are left.
    const moved = [start, ...shift('2026-03-10 10:00', '2026-03-20 10:00')];
    const stopped = [...moved, at('2026-04-07 10:00', 'stop'), at('2026-04-14 10:00', 'resume')];
    expect(due(stopped, { ...thirtyDays, onDayOff: 'stay' })).toBe('2026-04-18T10:00:00Z');
  });

  const ifOver = (counting: 'excess' | 'all') => ({ ifOver: { limit: { workingDays: 3 }, counting } });
  const tax = (counting: 'excess' | 'all', until: string) => [
    at('2026-03-02 10:00', 'start'),
    at('2026-03-04 10:00', 'stop', ifOver(counting)), // over when Monday 9 has ended
    at(until, 'resume'),
  ];

  it('runs on if the stage was over in time', () => {
    expect(due(tax('excess', '2026-03-09 17:00'), under({ workingDays: 10 }))).toBe('2026-03-16T10:00:00Z');
    expect(due(tax('all', '2026-03-09 17:00'), under({ workingDays: 10 }))).toBe('2026-03-16T10:00:00Z');
  });

  it('takes out what was over the term, or the whole time, as the law says', () => {
    expect(due(tax('excess', '2026-03-11 10:00'), under({ workingDays: 10 }))).toBe('2026-03-18T10:00:00Z');
    expect(due(tax('all', '2026-03-11 10:00'), under({ workingDays: 10 }))).toBe('2026-03-23T10:00:00Z');
  });

  it('still falls due while the stage is open if the limit ends before the term does', () => {
    const open = tax('excess', '2026-03-11 10:00').slice(0, 2);
    expect(due(open, under({ workingDays: 4 }))).toBe('2026-03-06T10:00:00Z');
    expect(due(open, under({ workingDays: 10 }))).toBe('stopped');
  });
});

describe('extensions and pauses', () => {
  const start = at('2026-03-02 10:00', 'start'); // ten working days: Monday 16
  const extend = (local: string, limit: Limit) => at(local, 'extend', { limit, legalBasis: 'art. 21' });

  it('refuses an extension that does not say by how much, and a pause that contradicts itself', () => {
    expect(due([start, at('2026-03-03 10:00', 'extend')])).toBe('clock-out-of-order');
    const pause = at('2026-03-03 10:00', 'stop', { ground: 'outage' });
    expect(due([start, pause, { ...pause, at: '2026-03-04T10:00+07:00' }])).toBe('clock-out-of-order');
    expect(due([start, at('2026-03-03 10:00', 'resume', { ground: 'outage' })])).toBe('clock-out-of-order');
  });

  it('counts an extension from the end of the term, in a unit of its own', () => {
    const ten = under({ workingDays: 10 });
    expect(due([start, extend('2026-03-05 10:00', { workingDays: 2 })], ten)).toBe('2026-03-18T10:00:00Z');
    expect(due([start, extend('2026-03-05 10:00', { calendarDays: 6 })], ten)).toBe('2026-03-23T10:00:00Z');
    expect(due([start, extend('2026-03-05 10:00', { months: 1 })], ten)).toBe('2026-04-16T10:00:00Z');
    expect(due([start, extend('2026-03-05 10:00', { workingHours: 4 })], ten)).toBe('2026-03-17T04:00:00Z');
  });

  it('moves nothing when the limit had passed, and is dropped by a restart', () => {
    const ten = under({ workingDays: 10 });
    expect(due([start, extend('2026-03-16 17:01', { workingDays: 2 })], ten)).toBe('2026-03-16T10:00:00Z');
    const restarted = [extend('2026-03-05 10:00', { workingDays: 2 }), at('2026-03-06 10:00', 'restart')];
    expect(due([start, ...restarted], ten)).toBe('2026-03-20T10:00:00Z');
  });

  it('counts a day once when a pause overlaps a stop, and goes on when both are over', () => {
    const happenings = [
      start,
      at('2026-03-04 10:00', 'stop'),
      at('2026-03-05 10:00', 'stop', { ground: 'outage' }),
      at('2026-03-06 10:00', 'resume'),
      at('2026-03-10 10:00', 'resume', { ground: 'outage' }),
    ];
    const deadline = derive(happenings, under({ workingDays: 10 }));
    expect(deadline).toMatchObject({ due: '2026-03-20' }); // 3 and 4 used, eight days from the 11th
    expect(deadline.ok && deadline.facts.map(({ rule }) => rule)).toEqual([
      'started',
      'counted',
      'stopped',
      'standing',
      'standing',
      'resumed',
      'counted',
      'due',
    ]);
  });

  it('tells each extension and shift with its ground and law', () => {
    const deadline = derive(
      [
        start,
        at('2026-03-03 10:00', 'shift', { label: { vi: 'bổ sung', en: 'supplement' }, legalBasis: 'art. 7(3)' }),
        at('2026-03-05 10:00', 'resume', { label: { vi: 'bổ sung', en: 'supplement' } }),
        extend('2026-03-06 10:00', { workingDays: 2 }),
      ],
      under({ workingDays: 10 }),
    );
    if (!deadline.ok || deadline.state !== 'due') throw new Error('expected a date');
    expect(deadline.due).toBe('2026-03-20');
    const steps = explain(deadline.facts);
    expect(steps.map(({ text }) => text.en)).toEqual([
      'Received on Mon 2 Mar 2026 at 10:00, before the cut-off of 15:00; the day of reception does not count.',
      'From Tue 3 Mar 2026 at 10:00 (supplement) the due date moves by as many days as this lasts. (art. 7(3))',
      'Over on Thu 5 Mar 2026 at 10:00 (supplement): the due date moves by 2 calendar days.',
      'Extended by 2 working days on Fri 6 Mar 2026 at 10:00 (test.extend). (art. 21)',
      'Counted towards the limit of 10 working days (the procedure names no law for it): 10 working days, Tue 3 Mar 2026, Wed 4 Mar 2026, Thu 5 Mar 2026, Fri 6 Mar 2026, Mon 9 Mar 2026, Tue 10 Mar 2026, Wed 11 Mar 2026, Thu 12 Mar 2026, Fri 13 Mar 2026, Mon 16 Mar 2026.',
      'Counted in addition (supplement): 2 calendar days, Tue 17 Mar 2026 to Wed 18 Mar 2026.',
      'Counted in addition (test.extend): 2 working days, Thu 19 Mar 2026 to Fri 20 Mar 2026. (art. 21)',
      'Due on Fri 20 Mar 2026 at 17:00, the end of working hours.',
    ]);
    expect(steps[1]?.text.vi).toContain('được lùi theo số ngày chờ');
  });
});

describe('a day rule of its own', () => {
  const start = at('2026-03-02 10:00', 'start');
  const pause = [at('2026-03-04 10:00', 'stop'), at('2026-03-06 10:00', 'resume')];
  const rule = (stop: 'counts' | 'free', resume: 'counts' | 'free') =>
    under({ workingDays: 10 }, { dayRule: { stop, resume, legalBasis: 'art. 1' } });

  it('counts the day of the stop and of the resumption, or not, as the law says', () => {
    expect(due([start, ...pause], rule('counts', 'free'))).toBe('2026-03-18T10:00:00Z');
    expect(due([start, ...pause], rule('free', 'free'))).toBe('2026-03-19T10:00:00Z');
    expect(due([start, ...pause], rule('counts', 'counts'))).toBe('2026-03-17T10:00:00Z');
    expect(due([start, ...pause], rule('free', 'counts'))).toBe('2026-03-18T10:00:00Z');
  });

  it('never counts a day twice', () => {
    const within = [at('2026-03-04 10:00', 'stop'), at('2026-03-04 11:00', 'resume')];
    expect(due([start, ...within], rule('counts', 'counts'))).toBe('2026-03-16T10:00:00Z');
  });
});

describe('T-15: a tax phase, a posting, and ten working days', () => {
  it('is due when the excluded phases are taken out, each shown with its ground', () => {
    const happenings = [
      at('2026-03-02 10:00', 'start'),
      at('2026-03-04 10:00', 'stop', { cause: 'tax' }), // seven working days: 13 March
      at('2026-03-13 16:00', 'resume', { cause: 'tax' }), // after 15:00: Monday 16
      at('2026-03-17 10:00', 'stop', { cause: 'posting' }), // thirty calendar days: 16 April
      at('2026-04-16 17:00', 'resume', { cause: 'posting' }),
    ];
    const deadline = derive(happenings, under({ workingDays: 10 }));
    // 3, 4 and 17 March count; seven are left, from Monday 20 April: Friday 17, on which the posting's answer counts, does not.
    expect(deadline).toMatchObject({ due: '2026-04-29' });
    const grounds = deadline.ok ? explain(deadline.facts).filter(({ rule }) => rule === 'stopped') : [];
    expect(grounds.map(({ cause, date }) => [cause, date])).toEqual([
      ['tax', '2026-03-04'],
      ['posting', '2026-03-17'],
    ]);
  });
});

describe('limits in every unit', () => {
  const sameDay = under({ sameDay: true });

  it('is due the same day at the end of working hours, and the next working day after the cut-off', () => {
    expect(due([at('2026-11-23 14:59', 'start')], sameDay)).toBe('2026-11-23T10:00:00Z');
    expect(due([at('2026-11-23 15:00', 'start')], sameDay)).toBe('2026-11-23T10:00:00Z');
    expect(due([at('2026-11-23 15:01', 'start')], sameDay)).toBe('2026-11-25T10:00:00Z');
    expect(due([at('2026-11-22 08:00', 'start')], sameDay)).toBe('2026-11-23T10:00:00Z');
  });

  it('is never due before its own reception: after working hours the same day is over, whatever the cut-off', () => {
    expect(due([at('2026-11-20 18:00', 'start')], { ...sameDay, cutOff: '23:00' })).toBe('2026-11-23T10:00:00Z');
  });

  it('is due on the day of the answer when a same-day case was stopped', () => {
    const stopped = [at('2026-11-23 10:00', 'start'), at('2026-11-23 14:00', 'stop')];
    expect(due([...stopped, at('2026-11-26 09:00', 'resume')], sameDay)).toBe('2026-11-26T10:00:00Z');
    expect(due([...stopped, at('2026-11-26 16:00', 'resume')], sameDay)).toBe('2026-11-27T10:00:00Z');
    const early = [at('2026-11-23 16:00', 'start'), at('2026-11-23 16:30', 'stop')];
    expect(due([...early, at('2026-11-23 16:45', 'resume')], sameDay)).toBe('2026-11-25T10:00:00Z');
    expect(due([...early, at('2026-11-26 09:00', 'resume')], sameDay)).toBe('2026-11-26T10:00:00Z');
  });

  it('counts days off in calendar days, and moves a last day that is off, unless it stays', () => {
    const start = at('2026-11-14 09:00', 'start'); // a Saturday: counts as of Monday 16
    expect(due([start], under({ calendarDays: 8 }))).toBe('2026-11-25T10:00:00Z');
    expect(due([start], under({ calendarDays: 8 }, { onDayOff: 'stay' }))).toBe('2026-11-24T10:00:00Z');
    expect(due([start], under({ calendarDays: 8 }, { firstDay: 'same' }))).toBe('2026-11-23T10:00:00Z');
  });

  it('keeps the calendar days left over a stop', () => {
    const happenings = [
      at('2026-03-02 10:00', 'start'),
      at('2026-03-10 10:00', 'stop'),
      at('2026-03-20 10:00', 'resume'),
    ];
    expect(due(happenings, under({ calendarDays: 30 }))).toBe('2026-04-13T10:00:00Z'); // 22 left: Saturday 11 April
  });

  it('ends months on the day of the same number, or on the last of a shorter month', () => {
    expect(due([at('2026-03-02 10:00', 'start')], under({ months: 2 }))).toBe('2026-05-04T10:00:00Z'); // 2 May is a Saturday
    expect(due([at('2025-12-31 10:00', 'start')], under({ months: 2 }))).toBe('2026-03-02T10:00:00Z'); // 28 February is a Saturday
  });

  it('counts hours within working hours, to the minute', () => {
    const eight = under({ workingHours: 8 });
    expect(due([at('2026-11-23 10:00', 'start')], eight)).toBe('2026-11-25T03:00:00Z');
    expect(due([at('2026-11-23 12:00', 'start')], eight)).toBe('2026-11-25T04:30:00Z');
    expect(due([at('2026-11-23 15:01', 'start')], eight)).toBe('2026-11-25T10:00:00Z');
    expect(due([at('2026-11-23 06:00', 'start')], eight)).toBe('2026-11-23T10:00:00Z');
  });

  it('stops and resumes hours to the minute', () => {
    const happenings = [
      at('2026-11-23 10:00', 'start'),
      at('2026-11-23 11:00', 'stop'),
      at('2026-11-25 14:00', 'resume'),
    ];
    expect(due(happenings, under({ workingHours: 4 }))).toBe('2026-11-25T10:00:00Z');
  });
});

describe('the life of a clock', () => {
  it('has not begun without a start, and what happens before it moves nothing', () => {
    const before = [
      at('2026-11-20 10:00', 'stop'),
      at('2026-11-20 11:00', 'resume'),
      at('2026-11-20 12:00', 'restart'),
    ];
    expect(derive(before)).toEqual({ ok: true, state: 'not-started', calendar: 'vn@1.0.0', facts: [] });
    expect(due([...before, at('2026-11-23 10:00', 'start')])).toBe('2026-11-27T10:00:00Z');
  });

  it('ends in time up to the due instant, and late after it', () => {
    const start = at('2026-11-23 10:00', 'start');
    expect(derive([start, at('2026-11-27 17:00', 'end')])).toMatchObject({ ended: { inTime: true } });
    expect(derive([start, at('2026-11-27 17:00:01', 'end')])).toMatchObject({ ended: { inTime: false } });
  });

  it('takes no notice of what follows its end', () => {
    const ended = [at('2026-11-23 10:00', 'start'), at('2026-11-26 10:00', 'end'), at('2026-11-26 11:00', 'stop')];
    expect(due(ended)).toBe('2026-11-27T10:00:00Z');
  });

  it('marks a date provisional when it touches a period whose decision is still to come', () => {
    const deadline = derive([at('2027-02-02 10:00', 'start')]);
    expect(deadline).toMatchObject({ due: '2027-02-10', provisional: true });
    expect(deadline.ok && deadline.facts.filter(({ rule }) => rule === 'provisional')).toHaveLength(2);
    expect(derive([at('2026-12-28 10:00', 'start')])).toMatchObject({ due: '2026-12-31', provisional: false });
  });
});

describe('a zone with summer time', () => {
  const policy: ClockPolicy = { limit: { workingDays: 1 }, firstDay: 'next', onDayOff: 'next' };

  it('is due at the local end of working hours on both sides of the change', () => {
    const start = (instant: string): Happening => ({ at: instant, kind: 'start', cause: 'test' });
    const winter = deriveDeadline({ calendar: bucharest, policy, happenings: [start('2026-03-26T08:00:00Z')] });
    const summer = deriveDeadline({ calendar: bucharest, policy, happenings: [start('2026-03-27T08:00:00Z')] });
    expect(winter).toMatchObject({ dueAt: '2026-03-27T15:00:00Z' });
    expect(summer).toMatchObject({ dueAt: '2026-03-30T14:00:00Z' });
  });

  it('judges the cut-off by the local clock', () => {
    const withCutOff: ClockPolicy = { ...policy, cutOff: '15:00' };
    const received = (instant: string) =>
      deriveDeadline({
        calendar: bucharest,
        policy: withCutOff,
        happenings: [{ at: instant, kind: 'start', cause: 'test' }],
      });
    expect(received('2026-03-26T13:00:00Z')).toMatchObject({ due: '2026-03-27' });
    expect(received('2026-03-31T13:00:00Z')).toMatchObject({ due: '2026-04-02' });
  });
});
