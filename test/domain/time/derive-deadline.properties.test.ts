import fc from 'fast-check';
import type { ClockPolicy, Happening, Limit } from '../../../domain/time/clock-policy.ts';
import { deriveDeadline, type DueDeadline } from '../../../domain/time/derive-deadline.ts';
import { isWorkingDay, openCalendar, type WorkingCalendar } from '../../../domain/time/working-calendar.ts';
import { bucharest, vietnam, vietnamData, withDaysOff } from './calendars.ts';
import { slowDueAt } from './slow-clock.ts';

// 2025-01-02 to 2027-06-30 in Vietnam: every generated clock ends inside of the calendar, and nothing is left unjudged.
const firstMinute = Date.parse('2025-01-02T00:00:00+07:00') / 60_000;
const lastMinute = Date.parse('2027-06-30T00:00:00+07:00') / 60_000;

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

function dueUnder(calendar: WorkingCalendar, policy: ClockPolicy, happenings: readonly Happening[]): DueDeadline {
  const deadline = deriveDeadline({ calendar, policy, happenings });
  if (!deadline.ok || deadline.state !== 'due')
    throw new Error(`expected a due date, found ${JSON.stringify(deadline)}`);
  return deadline;
}

const runs = { numRuns: 400 };

it('agrees with the slow clock that walks day by day and minute by minute', () => {
  fc.assert(
    fc.property(anyPolicy, story, (policy, happenings) => {
      expect(dueUnder(vietnam, policy, happenings).dueAt).toBe(slowDueAt(vietnamData, policy, happenings));
    }),
    runs,
  );
});

it('is never due on a day off', () => {
  fc.assert(
    fc.property(rolling, story, (policy, happenings) => {
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
    { numRuns: 120 },
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
