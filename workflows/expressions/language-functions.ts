import type { ExpressionContext } from './view.ts';

/** A value of a wrong kind was handed to a function of the language. */
export class WrongArgument extends Error {
  override readonly name = 'WrongArgument';
}

/** A row that was looked up, for the record. */
export interface TableRead {
  readonly path: string;
  readonly value?: unknown;
}

/** `$table`, `$days`, `$workingDays`, `$age`. Nothing in, nothing out. */
export function languageFunctions(
  context: ExpressionContext,
  reads: TableRead[],
): Record<string, (...args: unknown[]) => unknown> {
  return {
    table: (name, key) => {
      if (name === undefined || key === undefined) return undefined;
      if (typeof name !== 'string' || (typeof key !== 'string' && typeof key !== 'number')) {
        throw new WrongArgument('$table: expected the name of a table and a key');
      }
      const row = context.table(name, String(key));
      reads.push({
        path: `$table(${JSON.stringify(name)}, ${JSON.stringify(key)})`,
        ...(row !== undefined && { value: row }),
      });
      return row;
    },
    days: withDates('$days', context, (a, b) => dayNumber(b) - dayNumber(a)),
    workingDays: withDates('$workingDays', context, (a, b) => context.calendar.workingDays(a, b)),
    age: withDates('$age', context, yearsBetween),
  };
}

function withDates(
  name: string,
  context: ExpressionContext,
  compute: (a: string, b: string) => number | undefined,
): (a: unknown, b: unknown) => number | undefined {
  return (a, b) => {
    if (a === undefined || b === undefined) return undefined;
    const computed = compute(localDate(name, a, context), localDate(name, b, context));
    if (computed === undefined) throw new WrongArgument(`${name}: expected days that the calendar covers`);
    return computed;
  };
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/;

function localDate(name: string, value: unknown, context: ExpressionContext): string {
  if (typeof value === 'string') {
    if (INSTANT.test(value) && !Number.isNaN(Date.parse(value))) return context.calendar.localDate(value);
    if (DATE.test(value) && !Number.isNaN(dayNumber(value))) return value;
  }
  throw new WrongArgument(`${name}: expected a local date or a UTC instant`);
}

const DAY = 86_400_000;

function dayNumber(date: string): number {
  const time = Date.parse(`${date}T00:00:00Z`);
  const real = !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
  return real ? time / DAY : Number.NaN;
}

/** Whole years. Who is born on 29 February completes a year on 1 March of a common year. */
function yearsBetween(birth: string, on: string): number {
  const years = Number(on.slice(0, 4)) - Number(birth.slice(0, 4));
  return on.slice(5) < birth.slice(5) ? years - 1 : years;
}
