import fc from 'fast-check';
import { hasEnded, refuseReorganisation, successorsOf, unitsInForce } from '../../../domain/organisation/succession.ts';
import type { Unit } from '../../../schemas/organisation.ts';
import type { Reorganisation } from '../../../schemas/reorganisation.ts';

const unit = (id: string, area: string[] = [], from?: string): Unit => ({
  id,
  name: id,
  level: 'commune',
  parent: null,
  area,
  identifier: id,
  symbol: 'UBND',
  place: id,
  codeScheme: 'vn-one-stop',
  calendar: 'vn',
  ...(from !== undefined && { from }),
});
const at = (text: string): number => Date.parse(text);
const JULY = '2027-07-01T00:00:00+07:00';
const before = { now: at(JULY) - 1 };
const after = { now: at(JULY) };

const planned = (moves: Reorganisation['moves'], instant = JULY, id = 'r1'): Reorganisation => ({
  id,
  at: instant,
  legalBasis: 'Nghị quyết 1',
  moves,
});
const merged = [
  planned([
    { from: 'a', to: ['c'] },
    { from: 'b', to: ['c'] },
  ]),
];

describe('who stands in the place of a unit', () => {
  it('is the unit itself until the instant, and the one that took over from it on', () => {
    expect(successorsOf(merged, 'a', before)).toEqual(['a']);
    expect(successorsOf(merged, 'a', after)).toEqual(['c']);
    expect(successorsOf(merged, 'c', after)).toEqual(['c']);
    expect([
      hasEnded(merged, 'a', before.now),
      hasEnded(merged, 'a', after.now),
      hasEnded(merged, 'c', after.now),
    ]).toEqual([false, true, false]);
  });

  it('is found through one reorganisation after another, in the order of their instants', () => {
    const later = planned([{ from: 'c', to: ['d', 'e'] }], '2028-01-01T00:00:00Z', 'r2');
    const now = at('2028-02-01T00:00:00Z');
    expect(successorsOf([later, ...merged], 'a', { now })).toEqual(['d', 'e']);
    expect(successorsOf([later, ...merged], 'a', after)).toEqual(['c']);
  });

  it('is another only for the procedures that were handed on; the unit remains', () => {
    const handed = [planned([{ from: 'a', to: ['b'], procedures: ['birth'] }])];
    expect(successorsOf(handed, 'a', { ...after, procedure: 'birth' })).toEqual(['b']);
    expect(successorsOf(handed, 'a', { ...after, procedure: 'death' })).toEqual(['a']);
    expect(hasEnded(handed, 'a', after.now)).toBe(false);
  });

  it('is for a procedure the one to which it was handed on, also where the unit ends, in whatever order the plan says so', () => {
    const all = { from: 'a', to: ['b'] };
    const one = { from: 'a', to: ['c'], procedures: ['birth'] };
    for (const moves of [
      [all, one],
      [one, all],
    ]) {
      expect(successorsOf([planned(moves)], 'a', { ...after, procedure: 'birth' })).toEqual(['c']);
      expect(successorsOf([planned(moves)], 'a', { ...after, procedure: 'death' })).toEqual(['b']);
    }
  });
});

describe('units in force', () => {
  it('have the areas of those they took over, from the instant on', () => {
    const units = [unit('a', ['1']), unit('b', ['2']), unit('c', ['3'])];
    const areas = (now: number) => unitsInForce(units, merged, now).map(({ id, area }) => [id, area]);
    expect(areas(before.now)).toEqual([
      ['a', ['1']],
      ['b', ['2']],
      ['c', ['3']],
    ]);
    expect(areas(after.now)).toEqual([['c', ['3', '1', '2']]]);
  });

  it('begin at their instant; those that a unit is split into say themselves which area is theirs', () => {
    const units = [unit('a', ['1', '2']), unit('b', ['1'], JULY), unit('c', ['2'], JULY)];
    const split = [planned([{ from: 'a', to: ['b', 'c'] }])];
    expect(unitsInForce(units, split, before.now).map(({ id }) => id)).toEqual(['a']);
    expect(unitsInForce(units, split, after.now).map(({ id, area }) => [id, area])).toEqual([
      ['b', ['1']],
      ['c', ['2']],
    ]);
  });

  it('cover each area as before, whatever merges', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'] as const;
    const move = fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids).map((id) => [id]) });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 5 }), (moves) => {
        const units = ids.map((id) => unit(id, [`area-${id}`]));
        const plans: Reorganisation[] = [];
        for (const [index, each] of moves.entries()) {
          const instant = new Date(at(JULY) + (index % 2 === 0 ? index : 9 - index) * 1000).toISOString();
          const plan = planned([each], instant, `r${index}`);
          if (!refuseReorganisation(plan, plans, units, before.now)) plans.push(plan);
        }
        const now = at(JULY) + 10_000;
        const covered = unitsInForce(units, plans, now).flatMap(({ area }) => area);
        expect(covered.toSorted()).toEqual(ids.map((id) => `area-${id}`));
        for (const id of ids)
          for (const successor of successorsOf(plans, id, { now })) expect(hasEnded(plans, successor, now)).toBe(false);
      }),
    );
  });
});

describe('a reorganisation', () => {
  const units = [unit('a'), unit('b'), unit('c'), unit('late', [], '2027-08-01T00:00:00Z')];
  const refusal = (plan: Reorganisation, others: Reorganisation[] = []) =>
    refuseReorganisation(plan, others, units, before.now)?.refusal.detail;

  it.each<[string, Reorganisation, string]>([
    ['in the past', planned([{ from: 'a', to: ['c'] }], '2026-01-01T00:00:00Z'), 'expected an instant that is to come'],
    ['of a unit nobody knows', planned([{ from: 'x', to: ['c'] }]), '/moves/0/from: expected a unit, got x'],
    ['to a unit nobody knows', planned([{ from: 'a', to: ['b', 'x'] }]), '/moves/0/to/1: expected a unit, got x'],
    ['to itself', planned([{ from: 'a', to: ['a'] }]), '/moves/0/to/0: expected another unit'],
    [
      'in a circle',
      planned([
        { from: 'a', to: ['b'] },
        { from: 'b', to: ['a'] },
      ]),
      '/moves/0/to/0: expected a unit that is still there',
    ],
    [
      'to one that begins later',
      planned([{ from: 'a', to: ['late'] }]),
      '/moves/0/to/0: expected a unit that is there on',
    ],
    [
      'twice of one unit',
      planned([
        { from: 'a', to: ['b'] },
        { from: 'a', to: ['c'] },
      ]),
      '/moves/0/from: expected a unit that hands on once',
    ],
  ])('is refused %s', (_, plan, detail) => {
    expect(refusal(plan)).toContain(detail);
  });

  it('is refused beside another that hands on the same, and may replace its own plan', () => {
    const first = planned([{ from: 'a', to: ['b'] }]);
    expect(refusal(planned([{ from: 'a', to: ['c'] }], JULY, 'r2'), [first])).toContain('hands on once');
    expect(refusal(planned([{ from: 'a', to: ['c'] }]), [first])).toBeUndefined();
    const august = planned([{ from: 'a', to: ['b'] }], '2027-08-01T00:00:00Z');
    expect(refusal(planned([{ from: 'b', to: ['c'] }], JULY, 'r2'), [august])).toContain('nothing is handed on later');
  });
});
