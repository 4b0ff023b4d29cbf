import { prefilledOtherwise } from '../../../functions/evidence/check-prefilled.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import type { Definition } from '../../../schemas/procedure/definition.ts';

const definition = {
  forms: {},
  procedure: {
    legalBasis: ['Law 1'],
    form: { properties: { applicant: { properties: { name: { type: 'string', 'x-from': 'population.name' } } } } },
  },
} as unknown as Definition;

function submitted(change: object = {}, fields = [{ at: '/applicant/name', field: 'name' }], registry = 'population') {
  const prefilled = [{ registry, legalBasis: ['Law 1'], fields, ...change }];
  const event = {
    type: 'DossierSubmitted',
    seq: 1,
    actor: { kind: 'applicant' },
    data: { channel: 'online', prefilled },
  };
  return event as unknown as DossierEvent & { type: 'DossierSubmitted' };
}
const found = (event: DossierEvent): string[] =>
  prefilledOtherwise([event], definition).map(({ expected }) => expected);

describe('answers that a record says a register gave', () => {
  it('are refused of an official, and of what came at the counter', () => {
    const event = submitted();
    expect(found({ ...event, actor: { kind: 'official' } } as DossierEvent)).toHaveLength(1);
    expect(found({ ...event, data: { ...event.data, channel: 'counter' } })).toHaveLength(1);
  });

  it('are refused where the form has the field from no register, or from another, or by another law', () => {
    expect(found(submitted({}, [{ at: '/note', field: 'name' }]))).toEqual(['/note from no register']);
    expect(found(submitted({}, undefined, 'business'))).toEqual(['/applicant/name from population.name']);
    expect(found(submitted({}, [{ at: '/applicant/name', field: 'nickname' }]))).toHaveLength(1);
    expect(found(submitted({ legalBasis: ['Law 2'] }))).toEqual(['["Law 1"]']);
  });

  it('stand where all is as the procedure says, and where there are none', () => {
    expect(found(submitted())).toEqual([]);
    const { prefilled: _, ...data } = submitted().data;
    expect(found({ ...submitted(), data })).toEqual([]);
  });
});
