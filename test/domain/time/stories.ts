import fc from 'fast-check';
import type { ClockPolicy, Happening, Limit } from '../../../domain/time/clock-policy.ts';

// 2025-01-02 to 2027-03-31 in Vietnam: every generated clock ends inside of the calendar, and nothing is left unjudged.
const firstMinute = Date.parse('2025-01-02T00:00:00+07:00') / 60_000;
const lastMinute = Date.parse('2027-03-31T00:00:00+07:00') / 60_000;

export const minute = fc.integer({ min: firstMinute, max: lastMinute });
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
export const dayRule = fc.record({
  stop: fc.constantFrom('counts' as const, 'free' as const),
  resume: fc.constantFrom('counts' as const, 'free' as const),
  legalBasis: fc.constant('art. 1'),
});
export const rolling = policyWith(fc.constant('next'));
export const anyPolicy = policyWith(fc.constantFrom('next', 'stay'));

export function happening(at: number, kind: Happening['kind']): Happening {
  return { at: new Date(at * 60_000).toISOString(), kind, cause: 'test' };
}

/** A start and, after it, up to three interruptions, each some minutes to some weeks after what came before. */
export const gap = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 14 * 1440 }));
export const interruption = fc.record({
  before: gap,
  lasts: gap,
  ends: fc.constantFrom('resume' as const, 'restart' as const),
});
export const story = fc
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
export const more = fc.oneof(
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
export const pause = fc.record({ after: fc.integer({ min: 1, max: 30 * 1440 }), lasts: gap });
const extension = fc.record({ after: fc.integer({ min: 1, max: 30 * 1440 }), limit: more });
export const wholeStory = fc
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

/** How many clocks are generated for each fact; `ONETRACK_CASES=100000` before a release. */
export const runs = { numRuns: Number(process.env['ONETRACK_CASES'] ?? 250) };
