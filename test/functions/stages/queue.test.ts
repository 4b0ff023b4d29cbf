import { queueOf } from '../../../functions/stages/queue.ts';

/** `old` was taken over by `new`, `split` by several. */
const workOf = (unit: string): string | null => (unit === 'split' ? null : unit === 'old' ? 'new' : unit);

describe('the queue of a piece of work', () => {
  it.each([
    ['a role of the competent unit', 'officer', 'ward', { role: 'officer', unit: 'ward' }],
    ['the unit that took over', 'officer', 'old', { role: 'officer', unit: 'new' }],
    [
      'the unit that took over from the one the procedure names',
      { role: 'officer', unit: 'old' },
      'ward',
      { role: 'officer', unit: 'new' },
    ],
    ['the coordinators, where several took over', 'officer', 'split', { role: 'coordinator', unit: 'coordination' }],
    ['the coordinators, where nobody could tell', 'officer', null, { role: 'coordinator', unit: 'coordination' }],
  ])('is that of %s', (_, by, unit, queue) => {
    expect(queueOf(by, unit, workOf)).toEqual(queue);
  });
});
