import fc from 'fast-check';
import { closedBefore, fallsDue, hasFallenDue } from '../../../domain/archive/retention.ts';

describe('a time of retention', () => {
  it('is counted in whole years that follow the one of the close', () => {
    expect(fallsDue({ years: 5 }, '2026-11-16T05:00:00.000Z')).toBe('2032-01-01');
    expect(fallsDue({ years: 0 }, '2026-11-16T05:00:00.000Z')).toBe('2027-01-01');
    expect(fallsDue({ years: 'permanent' }, '2026-11-16T05:00:00.000Z')).toBeUndefined();
  });

  it('is counted from the later year where the year is not the same everywhere, and over once its day has begun everywhere', () => {
    expect(fallsDue({ years: 1 }, '2026-12-31T09:59:59.999Z')).toBe('2028-01-01');
    expect(fallsDue({ years: 1 }, '2026-12-31T10:00:00.000Z')).toBe('2029-01-01');
    const over = (at: string) => hasFallenDue({ years: 1 }, '2026-06-01T00:00:00.000Z', Date.parse(at));
    expect([over('2028-01-01T11:59:59.999Z'), over('2028-01-01T12:00:00.000Z')]).toEqual([false, true]);
    expect(
      hasFallenDue({ years: 'permanent' }, '2026-06-01T00:00:00.000Z', Date.parse('2999-01-01T00:00:00.000Z')),
    ).toBe(false);
    expect(closedBefore({ years: 'permanent' }, 0)).toBeUndefined();
  });

  it('is found over by the index exactly when it is over', () => {
    const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2080-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: -2, max: 2 }),
        instant,
        (close, years, near, any) => {
          const closed = close.toISOString();
          const edge = Date.parse(`${fallsDue({ years }, closed) ?? ''}T12:00:00.000Z`);
          for (const now of [edge + near, any.getTime()])
            expect(closed < (closedBefore({ years }, now) ?? '')).toBe(hasFallenDue({ years }, closed, now));
        },
      ),
    );
  });
});
