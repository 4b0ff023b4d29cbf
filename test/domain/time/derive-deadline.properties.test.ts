import fc from 'fast-check';
import type { ClockPolicy, Happening } from '../../../domain/time/clock-policy.ts';
import { deriveDeadline, type DueDeadline } from '../../../domain/time/derive-deadline.ts';
import { explain } from '../../../domain/time/explain.ts';
import { isWorkingDay, openCalendar, type WorkingCalendar } from '../../../domain/time/working-calendar.ts';
import { bucharest, changed, changedData, vietnam, vietnamData, withDaysOff } from './calendars.ts';
import { slowDueAt } from './slow-clock.ts';
import {
  anyPolicy,
  dayRule,
  gap,
  happening,
  interruption,
  minute,
  more,
  pause,
  rolling,
  runs,
  story,
  wholeStory,
} from './stories.ts';

function dueUnder(calendar: WorkingCalendar, policy: ClockPolicy, happenings: readonly Happening[]): DueDeadline {
  const deadline = deriveDeadline({ calendar, policy, happenings });
  if (!deadline.ok || deadline.state !== 'due')
    throw new Error(`expected a due date, found ${JSON.stringify(deadline)}`);
  return deadline;
}

const minutes = 60_000;

/** Found by chance: a stop uses up the day of an earlier shift, and hours are granted when it is over. */
const SHIFTED_DAY_USED_UP: [ClockPolicy, undefined, Happening[]] = [
  { limit: { sameDay: true }, firstDay: 'next', onDayOff: 'next', cutOff: '11:00' },
  undefined,
  [
    { at: '2026-03-06T18:23:00.000Z', kind: 'start', cause: 'test' },
    { at: '2026-03-07T03:41:00.000Z', kind: 'stop', cause: 'test' },
    { at: '2026-03-16T21:28:00.000Z', kind: 'resume', cause: 'test' },
    { at: '2026-03-17T02:13:00.000Z', kind: 'shift', cause: 'test' },
    { at: '2026-03-17T09:34:00.000Z', kind: 'resume', cause: 'test' },
    { at: '2026-03-17T17:00:00.000Z', kind: 'stop', cause: 'test' },
    { at: '2026-03-17T17:00:00.000Z', kind: 'resume', cause: 'test' },
    { at: '2026-03-17T17:00:00.000Z', kind: 'extend', cause: 'test', limit: { workingHours: 1 } },
  ],
];

it(
  'agrees with the slow clock that walks day by day and minute by minute',
  () => {
    fc.assert(
      fc.property(anyPolicy, fc.option(dayRule, { nil: undefined }), wholeStory, (policy, rule, happenings) => {
        const ruled = rule === undefined ? policy : { ...policy, dayRule: rule };
        expect(dueUnder(vietnam, ruled, happenings).dueAt).toBe(slowDueAt(vietnamData, ruled, happenings));
        expect(dueUnder(changed, ruled, happenings).dueAt).toBe(slowDueAt(changedData, ruled, happenings));
      }),
      { ...runs, examples: [SHIFTED_DAY_USED_UP] },
    );
  },
  60 * minutes,
);

it(
  'agrees with the slow clock about what is left standing, or runs, when the dossier ends amid all this',
  () => {
    fc.assert(
      fc.property(anyPolicy, wholeStory, fc.nat(20), gap, (policy, happenings, cut, later) => {
        const before = happenings.slice(0, 1 + (cut % happenings.length));
        const last = Date.parse(before.at(-1)?.at ?? '') / 60_000;
        const next = Date.parse(happenings[before.length]?.at ?? '') / 60_000;
        const end = happening(Math.min(last + later, Number.isNaN(next) ? Infinity : next), 'end');
        const deadline = deriveDeadline({ calendar: vietnam, policy, happenings: [...before, end] });
        if (!deadline.ok) throw new Error(deadline.refusal.detail);
        const derived = deadline.state === 'due' ? deadline.dueAt : deadline.state;
        expect(derived).toBe(slowDueAt(vietnamData, policy, [...before, end]));
        expect(explain(deadline.facts).at(-1)).toMatchObject({ rule: 'ended' });
      }),
      runs,
    );
  },
  60 * minutes,
);

it('is never due on a day off', () => {
  fc.assert(
    fc.property(rolling, wholeStory, (policy, happenings) => {
      const { due } = dueUnder(vietnam, policy, happenings);
      expect(isWorkingDay(vietnam, due)).toEqual({ ok: true, value: true });
    }),
    runs,
  );
});

