import { clockAtStage } from '../../../functions/clock/during.ts';
import { Clock } from '../../../schemas/procedure/clock.ts';

const limit = { calendarDays: 15, legalBasis: 'art. 5(1^8)' };
const clock = Clock.parse({
  limit: { workingDays: 3 },
  during: {
    fee: 'runs',
    complete: { effect: 'shifts', legalBasis: 'art. 7(3^2)' },
    assess: { restarts: limit },
    again: { restarts: limit, legalBasis: 'art. 5(1^7)' },
    pay: { stopsIfOver: { workingDays: 2 }, counting: 'all', legalBasis: 'art. 9' },
  },
});

it('is what the procedure says, in the short form or with its law', () => {
  const at = (stage: string) => clockAtStage({ clock }, stage);
  expect(at('elsewhere')).toBeUndefined();
  expect(at('fee')).toEqual({ effect: 'runs' });
  expect(at('complete')).toEqual({ effect: 'shifts', legalBasis: 'art. 7(3^2)' });
  expect(at('assess')).toEqual({ effect: 'restarts', term: limit, legalBasis: limit.legalBasis });
  expect(at('again')).toMatchObject({ effect: 'restarts', legalBasis: 'art. 5(1^7)' });
  expect(at('pay')).toMatchObject({ effect: 'stopsIfOver', counting: 'all', legalBasis: 'art. 9' });
});
