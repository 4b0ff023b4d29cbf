import type { Procedure } from '../../../schemas/procedure.ts';
import type { Definition } from '../../../schemas/procedure/definition.ts';
import type { Stage } from '../../../schemas/procedure/stages.ts';
import { dotted } from '../problem.ts';
import type { Locate, Problem } from '../problem.ts';
import type { LintRule } from './rules.ts';

/** What the linter may know of the organisation. What is not known is not judged. */
export interface Organisation {
  /** By connected registry: the names of the documents and form fields that it holds. */
  readonly registries?: Readonly<Record<string, readonly string[]>>;
  /** Names of its units, and of their kinds. */
  readonly units?: ReadonlySet<string>;
  /** How many officials can fill a role today. */
  readonly officials?: Readonly<Record<string, number>>;
}

/** What a paper's `to` may say of units. */
export function namesOfUnits(units: readonly { id: string; level: string }[]): Set<string> {
  return new Set(units.flatMap(({ id, level }) => [id, level]));
}

/** What is linted. */
export interface Subject {
  readonly definition: Definition;
  readonly procedure: Procedure;
  readonly locate: Locate;
  readonly organisation: Organisation;
}

/** Places for a definition whose file is not at hand. */
export const nowhere: Locate = (path) => ({ file: '', line: 1, column: 1, path: dotted(path) });

export type Lint = (subject: Subject) => Problem[];

export interface Finding {
  readonly at: readonly PropertyKey[];
  readonly message: string;
  readonly related?: readonly PropertyKey[];
  readonly expected?: string;
  readonly found?: string;
}

export function problem(subject: Subject, rule: LintRule, finding: Finding): Problem {
  const { at, message, related, expected, found } = finding;
  return {
    ...subject.locate(at),
    rule,
    message,
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
    ...(related !== undefined && { related: subject.locate(related) }),
  };
}

export function stagesOf(subject: Subject): [string, Stage][] {
  return Object.entries(subject.procedure.stages);
}

export function has(record: Readonly<Record<string, unknown>> | undefined, name: string): boolean {
  return record !== undefined && Object.hasOwn(record, name);
}

/** Every text below a place, as an expression where it may be one. */
export function textsIn(value: unknown, at: readonly PropertyKey[]): { text: string; at: readonly PropertyKey[] }[] {
  if (typeof value === 'string') return [{ text: value.replace(/^\s*=/, ''), at }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    textsIn(inner, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}
