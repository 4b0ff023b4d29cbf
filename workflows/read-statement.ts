import { MOST_LINES, StatementLine } from '../schemas/payments.ts';
import type { Problem } from './compiler/problem.ts';
import { decode } from './compiler/yaml-source.ts';
import { csvRows, type Row } from './csv-rows.ts';
import { digitsOf } from '../domain/payments/whole-units.ts';

const FILE = 'statement';
/** Columns by name, in any order; `kind` may be absent: then all came in. */
const COLUMNS = ['payment', 'amount', 'currency', 'kind'] as const;
type Column = (typeof COLUMNS)[number];
const NEEDED: readonly Column[] = ['payment', 'amount', 'currency'];
/** Faults that are told at once. */
const MOST_FAULTS = 50;

export type ReadStatement = { ok: true; lines: StatementLine[] } | { ok: false; problems: Problem[] };

/** Reads a payment system's statement from CSV whose first line names the columns. Amounts are as people write them: 12.50 or 12,50, without groups of thousands. */
export function readStatement(input: Uint8Array): ReadStatement {
  const text = decode(input, FILE);
  if (typeof text !== 'string') return { ok: false, problems: [text] };
  const rows = csvRows(text, FILE, { most: 1 + MOST_LINES, withoutBlank: true });
  if (!Array.isArray(rows)) return { ok: false, problems: [rows] };
  const [header = { line: 1, cells: [] }, ...body] = rows;
  const columns = trimmed(header.cells).map((cell) => cell.trim().toLowerCase());
  const missing = NEEDED.filter((column) => !columns.includes(column));
  if (missing.length > 0 || new Set(columns).size < columns.length) {
    const expected = `a first line with each of ${COLUMNS.join(', ')} once (kind may be absent)`;
    return { ok: false, problems: [problem(header.line, 1, 'columns', { expected, found: columns.join(', ') })] };
  }
  if (body.length > MOST_LINES) {
    const told = { expected: `at most ${MOST_LINES} lines`, found: 'more' };
    return { ok: false, problems: [problem(header.line, 1, 'lines', told)] };
  }
  const read = body.map((row) => readLine(row, columns));
  const problems = read.flatMap((each) => (each.ok ? [] : each.problems));
  return problems.length > 0
    ? { ok: false, problems: problems.slice(0, MOST_FAULTS) }
    : { ok: true, lines: read.flatMap((each) => (each.ok ? [each.line] : [])) };
}

function readLine(
  { line, cells }: Row,
  columns: readonly string[],
): { ok: true; line: StatementLine } | { ok: false; problems: Problem[] } {
  const cell = (column: Column): string => (cells[columns.indexOf(column)] ?? '').normalize('NFC').trim();
  const currency = cell('currency').toUpperCase();
  const kind = cell('kind').toLowerCase() || 'in';
  const value = minorUnits(cell('amount'), currency);
  const surplus = trimmed(cells).length > columns.length;
  const fault = (column: Column, expected: string): Problem =>
    problem(line, columns.indexOf(column) + 1, column, { expected, found: cell(column) });
  const problems = [
    ...(surplus
      ? [
          problem(line, columns.length + 1, 'cells', {
            expected: `${columns.length} cells, as in the first line`,
            found: String(cells.length),
          }),
        ]
      : []),
    ...(/^[^\0]{1,100}$/.test(cell('payment')) ? [] : [fault('payment', 'the id of a payment, of at most 100 signs')]),
    ...(digitsBehind(currency) === undefined
      ? [fault('currency', 'a currency by its three letters, such as VND')]
      : []),
    ...(value === undefined
      ? [fault('amount', `an amount of ${currency || 'its currency'} without groups of thousands`)]
      : []),
    ...(kind === 'in' || kind === 'out' ? [] : [fault('kind', 'in or out')]),
  ];
  if (problems.length > 0 || value === undefined) return { ok: false, problems };
  const amount = { value, currency };
  return { ok: true, line: StatementLine.parse({ payment: cell('payment'), amount, kind }) };
}

/** Without the empty cells at its end, as spreadsheets write them. */
function trimmed(cells: readonly string[]): readonly string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
}

/** An amount in the currency's smallest unit. Two noughts behind the point say nothing of a currency that has none; three may be thousands. */
function minorUnits(text: string, currency: string): number | undefined {
  const digits = digitsBehind(currency);
  const [, whole = '', part = ''] = /^(\d{1,14})(?:[.,](\d+))?$/.exec(text) ?? [];
  if (digits === undefined || whole === '' || part.length > Math.max(digits, 2)) return undefined;
  if (/[^0]/.test(part.slice(digits))) return undefined;
  const value = Number(whole + part.slice(0, digits).padEnd(digits, '0'));
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Digits behind the point; none of what is no currency. */
function digitsBehind(currency: string): number | undefined {
  return /^[A-Z]{3}$/.test(currency) ? digitsOf(currency) : undefined;
}

function problem(line: number, column: number, path: string, told: { expected: string; found: string }): Problem {
  return { file: FILE, line, column, path, rule: 'bad-value', message: `expected ${told.expected}`, ...told };
}
