import { readStatement } from '../../workflows/read-statement.ts';

const read = (text: string) => readStatement(Buffer.from(text));
const VND = (value: number) => ({ value, currency: 'VND' });

describe('a statement in CSV', () => {
  it('is read by the names of its columns, in any order, separated as its first line is', () => {
    const lines = [
      { payment: 'p1', amount: VND(100_000), kind: 'in' },
      { payment: 'p2', amount: VND(5), kind: 'out' },
    ];
    expect(read('payment,amount,currency,kind\np1,100000,VND,in\np2,5,vnd,OUT\n')).toEqual({ ok: true, lines });
    expect(read('\uFEFFKind;Currency;Amount;Payment\r\n;VND;100000;p1\r\nout;VND;5;p2\r\n')).toEqual({
      ok: true,
      lines,
    });
    expect(read('\npayment;amount;currency;;\n;;;;\np1;100000;VND;;\n')).toEqual({
      ok: true,
      lines: lines.slice(0, 1),
    });
    expect(read('payment\tamount\tcurrency\np1\t100000\tVND\n')).toEqual({ ok: true, lines: lines.slice(0, 1) });
  });

  it.each([
    [Buffer.from([0xff, 0xfe, 0x70]), 'UTF-8'],
    [Buffer.from('payment,amount,currency\n"p1,5,VND\n'), expect.stringMatching(/^CSV; /)],
  ])('says what it expects of what it cannot read', (input, expected) => {
    expect(readStatement(input)).toMatchObject({ ok: false, problems: [{ expected }] });
  });

  it.each([
    ['12.5', 'EUR', 1250],
    ['12,50', 'EUR', 1250],
    ['12', 'EUR', 1200],
    ['0', 'VND', 0],
    ['1.234', 'KWD', 1234],
    ['500000.00', 'VND', 500_000],
  ])('has amounts as people write them: %s %s', (amount, currency, value) => {
    expect(read(`payment;amount;currency\np1;${amount};${currency}\n`)).toMatchObject({
      ok: true,
      lines: [{ amount: { value, currency } }],
    });
  });

  it.each([
    ['no header', '', 'columns', 1],
    ['a column too few', 'payment,amount\np1,5\n', 'columns', 1],
    ['a column twice', 'payment,amount,currency,amount\n', 'columns', 1],
    ['no payment', 'payment,amount,currency\n,5,VND\n', 'payment', 2],
    ['a payment that is too long', `payment,amount,currency\n${'p'.repeat(101)},5,VND\n`, 'payment', 2],
    ['a group of thousands', 'payment;amount;currency\np1;5;VND\np2;1.000;VND\n', 'amount', 3],
    ['a comma in an amount that commas separate', 'payment,currency,amount\np1,EUR,12,50\n', 'cells', 2],
    ['a fraction of what has none', 'payment;amount;currency\np1;12.50;VND\n', 'amount', 2],
    ['a minus', 'payment,amount,currency\np1,-5,VND\n', 'amount', 2],
    ['more digits than the currency has', 'payment;amount;currency\np1;1,234;EUR\n', 'amount', 2],
    ['no currency', 'payment,amount,currency\np1,5,dong\n', 'currency', 2],
    ['another kind', 'payment,amount,currency,kind\np1,5,VND,back\n', 'kind', 2],
    ['a row that is cut off', 'payment,amount,currency\np1\n', 'currency', 2],
    ['too many lines', `payment,amount,currency\n${'p,1,VND\n'.repeat(10_001)}`, 'lines', 1],
    ['too many, the rest unread', `payment,amount,currency\n${'p,1,VND\n'.repeat(10_001)}"`, 'lines', 1],
  ])('is refused with %s, with its place', (_, text, path, at) => {
    const found = read(text);
    expect(found).toMatchObject({ ok: false });
    expect(found.ok ? [] : found.problems.map(({ path, line }) => [path, line])).toContainEqual([path, at]);
  });

  it.each([
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x70])],
    ['an open quote', Buffer.from('payment,amount,currency\n"p1,5,VND\n')],
  ])('is refused where it is %s', (_, bytes) => {
    expect(readStatement(bytes)).toMatchObject({ ok: false });
  });

  it('has 10,000 lines at most, without those of empty cells', () => {
    const found = read(`payment,amount,currency\n${'p,1,VND\n,,\n'.repeat(10_000)}`);
    expect(found.ok ? found.lines.length : found.problems).toBe(10_000);
  });

  it('tells at most fifty faults', () => {
    const found = read(`payment,amount,currency\n${'p,x,VND\n'.repeat(100)}`);
    expect(found.ok ? 0 : found.problems.length).toBe(50);
  });
});
