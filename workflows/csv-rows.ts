import { CsvError, parse } from 'csv-parse/sync';
import type { Problem } from './compiler/problem.ts';

/** A row of CSV. */
export interface Row {
  /** First line of the row. */
  line: number;
  cells: readonly string[];
}

/**
 * The rows of a text of CSV (RFC 4180; separated by commas, semicolons or tabs, as the first line is), or what is wrong with it. Where there are more than `most`, the first of
 * them are answered, one more than `most`, and nothing behind is read. `withoutBlank`: a row of empty cells is none.
 */
export function csvRows(
  text: string,
  file: string,
  { most, withoutBlank = false }: { most: number; withoutBlank?: boolean },
): Row[] | Problem {
  const firstLine = /[^\r\n]+/.exec(text)?.[0] ?? '';
  const delimiter = [';', '\t'].find((each) => firstLine.includes(each)) ?? ',';
  try {
    const parsed = parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: withoutBlank,
      to: most + 1,
    });
    const rows = parsed as unknown as { record: string[]; info: { lines: number } }[];
    let last = 0;
    return rows.map(({ record, info }) => {
      const inside = record.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
      last = Math.max(last + 1, info.lines - inside);
      return { line: last, cells: record };
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : 1;
    const message = `this is not CSV: ${error.message}`;
    return { file, line, column: 1, path: '', rule: 'bad-csv', message, expected: `CSV; ${error.message}` };
  }
}
