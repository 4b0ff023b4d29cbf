import fc from 'fast-check';
import { Schedule } from '../../../embedded/engine/schedule.ts';

describe('Schedule', () => {
  it('takes what a sorted list would, however often instants were changed', () => {
    const change = fc.record({ execution: fc.nat(20), due: fc.option(fc.nat(50), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), fc.nat(50), (changes, now) => {
        const schedule = new Schedule();
        const expected = new Map<number, number>();
        for (const { execution, due } of changes) {
          schedule.set(execution, due);
          if (due === undefined) expected.delete(execution);
          else expected.set(execution, due);
        }
        const sorted = [...expected].sort(([a, x], [b, y]) => x - y || a - b);
        expect(schedule.next()).toBe(sorted[0]?.[1]);
        const taken: (number | undefined)[] = [];
        for (let id = schedule.take(now); id !== undefined; id = schedule.take(now)) taken.push(id);
        expect(taken).toEqual(sorted.filter(([, due]) => due <= now).map(([execution]) => execution));
      }),
    );
  });

  it('does not grow with instants that were changed', () => {
    const schedule = new Schedule();
    for (let i = 0; i < 100_000; i += 1) schedule.set(i % 10, i);
    for (let i = 0; i < 10; i += 1) expect(schedule.take(Infinity)).toBe(i);
    expect(schedule.take(Infinity)).toBeUndefined();
  });
});
