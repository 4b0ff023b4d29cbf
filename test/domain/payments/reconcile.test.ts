import fc from 'fast-check';
import { reconcile } from '../../../domain/payments/reconcile.ts';
import type { MoneyEntry, StatementLine } from '../../../schemas/payments.ts';

const SPAN = { from: '2026-11-22T17:00:00.000Z', before: '2026-11-23T17:00:00.000Z' };
const VND = (value: number) => ({ value, currency: 'VND' });

function entry(payment: string, value: number, more: Partial<MoneyEntry> = {}): MoneyEntry {
  return {
    at: '2026-11-23T03:00:00.000Z',
    kind: 'settled',
    system: 'bank',
    payment,
    amount: VND(value),
    dossier: 'd00000000000000000000000001',
    seq: 1,
    ...more,
  };
}

const line = (payment: string, value: number, kind: StatementLine['kind'] = 'in'): StatementLine => ({
  payment,
  amount: VND(value),
  kind,
});
const names = (rows: readonly { payment: string }[]): string[] => rows.map(({ payment }) => payment);

describe('a statement', () => {
  it('agrees where each line stands in the record once: what settled, what waits to go back, what went back', () => {
    const entries = [
      entry('p1', 5),
      entry('p2', 7, { kind: 'to-refund' }),
      entry('p2', 7, { kind: 'refunded', at: '2026-11-23T04:00:00.000Z' }),
    ];
    const found = reconcile([line('p1', 5), line('p2', 7), line('p2', 7, 'out')], entries, SPAN);
    const sums = [{ currency: 'VND', in: { count: 2, value: 12 }, out: { count: 1, value: 7 } }];
    expect(found).toMatchObject({ balanced: true, agreed: 3, stated: sums, recorded: sums, elsewhen: [] });
  });

  it('is told what it alone has, what the record alone has, and what has another sum or currency', () => {
    const entries = [entry('p1', 5), entry('p2', 7), entry('p3', 9)];
    const euro = { ...line('p3', 9), amount: { value: 9, currency: 'EUR' } };
    const found = reconcile([line('p1', 6), euro, line('p9', 1)], entries, SPAN);
    expect(found).toMatchObject({ balanced: false, agreed: 0 });
    expect(found.differing).toMatchObject([
      { payment: 'p1', stated: VND(6), recorded: VND(5) },
      { payment: 'p3', stated: { value: 9, currency: 'EUR' }, recorded: VND(9) },
    ]);
    expect([names(found.unrecorded), names(found.unstated)]).toEqual([['p9'], ['p2']]);
  });

  it('agrees with what was recorded on the day before or after, and is told so; other days do not concern it', () => {
    const entries = [
      entry('late', 5, { at: SPAN.before }),
      entry('other', 6, { at: SPAN.before }),
      entry('yesterday', 7, { at: '2026-11-22T16:59:59.999Z' }),
    ];
    const found = reconcile([line('late', 5)], entries, SPAN);
    expect(found).toMatchObject({ balanced: true, agreed: 1, unstated: [], recorded: [] });
    expect(names(found.elsewhen)).toEqual(['late']);
  });

  it('tells apart what was recorded within the first hour, since the day before may have it; compared with both days it is found', () => {
    const entries = [entry('first', 5, { at: SPAN.from }), entry('second', 6, { at: '2026-11-22T18:00:00.000Z' })];
    const found = reconcile([], entries, SPAN);
    expect([names(found.early), names(found.unstated), found.balanced]).toEqual([['first'], ['second'], false]);
    expect(reconcile([], entries.slice(0, 1), SPAN).balanced).toBe(false);
    const both = { ...SPAN, from: '2026-11-21T17:00:00.000Z' };
    expect(reconcile([line('first', 5), line('second', 6)], entries, both).balanced).toBe(true);
  });

  it.each<[string, StatementLine[], MoneyEntry[], object]>([
    ['the statement', [line('p1', 5), line('p1', 5)], [entry('p1', 5)], { where: 'statement', times: 2 }],
    [
      'the record, of two dossiers',
      [line('p1', 5)],
      [entry('p1', 5), entry('p1', 5, { dossier: 'd00000000000000000000000002' })],
      { where: 'record', times: 2 },
    ],
  ])('does not agree where a payment stands twice in %s', (_, lines, entries, told) => {
    const found = reconcile(lines, entries, SPAN);
    expect(found).toMatchObject({ balanced: false, repeated: [{ kind: 'in', payment: 'p1', ...told }] });
  });
});

const payments = fc.uniqueArray(
  fc.record({
    payment: fc.stringMatching(/^[a-z ]{1,3}$/),
    kind: fc.constantFrom<MoneyEntry['kind'][]>('settled', 'to-refund', 'refunded'),
    value: fc.integer({ min: 0, max: 3 }),
    hour: fc.integer({ min: -24, max: 47 }),
    // What the statement says of it: the same, another sum, nothing; or it alone has it.
    said: fc.constantFrom('same', 'other', 'nothing', 'alone'),
  }),
  { selector: ({ payment, kind }) => `${kind === 'refunded' ? 'out' : 'in'} ${payment}`, maxLength: 12 },
);

it('property: each line and each entry of the days is told of once, and it balances exactly where all that is told agrees', () => {
  fc.assert(
    fc.property(payments, (each) => {
      const at = (hour: number): string => new Date(Date.parse(SPAN.from) + hour * 3_600_000).toISOString();
      const entries = each
        .filter(({ said }) => said !== 'alone')
        .map(({ payment, kind, value, hour }) => entry(payment, value, { kind, at: at(hour) }));
      const lines = each
        .filter(({ said }) => said !== 'nothing')
        .map(({ payment, kind, value, said }) =>
          line(payment, said === 'other' ? value + 1 : value, kind === 'refunded' ? 'out' : 'in'),
        );
      const found = reconcile(lines, entries, SPAN);
      const count = (said: string): number => each.filter((one) => one.said === said).length;
      const silent = each.filter(({ said, hour }) => said === 'nothing' && hour >= 0 && hour < 24);
      expect([found.agreed, found.differing.length, found.unrecorded.length]).toEqual([
        count('same'),
        count('other'),
        count('alone'),
      ]);
      expect([found.early.length, found.unstated.length]).toEqual([
        silent.filter(({ hour }) => hour < 1).length,
        silent.filter(({ hour }) => hour >= 1).length,
      ]);
      expect(found.balanced).toBe(
        found.differing.length + found.unrecorded.length + found.unstated.length + found.early.length === 0,
      );
      const total = (rows: typeof found.stated, side: 'in' | 'out'): number =>
        rows.reduce((sum, row) => sum + row[side].value, 0);
      expect(total(found.stated, 'in') + total(found.stated, 'out')).toBe(
        lines.reduce((sum, { amount }) => sum + amount.value, 0),
      );
    }),
    { numRuns: Number(process.env['ONETRACK_CASES'] ?? 500) },
  );
});
