import fc from 'fast-check';
import { fold } from '../../../domain/dossier/fold.ts';
import type { ClockHappening, Dossier } from '../../../domain/dossier/state.ts';
import type { ClockPolicy, Happening } from '../../../domain/time/clock-policy.ts';
import { deriveDeadline, type Deadline } from '../../../domain/time/derive-deadline.ts';
import { openCalendar, type WorkingCalendar } from '../../../domain/time/working-calendar.ts';
import type { DossierEvent, EventBody } from '../../../schemas/events.ts';
import { DossierStory } from '../../builders/dossier-story.ts';
import { vietnam, withDaysOff } from '../time/calendars.ts';
import { anyPolicy, runs, wholeStory } from '../time/stories.ts';

/** Calendars that an amendment may bring: thirty days off more, one in so many days from another beginning. */
const amended: WorkingCalendar[] = Array.from({ length: 24 }, (_, variant) => {
  const first = Date.UTC(2025, 0, 3 + variant);
  const dates = Array.from({ length: 30 }, (__, count) => new Date(first + count * 24 * 86_400_000));
  return openCalendar({ ...withDaysOff(dates.map((date) => date.toISOString().slice(0, 10))), version: '1.1.0' });
});

interface Course {
  policy: ClockPolicy;
  happenings: readonly Happening[];
  /** Which of the amended calendars it is. */
  variant: number;
  /** How many happenings come before the calendar is amended. */
  amendedAfter: number;
}

function calendarOf({ variant }: Course): WorkingCalendar {
  const calendar = amended[variant];
  if (!calendar) throw new Error(`expected one of ${amended.length} calendars, found ${variant}`);
  return calendar;
}

type Due = Extract<Deadline, { state: 'due' }>;

function derived(calendar: WorkingCalendar, policy: ClockPolicy, happenings: readonly Happening[]): Deadline {
  const deadline = deriveDeadline({ calendar, policy, happenings });
  if (!deadline.ok) throw new Error(deadline.refusal.detail);
  return deadline;
}

function dateOf(calendar: WorkingCalendar, { due, dueAt }: Due) {
  return { due, dueAt, calendar: `${calendar.id}@${calendar.version}` };
}

/** The record of a dossier whose clock takes this course, each date as the calendar of its time gives it. */
function record(course: Course): DossierEvent[] {
  const { policy, happenings, amendedAfter } = course;
  const calendar = calendarOf(course);
  const events = [...new DossierStory().events];
  const [submitted] = events;
  let dossier = replay(events);
  const append = (at: string, body: EventBody): void => {
    const event = { ...submitted, ...body, seq: events.length + 1, at } as DossierEvent;
    events.push(event);
    dossier = fold(dossier, event, '');
  };
  for (const [index, happening] of [...happenings, undefined].entries()) {
    const last = dossier.clock.at(-1)?.at;
    if (index === amendedAfter && last !== undefined) {
      const deadline = derived(calendar, policy, dossier.clock);
      if (deadline.ok && deadline.state === 'due') {
        const { due, dueAt } = deadline;
        append(last, {
          type: 'DeadlineRecomputed',
          data: { ...dateOf(calendar, deadline), promised: { due, dueAt } },
        });
      }
    }
    if (!happening) break;
    const now = index < amendedAfter ? vietnam : calendar;
    const deadline = derived(now, policy, [...dossier.clock, happening]);
    append(happening.at, told(happening, deadline.ok && deadline.state === 'due' ? dateOf(now, deadline) : undefined));
  }
  return events;
}

/** The event that records a happening, with the date that it leads to, if any. */
function told(happening: Happening, date: ReturnType<typeof dateOf> | undefined): EventBody {
  const { kind, cause, ground, limit, ifOver, at } = happening;
  const dated = date ? { date } : {};
  if (ground !== undefined)
    return kind === 'stop'
      ? { type: 'PauseBegun', data: { pause: ground, since: at, announced: at } }
      : { type: 'PauseEnded', data: { pause: ground, until: at, ...dated } };
  switch (kind) {
    case 'stop':
    case 'shift': {
      const effect = ifOver ? 'stopsIfOver' : kind === 'stop' ? 'stops' : 'shifts';
      return { type: 'ClockStopped', data: { stage: cause, effect, ...(ifOver && { ifOver }) } };
    }
    case 'extend':
      if (!limit) throw new Error('expected an extension to say by how much');
      return { type: 'ClockExtended', data: { extension: cause, limit, ...dated } };
    case 'start':
    case 'resume':
    case 'restart':
      if (date) return { type: 'PromiseMade', data: { ...date, startsAt: at, clock: kind, cause } };
      if (kind === 'start') throw new Error('expected a started clock to have a date');
      return { type: 'ClockResumed', data: { clock: kind, cause } };
    case 'end':
      return { type: 'ClockEnded', data: { cause } };
  }
}

function replay(events: readonly DossierEvent[]): Dossier {
  let dossier: Dossier | undefined;
  for (const event of events) dossier = fold(dossier, event, '');
  if (!dossier) throw new Error('expected a record');
  return dossier;
}

const courses = fc.record({
  policy: anyPolicy,
  happenings: wholeStory,
  variant: fc.nat(amended.length - 1),
  amendedAfter: fc.integer({ min: 1, max: 12 }),
});

function plain(clock: readonly ClockHappening[]) {
  return clock.map(({ kind, at, ground }) => [kind, at, ground]);
}

it('gives the same dossier and the same date when its record is read again', () => {
  fc.assert(
    fc.property(courses, (taken) => {
      const events = record(taken);
      const read = JSON.parse(JSON.stringify(events)) as DossierEvent[];
      const dossier = replay(read);
      expect(dossier).toEqual(replay(events));
      const deadline = derived(calendarOf(taken), taken.policy, dossier.clock);
      expect(plain(dossier.clock)).toEqual(plain(taken.happenings));
      if (deadline.ok && deadline.state === 'due' && taken.amendedAfter <= taken.happenings.length)
        expect(dossier.lawful).toEqual({ due: deadline.due, dueAt: deadline.dueAt });
    }),
    runs,
  );
});

it('comes to the same date whether the calendar is amended amid the story or after it', () => {
  fc.assert(
    fc.property(courses, (taken) => {
      const amid = replay(record(taken));
      const after = replay(record({ ...taken, amendedAfter: taken.happenings.length }));
      expect(amid.clock).toEqual(after.clock);
      const deadline = derived(calendarOf(taken), taken.policy, after.clock);
      if (!deadline.ok || deadline.state !== 'due' || taken.amendedAfter > taken.happenings.length) return;
      expect(amid.lawful).toEqual(after.lawful);
      expect([amid.promise?.due, amid.promise?.dueAt]).toEqual([after.promise?.due, after.promise?.dueAt]);
    }),
    runs,
  );
});
