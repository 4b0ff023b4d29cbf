import type { Definition } from '../../schemas/procedure/definition.ts';
import { lintAuthority } from './lint/authority.ts';
import { lintCalls } from './lint/calls.ts';
import { lintExpressions } from './lint/expressions.ts';
import { lintGrounds } from './lint/grounds.ts';
import { lintNames } from './lint/names.ts';
import { lintPapers } from './lint/papers.ts';
import { lintPublication } from './lint/publication.ts';
import { lintSensitive } from './lint/sensitive.ts';
import { lintFees } from './lint/fees.ts';
import { lintSources } from './lint/sources.ts';
import { nowhere } from './lint/subject.ts';
import type { Lint, Organisation } from './lint/subject.ts';
import { lintTime } from './lint/time.ts';
import { lintWays } from './lint/ways.ts';
import type { Locate, Problem } from './problem.ts';

const LINTS: readonly Lint[] = [
  lintNames,
  lintWays,
  lintGrounds,
  lintCalls,
  lintTime,
  lintPapers,
  lintPublication,
  lintSources,
  lintFees,
  lintSensitive,
  lintAuthority,
  lintExpressions,
];

/**
 * What is wrong with a procedure beyond its schema, in the order of the file. Empty: it can be compiled. `locate` gives places
 * in its file; without it every place is line 1, with its path.
 */
export function lint(
  definition: Definition,
  { locate = nowhere, organisation = {} }: { locate?: Locate; organisation?: Organisation } = {},
): Problem[] {
  const subject = { definition, procedure: definition.procedure, locate, organisation };
  return LINTS.flatMap((judge) => judge(subject)).toSorted((a, b) => a.line - b.line || a.column - b.column);
}
