import type { ClockPolicy, Happening, Limit } from '../../../domain/time/clock-policy.ts';
import { deriveDeadline } from '../../../domain/time/derive-deadline.ts';
import { vietnam } from './calendars.ts';

/** A happening at a local time of Vietnam, `2026-11-23 10:00`. */
function at(local: string, kind: Happening['kind'], limit?: Limit): Happening {
  return { at: `${local.replace(' ', 'T')}+07:00`, kind, cause: `test.${kind}`, ...(limit && { limit }) };
}

function due(happenings: readonly Happening[], policy: ClockPolicy): string {
  const deadline = deriveDeadline({ calendar: vietnam, policy, happenings });
  if (!deadline.ok || deadline.state !== 'due') throw new Error('expected a date');
  return deadline.dueAt;
}

const start = at('2026-03-02 10:00', 'start');
const three: ClockPolicy = { limit: { workingDays: 3 }, cutOff: '15:00', firstDay: 'next', onDayOff: 'next' };

describe('an extension around an interruption that left nothing of the limit', () => {
  // Three working days end on Thursday 5, on which the interruption begins; the clock goes on on Tuesday 10.
  const granted = (
    policy: ClockPolicy,
    { stop = '2026-03-05 16:00', resume = '2026-03-10 10:00' } = {},
  ): { before: string; within: string; after: string } => {
    const two = (local: string) => at(local, 'extend', { workingDays: 2 });
    const [stopped, resumed] = [at(stop, 'stop'), at(resume, 'resume')];
    return {
      before: due([start, two(stop), stopped, resumed], policy),
      within: due([start, stopped, two('2026-03-10 09:00'), resumed], policy),
      after: due([start, stopped, resumed, two(resume)], policy),
    };
  };
  it('is counted from the day on which the clock goes on, be it granted before, within or after', () => {
    const same = '2026-03-12T10:00:00Z';
    expect(granted(three)).toEqual({ before: same, within: same, after: same });
  });

  it('goes on like any rest if it was granted before: with the day of the resumption, where the law counts it', () => {
    const dayRule = { stop: 'counts', resume: 'counts', legalBasis: 'art. 1' } as const;
    const later = '2026-03-12T10:00:00Z'; // 11 and 12: of a limit that is used up nothing is resumed
    expect(granted({ ...three, dayRule })).toEqual({ before: '2026-03-11T10:00:00Z', within: later, after: later });
  });

  it('goes on like any rest if it was granted before: from the evening on which the clock goes on, else from the next working day', () => {
    const later = '2026-03-13T10:00:00Z'; // 12 and 13: what is used up ends on Wednesday 11, the day of Tuesday is over
    const evening = { resume: '2026-03-10 18:00' };
    expect(granted({ ...three, cutOff: '23:00' }, evening)).toEqual({
      before: '2026-03-12T10:00:00Z',
      within: later,
      after: later,
    });
  });

  it('is used already by the days after a last day off if it was granted before', () => {
    const over = { stop: '2026-03-09 10:00', resume: '2026-03-11 10:00' };
    const later = '2026-03-13T10:00:00Z'; // 12 and 13
    expect(granted({ ...three, limit: { calendarDays: 5 } }, over)).toEqual({
      before: '2026-03-12T10:00:00Z', // from Saturday 7: Monday 9, on which it stopped, and 12
      within: later,
      after: later,
    });
  });
});