it('is never due before the reception, nor before the last resumption that moved it', () => {
  fc.assert(
    fc.property(rolling, minute, fc.array(interruption, { maxLength: 1 }), (policy, start, interruptions) => {
      const received = happening(start, 'start');
      const { dueAt } = dueUnder(vietnam, policy, [received]);
      expect(Date.parse(dueAt)).toBeGreaterThanOrEqual(Date.parse(received.at));
      for (const { before, lasts } of interruptions) {
        const [stop, resume] = [happening(start + before, 'stop'), happening(start + before + lasts, 'resume')];
        const moved = dueUnder(vietnam, policy, [received, stop, resume]).dueAt;
        if (Date.parse(stop.at) <= Date.parse(dueAt))
          expect(Date.parse(moved)).toBeGreaterThanOrEqual(Date.parse(resume.at));
        else expect(moved).toBe(dueAt);
      }
    }),
    runs,
  );
});

it('is never due earlier because it was received later', () => {
  fc.assert(
    fc.property(anyPolicy, minute, gap, (policy, start, later) => {
      const one = dueUnder(vietnam, policy, [happening(start, 'start')]);
      const other = dueUnder(vietnam, policy, [happening(start + later, 'start')]);
      expect(Date.parse(other.dueAt)).toBeGreaterThanOrEqual(Date.parse(one.dueAt));
    }),
    runs,
  );
});

it('is never due earlier because a day off was added', () => {
  const daysAfter = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(anyPolicy, story, daysAfter, (policy, happenings, days) => {
      const plain = 'months' in policy.limit ? happenings.slice(0, 1) : happenings;
      const [before, after] = besideDaysOff(policy, plain, days);
      expect(Date.parse(after.dueAt)).toBeGreaterThanOrEqual(Date.parse(before.dueAt));
    }),
    runs,
  );
});

it('is due earlier after a day off only where it moves the start of months to a day from which less is left when a stop begins', () => {
  const happened = (at: string, kind: Happening['kind']): Happening => ({ at, kind, cause: 'test' });
  // The 29th and the 30th of December are two months before the same day: what a stop leaves of them is not the same.
  const months = besideDaysOff(
    { limit: { months: 2 }, firstDay: 'next', onDayOff: 'next' },
    [
      happened('2025-12-27T01:00:00.000Z', 'start'),
      happened('2025-12-27T01:00:00.000Z', 'stop'),
      happened('2025-12-31T17:00:00.000Z', 'resume'),
    ],
    [2],
  );
  expect(months.map(({ due }) => due)).toEqual(['2026-03-09', '2026-03-06']);
});

it('is due at the end of the day after, worked or not, where the clock goes on after hours with nothing left', () => {
  const happened = (at: string, kind: Happening['kind']): Happening => ({ at, kind, cause: 'test' });
  // Friday, 17:01.
  const happenings = [
    happened('2027-03-12T03:00:00.000Z', 'start'),
    happened('2027-03-13T03:00:00.000Z', 'stop'),
    happened('2027-03-19T10:01:00.000Z', 'resume'),
  ];
  const due = (onDayOff: 'stay' | 'next'): string =>
    dueUnder(vietnam, { limit: { calendarDays: 1 }, firstDay: 'next', onDayOff }, happenings).due;
  expect([due('stay'), due('next')]).toEqual(['2027-03-20', '2027-03-22']);
});

it('is never due earlier because of a pause', () => {
  fc.assert(
    fc.property(anyPolicy, minute, gap, gap, (policy, start, before, lasts) => {
      const received = happening(start, 'start');
      const pause = [happening(start + before, 'stop'), happening(start + before + lasts, 'resume')];
      const without = dueUnder(vietnam, policy, [received]);
      expect(Date.parse(dueUnder(vietnam, policy, [received, ...pause]).dueAt)).toBeGreaterThanOrEqual(
        Date.parse(without.dueAt),
      );
    }),
    runs,
  );
});

/** The same clock, and with days off so many days after it began. */
function besideDaysOff(policy: ClockPolicy, happenings: readonly Happening[], days: readonly number[]) {
  const start = Date.parse(happenings[0]?.at ?? '') + 7 * 3_600_000;
  const added = days.map((count) => new Date(start + count * 86_400_000).toISOString().slice(0, 10));
  return [
    dueUnder(vietnam, policy, happenings),
    dueUnder(openCalendar(withDaysOff(added)), policy, happenings),
  ] as const;
}

