import { limitOf, policyOf } from '../../../domain/time/clock-policy.ts';

const term = { workingDays: 3 };

it.each([
  ['during.complete.shifts', { during: { complete: 'shifts' } }],
  ['during.fee.stopsIfOver+counting', { during: { fee: { stopsIfOver: { workingDays: 2 }, counting: 'all' } } }],
  ['extend', { extend: [{ id: 'copies' }] }],
  ['pauses', { pauses: [{ id: 'outage' }] }],
])('refuses %s, which is not reckoned yet', (field, clock) => {
  expect(policyOf(clock, term)).toMatchObject({ ok: false, refusal: { code: 'clock-unsupported', field } });
});

it('refuses a term whose amount is not evaluated yet', () => {
  expect(policyOf({}, { workingDays: '= facts.days' })).toMatchObject({ ok: false, refusal: { field: 'limit' } });
});

it('reads a clock that runs, stops and restarts, with the defaults of the language', () => {
  const during = { a: 'runs', b: 'stops', c: 'restarts', d: { restarts: { workingDays: 2 } } };
  expect(policyOf({ during, extend: [], pauses: [] }, term)).toEqual({
    ok: true,
    policy: { limit: { workingDays: 3 }, firstDay: 'next', onDayOff: 'next' },
  });
  expect(
    policyOf({ cutOff: '15:00', firstDay: 'same', onDayOff: 'stay' }, { sameDay: true, legalBasis: 'art. 5(3)' }),
  ).toEqual({
    ok: true,
    policy: { limit: { sameDay: true }, cutOff: '15:00', firstDay: 'same', onDayOff: 'stay', legalBasis: 'art. 5(3)' },
  });
});

it('reads a limit in each unit', () => {
  for (const limit of [{ workingHours: 8 }, { workingDays: 3 }, { calendarDays: 30 }, { months: 2 }, { sameDay: true }])
    expect(limitOf(limit as Parameters<typeof limitOf>[0])).toEqual(limit);
});
