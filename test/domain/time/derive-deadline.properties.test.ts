import fc from 'fast-check';
import type { ClockPolicy, Happening, Limit } from '../../../domain/time/clock-policy.ts';
import { deriveDeadline, type DueDeadline } from '../../../domain/time/derive-deadline.ts';
import { isWorkingDay, openCalendar, type WorkingCalendar } from '../../../domain/time/working-calendar.ts';
import { bucharest, vietnam, vietnamData, withDaysOff } from './calendars.ts';
import { slowDueAt } from './slow-clock.ts';

// 2025-01-02 to 2027-03-31 in Vietnam: every generated clock ends inside of the calendar, and nothing is left unjudged.
const firstMinute = Date.parse('2025-01-02T00:00:00+07:00') / 60_000;
const lastMinute = Date.parse('2027-03-31T00:00:00+07:00') / 60_000;

const minute = fc.integer({ min: firstMinute, max: lastMinute });
const limit: fc.Arbitrary<Limit> = fc.oneof(
  fc.integer({ min: 1, max: 30 }).map((workingDays) => ({ workingDays })),
  fc.integer({ min: 1, max: 40 }).map((calendarDays) => ({ calendarDays })),
  fc.integer({ min: 1, max: 40 }).map((workingHours) => ({ workingHours })),
  fc.integer({ min: 1, max: 2 }).map((months) => ({ months })),
  fc.constant({ sameDay: true } as const),
);
const cutOff = fc.constantFrom(undefined, '11:00', '15:00', '17:00', '20:00');
const policyWith = (onDayOff: fc.Arbitrary<'next' | 'stay'>): fc.Arbitrary<ClockPolicy> =>
  fc
    .record({ limit, cutOff, firstDay: fc.constantFrom('next' as const, 'same' as const), onDayOff })
    .map(({ cutOff: at, ...policy }) => (at === undefined ? policy : { ...policy, cutOff: at }));
const dayRule = fc.record({
  stop: fc.constantFrom('counts' as const, 'free' as const),
  resume: fc.constantFrom('counts' as const, 'free' as const),
  legalBasis: fc.constant('art. 1'),
});
const rolling = policyWith(fc.constant('next'));
const anyPolicy = policyWith(fc.constantFrom('next', 'stay'));

function happening(at: number, kind: Happening['kind']): Happening {
  return { at: new Date(at * 60_000).toISOString(), kind, cause: 'test' };
}

/** A start and, after it, up to three interruptions, each some minutes to some weeks after what came before. */
const gap = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 14 * 1440 }));
const interruption = fc.record({
  before: gap,
  lasts: gap,
  ends: fc.constantFrom('resume' as const, 'restart' as const),
});
const story = fc
  .record({ start: minute, interruptions: fc.array(interruption, { maxLength: 3 }) })
  .map(({ start, interruptions }) => {
    const happenings = [happening(start, 'start')];
    let now = start;
    for (const { before, lasts, ends } of interruptions) {
      happenings.push(happening(now + before, 'stop'), happening(now + before + lasts, ends));
      now += before + lasts;
    }
    return happenings;
  });

/** What may happen to a clock, all at once: stages that stop it, move its date or do so only if they last, restarts, extensions, and pauses that overlap them. */
const more = fc.oneof(
  fc.integer({ min: 1, max: 10 }).map((workingDays) => ({ workingDays })),
  fc.integer({ min: 1, max: 12 }).map((calendarDays) => ({ calendarDays })),
  fc.integer({ min: 1, max: 16 }).map((workingHours) => ({ workingHours })),
  fc.constant({ months: 1 }),
);
const ifOver = fc.record({ limit: more, counting: fc.constantFrom('excess' as const, 'all' as const) });
const stageVisit = fc.record({
  before: gap,
  lasts: gap,
  opens: fc.constantFrom('stop' as const, 'shift' as const),
  ifOver: fc.option(ifOver, { nil: undefined }),
  ends: fc.constantFrom('resume' as const, 'resume' as const, 'restart' as const),
});
const pause = fc.record({ after: fc.integer({ min: 1, max: 30 * 1440 }), lasts: gap });
const extension = fc.record({ after: fc.integer({ min: 1, max: 30 * 1440 }), limit: more });
const wholeStory = fc
  .record({
    start: minute,
    visits: fc.array(stageVisit, { maxLength: 3 }),
    pauses: fc.array(pause, { maxLength: 2 }),
    extensions: fc.array(extension, { maxLength: 2 }),
  })
  .map(({ start, visits, pauses, extensions }) => {
    const happenings = [happening(start, 'start')];
    let now = start;
    for (const { before, lasts, opens, ifOver: over, ends } of visits) {
      const conditional = opens === 'stop' && ends === 'resume' && over ? { ifOver: over } : {};
      happenings.push({ ...happening(now + before, opens), ...conditional }, happening(now + before + lasts, ends));
      now += before + lasts;
    }
    for (const [index, { after, lasts }] of pauses.entries()) {
      const ground = `pause${index}`;
      happenings.push(
        { ...happening(start + after, 'stop'), ground },
        { ...happening(start + after + lasts, 'resume'), ground },
      );
    }
    for (const { after, limit: by } of extensions)
      happenings.push({ ...happening(start + after, 'extend'), limit: by });
    return happenings.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  });

function dueUnder(calendar: WorkingCalendar, policy: ClockPolicy, happenings: readonly Happening[]): DueDeadline {
  const deadline = deriveDeadline({ calendar, policy, happenings });
  if (!deadline.ok || deadline.state !== 'due')
    throw new Error(`expected a due date, found ${JSON.stringify(deadline)}`);
  return deadline;
}

/** How many clocks are generated for each fact; `ONETRACK_CASES=100000` before a release. */
const runs = { numRuns: Number(process.env['ONETRACK_CASES'] ?? 250) };
const minutes = 60_000;

it(
  'agrees with the slow clock that walks day by day and minute by minute',
  () => {
    fc.assert(
      fc.property(anyPolicy, fc.option(dayRule, { nil: undefined }), wholeStory, (policy, rule, happenings) => {
        const ruled = rule === undefined ? policy : { ...policy, dayRule: rule };
        expect(dueUnder(vietnam, ruled, happenings).dueAt).toBe(slowDueAt(vietnamData, ruled, happenings));
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
      const start = Date.parse(happenings[0]?.at ?? '') + 7 * 3_600_000;
      const added = days.map((count) => new Date(start + count * 86_400_000).toISOString().slice(0, 10));
      const before = dueUnder(vietnam, policy, happenings);
      const after = dueUnder(openCalendar(withDaysOff(added)), policy, happenings);
      expect(Date.parse(after.dueAt)).toBeGreaterThanOrEqual(Date.parse(before.dueAt));
    }),
    runs,
  );
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

/** Found by chance: hours that follow a day begin when the day is over, also where a pause on that day used it up. */
const PAUSED_ON_THE_DAY: [ClockPolicy, Happening[], { after: number; lasts: number }] = [
  { limit: { sameDay: true }, firstDay: 'next', onDayOff: 'next' },
  [
    { at: '2025-01-01T17:00:00.000Z', kind: 'start', cause: 'test' },
    { at: '2025-01-01T17:01:00.000Z', kind: 'extend', cause: 'test', limit: { workingHours: 1 } },
  ],
  { after: 1, lasts: 0 },
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
    { ...runs, examples: [PAUSED_ON_THE_DAY] },
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
      const { steps, due } = dueUnder(vietnam, { ...policy, limit: { workingDays } }, happenings);
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
