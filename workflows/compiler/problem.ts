/** A place in a file, counted from 1 as editors do. `path` is the way to it, such as `stages.sign.then.signed`. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
}

/** Why a procedure is refused: where, what was expected, what is there. */
export interface Problem extends Place {
  /** From the closed list in rules.ts. */
  readonly rule: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
  /** The other place, where two are involved. */
  readonly related?: Place;
}

/** Finds the place of a value (or, with `key`, of its key). What is absent is placed at the nearest thing around it. */
export type Locate = (path: readonly PropertyKey[], part?: 'key' | 'value') => Place;

/** A path as people write it. */
export function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`))
    .join('');
}

/** One line for a person: `file:line:column: message (path)`. */
export function formatProblem(problem: Problem): string {
  const at = `${problem.file}:${problem.line}:${problem.column}`;
  const where = problem.path === '' ? '' : ` at ${problem.path}`;
  const detail =
    problem.expected === undefined ? '' : `; expected ${problem.expected}, found ${problem.found ?? 'nothing'}`;
  const related =
    problem.related === undefined
      ? ''
      : ` (see ${problem.related.file}:${problem.related.line}:${problem.related.column} ${problem.related.path})`;
  return `${at}: ${problem.rule}${where}: ${problem.message}${detail}${related}`;
}
