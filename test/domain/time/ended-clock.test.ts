import type { Happening } from '../../../domain/time/clock-policy.ts';
import { deriveDeadline } from '../../../domain/time/derive-deadline.ts';
import { vietnam } from './calendars.ts';

const at = (local: string, kind: Happening['kind'], more: Partial<Happening> = {}): Happening => ({
  at: `${local.replace(' ', 'T')}:00+07:00`,
  kind,
  cause: 'test',
  ...more,
});
const derive = (happenings: readonly Happening[]) =>
  deriveDeadline({
    calendar: vietnam,
    policy: { limit: { workingDays: 3 }, firstDay: 'next', onDayOff: 'next' },
    happenings,
  });

it('comes to no date where it ends while it stands, for a stage or for a pause', () => {
  const start = at('2026-11-23 10:00', 'start');
  const end = at('2026-12-10 17:00', 'end');
  const left = { unit: 'workingDays', amount: 2 };
  for (const held of [{}, { ground: 'outage' }])
    expect(derive([start, at('2026-11-25 10:00', 'stop', held), end])).toMatchObject({
      state: 'stopped',
      left,
      ended: { at: end.at },
      facts: expect.arrayContaining([expect.objectContaining({ rule: 'ended', left })]) as unknown,
    });
  expect(derive([start, at('2026-11-25 10:00', 'shift'), end])).toMatchObject({ state: 'stopped' });
});

it('keeps its date where it ends within the term that a stage may last', () => {
  const start = at('2026-11-23 10:00', 'start');
  for (const counting of ['excess', 'all'] as const) {
    const stop = at('2026-11-25 10:00', 'stop', { ifOver: { limit: { workingDays: 1 }, counting } });
    expect(derive([start, stop, at('2026-11-26 10:00', 'end')])).toMatchObject({ dueAt: '2026-11-27T10:00:00Z' });
    expect(derive([start, stop, at('2026-11-27 10:00', 'end')])).toMatchObject({ state: 'stopped' });
  }
});
