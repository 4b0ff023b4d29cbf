import type { FieldError } from '../../schemas/refusals.ts';
import type { Problem } from '../../workflows/compiler/problem.ts';

/** A fault of a text with its line and column, counted from 1, and the place in what it says. */
export function placeInText({
  line,
  column,
  path,
  message,
  expected,
  found,
}: Omit<Problem, 'rule' | 'file'>): FieldError {
  const at = `line ${line}, column ${column}${path === '' ? '' : ` (${path})`}`;
  return { at, expected: expected ?? message, ...(found !== undefined && { found }) };
}