/** Found by chance: hours that follow a day begin when the day is over, also where a pause on that day used it up. */
const PAUSED_ON_THE_DAY: [ClockPolicy, Happening[], { after: number; lasts: number }] = [
  { limit: { sameDay: true }, firstDay: 'next', onDayOff: 'next' },
  [
    { at: '2025-01-01T17:00:00.000Z', kind: 'start', cause: 'test' },
    { at: '2025-01-01T17:01:00.000Z', kind: 'extend', cause: 'test', limit: { workingHours: 1 } },
  ],
  { after: 1, lasts: 0 },
];

/** Found by chance: hours granted while nothing is left begin when the clock goes on, whether they are granted before or after that. */
const GRANTED_WITH_NOTHING_LEFT: typeof PAUSED_ON_THE_DAY = [
  { limit: { sameDay: true }, firstDay: 'next', onDayOff: 'next' },
  [
    { at: '2025-01-19T20:50:00.000Z', kind: 'start', cause: 'test' },
    { at: '2025-01-20T03:42:00.000Z', kind: 'stop', cause: 'test' },
    { at: '2025-01-24T10:01:00.000Z', kind: 'resume', cause: 'test' },
    { at: '2025-01-24T10:01:00.000Z', kind: 'extend', cause: 'test', limit: { workingHours: 1 } },
  ],
  { after: 1, lasts: 6550 },
];

/** Found by chance: with nothing left, after hours before a day off, a date that stays on days off came after that of a clock with a day left. */
const OVER_BEFORE_A_DAY_OFF: typeof PAUSED_ON_THE_DAY = [
  { limit: { months: 1 }, firstDay: 'next', onDayOff: 'stay' },
  [
    { at: '2026-02-21T11:24:00.000Z', kind: 'start', cause: 'test' },
    { at: '2026-03-22T21:03:00.000Z', kind: 'stop', cause: 'test' },
    { at: '2026-03-27T10:01:00.000Z', kind: 'resume', cause: 'test' },
  ],
  { after: 8976, lasts: 0 },
];

/** The same with an extension, which begins where that ends, and a date that moves to a working day. */
const EXTENDED_BEFORE_A_DAY_OFF: typeof PAUSED_ON_THE_DAY = [
  { limit: { calendarDays: 10 }, firstDay: 'next', onDayOff: 'next' },
  [
    { at: '2026-03-13T03:00:00.000Z', kind: 'start', cause: 'test' },
    { at: '2026-03-23T03:00:00.000Z', kind: 'stop', cause: 'test' },
    { at: '2026-03-24T03:00:00.000Z', kind: 'extend', cause: 'test', limit: { calendarDays: 5 } },
    { at: '2026-03-27T10:01:00.000Z', kind: 'resume', cause: 'test' },
  ],
  { after: 4 * 1440, lasts: 0 },
];

it('is never due earlier because of one more pause, whatever else stops it', () => {
  // A pause takes a shift that lies in it upon itself: the days count once, and not by the shift's rule of rounding.
  // Not with an extension by months: how long a month is depends on where it begins, and a pause may move that into a shorter one.
  const stops = wholeStory.map((happenings) =>
    happenings
      .filter(({ kind, limit: by }) => kind !== 'extend' || !by || !('months' in by))
      .map((each) => (each.kind === 'shift' ? { ...each, kind: 'stop' as const } : each)),
  );
  fc.assert(
    fc.property(anyPolicy, stops, pause, (policy, happenings, { after, lasts }) => {
      const start = Date.parse(happenings[0]?.at ?? '') / 60_000;
      const outage = [happening(start + after, 'stop'), happening(start + after + lasts, 'resume')];
      const paused = [...happenings, ...outage.map((each) => ({ ...each, ground: 'outage' }))].sort(
        (a, b) => Date.parse(a.at) - Date.parse(b.at),
      );
      const [before, later] = [dueUnder(vietnam, policy, happenings), dueUnder(vietnam, policy, paused)];
      expect(Date.parse(later.dueAt)).toBeGreaterThanOrEqual(Date.parse(before.dueAt));
    }),
    {
      ...runs,
      examples: [PAUSED_ON_THE_DAY, GRANTED_WITH_NOTHING_LEFT, OVER_BEFORE_A_DAY_OFF, EXTENDED_BEFORE_A_DAY_OFF],
    },
  );
});

