import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { compile } from '../../workflows/compiler/compile.ts';
import { lint } from '../../workflows/compiler/lint.ts';
import type { ReadFile } from '../../workflows/compiler/named-files.ts';
import { parseProcedures, type ParsedProcedure } from '../../workflows/compiler/parse.ts';
import type { Problem } from '../../workflows/compiler/problem.ts';
import { unsupported } from '../../workflows/compiler/supported.ts';
import { GOLDEN_FUNCTIONS } from '../workflows/golden-asl.ts';

const CASES = Number(process.env['ONETRACK_CASES'] ?? 150);
const FOLDER = new URL('../../workflows/procedures/', import.meta.url);
/** Procedures that stand alone in their file: its name and text. */
export const SAMPLES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml') && !name.includes('.scenarios'))
  .map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')] as const)
  .filter(([, text]) => /^procedure:/m.test(text) && !/^---/m.test(text));
/** A file that a sample names. */
export const beside = (path: string): string | undefined => {
  const file = new URL(path, FOLDER);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

export const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    ...[null, '', ' ', -1, 0, 1e308, 2 ** 53, 0.1, true, [], {}, [[]], [null], { when: 'facts.x' }, { en: '' }],
    ...['form.owner', '= form.a.b', '= 1 + 1', '{{form.a}}', 'constructor', 'toString', 'receive', 'back', 'e\u0301'],
    ...['2026-13-40', '9999-12-31', '1.0.0', '\u202e', 'a'.repeat(5_000), '='.repeat(500), '= ' + '('.repeat(400)],
    ...[{ days: 1e9 }, { workingDays: 36_500, calendarDays: 1 }, { $ref: '#' }, { allOf: [{ $ref: '#' }] }],
  ),
);
/** Once in so many; else undefined. */
export function seldom<T>(arbitrary: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 1, arbitrary }, { weight: oneIn - 1, arbitrary: fc.constant(undefined) });
}

const key = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('constructor', 'hasOwnProperty', 'toString', 'valueOf', 'receive', 'then', 'by', '0', '-1', 'length'),
);
/** What somebody does to a tree; see `changed`. */
export const change = fc.record({
  what: fc.constantFrom('delete', 'duplicate', 'swap', 'replace', 'rename', 'add', 'wrap', 'copy'),
  at: fc.nat(),
  other: fc.nat(),
  odd,
  key,
});

type Node = Record<string, unknown> | unknown[];
interface Spot {
  parent: Node;
  key: string | number;
}

/** Every place in a tree, in its order. */
function spotsIn(value: unknown): Spot[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const parent = value as Node;
  return keys.flatMap((each): Spot[] => [{ parent, key: each }, ...spotsIn((value as Record<string, unknown>)[each])]);
}

const at = ({ parent, key: name }: Spot): unknown => (parent as Record<string, unknown>)[name];
function put({ parent, key: name }: Spot, value: unknown): void {
  if (Array.isArray(parent) && typeof name === 'string') parent.push(value);
  else Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
}
function remove({ parent, key: name }: Spot): void {
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else Reflect.deleteProperty(parent, name);
}

/** What somebody does at one place of a tree, with another place and with something odd. */
const CHANGES: Readonly<Record<string, (spot: Spot, more: { other: Spot; odd: unknown; key: string }) => void>> = {
  delete: remove,
  duplicate(spot) {
    if (Array.isArray(spot.parent)) spot.parent.push(structuredClone(at(spot)));
    else put({ parent: spot.parent, key: `${String(spot.key)}2` }, structuredClone(at(spot)));
  },
  swap(spot, { other }) {
    const [here, there] = [structuredClone(at(spot)), structuredClone(at(other))];
    put(spot, there);
    put(other, here);
  },
  copy(spot, { other }) {
    put(spot, structuredClone(at(other)));
  },
  replace(spot, more) {
    put(spot, more.odd);
  },
  rename(spot, more) {
    const here = at(spot);
    remove(spot);
    put({ parent: spot.parent, key: more.key }, here);
  },
  add(spot, more) {
    put({ parent: spot.parent, key: more.key }, more.odd);
  },
  wrap(spot) {
    put(spot, [at(spot)]);
  },
};

/** Does it to the tree, in place. */
export function changed(
  tree: unknown,
  made: { what: string; at: number; other: number; odd: unknown; key: string },
): void {
  const spots = spotsIn(tree);
  const spot = spots[made.at % Math.max(1, spots.length)];
  const other = spots[made.other % Math.max(1, spots.length)];
  if (spot && other) CHANGES[made.what]?.(spot, { ...made, other });
}

/** What an editor does to the characters of a text; see `scratched`. */
export const scratch = fc.record({
  at: fc.nat(),
  length: fc.nat(40),
  put: fc.oneof(
    fc.string({ maxLength: 12, unit: 'binary' }),
    fc.constantFrom(
      '\ud800',
      'e\u0301',
      '\0',
      '\t',
      '*a',
      '&a ',
      '- ',
      '? ',
      ': ',
      '[',
      '}',
      '"',
      '|\n',
      '!!x ',
      '\u202e',
      '\n---\n',
    ),
  ),
});

export function scratched(text: string, changes: readonly { at: number; length: number; put: string }[]): string {
  let written = text;
  for (const { at: place, length, put: added } of changes) {
    const from = place % (written.length + 1);
    written = written.slice(0, from) + added + written.slice(from + length);
  }
  return written;
}

export interface Judged {
  kind: 'refused' | 'linted' | 'compiled';
  problems: readonly Problem[];
  procedures: readonly ParsedProcedure[];
}

/** As publication does. */
export function judge(text: string, file: string, readFile: ReadFile = beside): Judged {
  const parsed = parseProcedures(text, file, readFile);
  if (!parsed.ok) return { kind: 'refused', problems: parsed.problems, procedures: [] };
  const problems = parsed.procedures.flatMap(({ definition, locate }) => [
    ...lint(definition, { locate }),
    ...unsupported(definition, locate),
  ]);
  if (problems.length > 0) return { kind: 'linted', problems, procedures: [] };
  for (const { procedure } of parsed.procedures) compile(procedure, { functions: GOLDEN_FUNCTIONS });
  return { kind: 'compiled', problems, procedures: parsed.procedures };
}

/** Each fault with its file, line and column. */
export function expectTold({ kind, problems }: Judged): void {
  if (kind !== 'compiled' && problems.length === 0) throw new Error('refused without a problem');
  for (const problem of problems)
    if (
      problem.file === '' ||
      !(problem.line >= 1) ||
      !(problem.column >= 1) ||
      problem.message === '' ||
      problem.rule === ''
    )
      throw new Error(`told without a place: ${JSON.stringify(problem)}`);
}

export const runs = {
  numRuns: CASES,
  // A case is told as it is: to make it smaller would take as long as thousands of others.
  endOnFailure: true,
  includeErrorInReport: true,
  ...(process.env['ONETRACK_CASES'] === undefined && { seed: 20_261_129 }),
} as const;
