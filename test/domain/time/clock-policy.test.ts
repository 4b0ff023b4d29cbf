import { limitOf, policyOf } from '../../../domain/time/clock-policy.ts';

const term = { workingDays: 3 };

it('refuses a term whose amount is not evaluated yet', () => {
  expect(policyOf({}, { workingDays: '= facts.days' })).toMatchObject({
    ok: false,
    refusal: { code: 'limit-invalid' },
  });
});

it('reads a clock with the defaults of the language, or with what the block says', () => {
  expect(policyOf({}, term)).toEqual({
    ok: true,
    policy: { limit: { workingDays: 3 }, firstDay: 'next', onDayOff: 'next' },
  });
  const dayRule = { stop: 'free', resume: 'counts', legalBasis: 'art. 1' } as const;
  expect(policyOf({ dayRule }, term)).toMatchObject({ policy: { dayRule } });
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