it('is due earlier after one more pause only where that moves an extension by months into a shorter month', () => {
  // Twelve days and a month: it begins on 24 January without the outage, and on 4 February with it.
  const policy: ClockPolicy = { limit: { calendarDays: 12 }, firstDay: 'next', onDayOff: 'next' };
  const at = (instant: string, kind: Happening['kind'], more: Partial<Happening> = {}): Happening => ({
    at: instant,
    kind,
    cause: 'test',
    ...more,
  });
  const outage = [
    at('2025-01-01T17:01:00.000Z', 'stop', { ground: 'outage' }),
    at('2025-01-02T17:00:00.000Z', 'resume', { ground: 'outage' }),
  ];
  const due = (...pauses: Happening[]): string =>
    dueUnder(
      vietnam,
      policy,
      [
        at('2025-01-01T17:00:00.000Z', 'start'),
        at('2025-01-01T17:00:00.000Z', 'stop', { ifOver: { limit: { calendarDays: 1 }, counting: 'excess' } }),
        at('2025-01-01T17:01:00.000Z', 'extend', { limit: { months: 1 } }),
        at('2025-01-10T17:00:00.000Z', 'resume'),
        at('2025-01-23T17:00:00.000Z', 'stop', { ground: 'pause' }),
        at('2025-01-24T17:00:00.000Z', 'resume', { ground: 'pause' }),
        ...pauses,
      ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    ).due;
  expect(due()).toBe('2025-03-06');
  expect(due(...outage)).toBe('2025-03-04');
});

it('has steps that add up to the limit since the last restart and end at the due date', () => {
  const days = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(rolling, days, story, (policy, workingDays, happenings) => {
      const { facts, due } = dueUnder(vietnam, { ...policy, limit: { workingDays } }, happenings);
      const steps = explain(facts);
      const begun = steps.findLastIndex((step) => step.rule === 'started' || step.rule === 'restarted');
      const counted = steps.slice(begun).flatMap((step) => step.counted ?? []);
      expect(counted.reduce((sum, part) => sum + part.amount, 0)).toBe(workingDays);
      const last = counted.at(-1);
      const resumedAfter = steps.findLast((step) => step.rule === 'resumed' || step.rule === 'restarted');
      expect(last?.to === due || (resumedAfter !== undefined && (last?.to ?? '') < due)).toBe(true);
      expect(steps.findLast((step) => step.rule === 'due')?.date).toBe(due);
    }),
    runs,
  );
});

it('is due at the local end of working hours in a zone with summer time', () => {
  fc.assert(
    fc.property(rolling, minute, (policy, start) => {
      fc.pre(!('workingHours' in policy.limit));
      const { due, dueAt } = dueUnder(bucharest, policy, [happening(start, 'start')]);
      const local = new Intl.DateTimeFormat('sv-SE', {
        timeZone: 'Europe/Bucharest',
        dateStyle: 'short',
        timeStyle: 'short',
      }).format(new Date(dueAt));
      expect(local).toBe(`${due} 17:00`);
    }),
    runs,
  );
});

it('gives an extension the same effect whether it is granted just before or just after the clock goes on', () => {
  const extensions = fc.array(more, { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(anyPolicy, minute, gap, gap, extensions, (policy, start, before, lasts, limits) => {
      const back = start + before + lasts;
      const stopped = [happening(start, 'start'), happening(start + before, 'stop')];
      fc.pre(dueUnder(vietnam, policy, stopped.slice(0, 1)).dueAt >= (stopped[1]?.at ?? ''));
      const granted = limits.map((limit) => ({ ...happening(back, 'extend'), limit }));
      const resumed = happening(back, 'resume');
      const first = dueUnder(vietnam, policy, [...stopped, ...granted, resumed]);
      expect(first.dueAt).toBe(dueUnder(vietnam, policy, [...stopped, resumed, ...granted]).dueAt);
    }),
    runs,
  );
});

it('agrees with the slow clock on a day that a pause used up before hours', () => {
  const [policy, [start, extension]] = PAUSED_ON_THE_DAY;
  if (!start || !extension) throw new Error('expected two happenings');
  const pause = [
    { ...start, kind: 'stop' as const },
    { ...extension, kind: 'resume' as const, limit: undefined },
  ];
  const happenings = [start, pause[0] ?? start, extension, pause[1] ?? start].map(({ limit, ...each }) => ({
    ...each,
    ...(limit && { limit }),
  }));
  const { dueAt } = dueUnder(vietnam, policy, happenings);
  expect(dueAt).toBe(dueUnder(vietnam, policy, [start, extension]).dueAt);
  expect(dueAt).toBe(slowDueAt(vietnamData, policy, happenings));
});
