import type { TaskState } from '../../../domain/dossier/state.ts';
import type { Pinned } from '../../../functions/procedures/catalogue.ts';
import { formErrors, wantsForm } from '../../../functions/tasks/recorded-form.ts';
import type { Stage } from '../../../schemas/procedure/stages.ts';

const pinned = {
  procedure: { form: 'forms/applied.json' },
  validateForm: async (_: unknown, form: object) =>
    Promise.resolve('came' in form ? [] : [{ at: '/came', expected: 'who came' }]),
} as unknown as Pinned;
const official = { party: null } as TaskState;
const of = (kind: string, more: object): Stage => ({ kind, ...more }) as unknown as Stage;
const appear = of('verify', { by: 'officer', form: 'forms/presence.json', then: { valid: 'sign', invalid: 'end' } });

describe('what a stage has an official record', () => {
  it('is wanted where he leaves it by its way forward, and only there', async () => {
    const errors = (outcome: string, form?: object) =>
      formErrors(pinned, { task: official, stage: appear, decision: { outcome, form: form as never } });
    expect(await errors('valid')).toEqual([{ at: '/form/came', expected: 'who came' }]);
    expect(await errors('valid', { came: true })).toEqual([]);
    expect(await errors('invalid')).toEqual([]);
    expect(await errors('invalid', {})).toHaveLength(1);
  });

  it.each([
    ['a stage with a form', appear, official, true],
    ['a stage without one', of('verify', { by: 'officer', then: { valid: 'sign' } }), official, false],
    [
      'an inspection, which has forms for its steps',
      of('inspect', { form: 'f', then: { agreed: 'x' } }),
      official,
      false,
    ],
    [
      'a consulted body with a form of its own',
      of('consult', { parts: { fire: { form: 'f' } }, then: { agreed: 'x' } }),
      { party: null, part: { of: 'fire' } } as unknown as TaskState,
      true,
    ],
    [
      'an applicant, who may leave it as it was',
      of('ask', { of: 'applicant' }),
      { party: 'applicant' } as TaskState,
      false,
    ],
  ])('of %s', async (_, stage, task, wants) => {
    expect(await wantsForm(pinned, stage, task)).toBe(wants);
  });

  it('is judged beside what the dossier holds, of the applicant alone', async () => {
    const seen: unknown[] = [];
    const watched = {
      ...pinned,
      validateForm: (_: unknown, __: unknown, taken: unknown) => {
        seen.push(taken);
        return Promise.resolve([]);
      },
    } as unknown as Pinned;
    const asked = { stage: appear, decision: { outcome: 'valid', form: {} }, taken: { note: 'a long one' } };
    for (const party of ['applicant', null]) await formErrors(watched, { ...asked, task: { party } as TaskState });
    expect(seen).toEqual([{ note: 'a long one' }, undefined]);
  });
});
