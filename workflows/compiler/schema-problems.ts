import type * as z from 'zod';
import { expectedBy } from '../../schemas/expected.ts';
import { dotted } from './problem.ts';
import type { Problem } from './problem.ts';
import type { YamlDocument } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** Every complaint of the schema, at the line and column of what it is about. */
export function schemaProblems(issues: readonly Issue[], document: YamlDocument): Problem[] {
  return issues.flatMap((issue) => problemsOf(issue, [], document));
}

function problemsOf(issue: Issue, prefix: readonly PropertyKey[], document: YamlDocument): Problem[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return unionProblems(issue, path, document);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...document.locate([...path, key], 'key'),
      rule: 'unknown-key',
      message: `${key} is not a field here`,
    }));
  }
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    const reason = issue.issues.map((inner) => inner.message).join('; ');
    return [
      {
        ...document.locate(path, 'key'),
        rule: 'bad-name',
        message: reason,
        expected: 'a name',
        found: String(path.at(-1)),
      },
    ];
  }
  const expected = expectedBy(issue);
  const found = foundAt(path, document);
  return [
    {
      ...document.locate(path),
      rule: found === undefined ? 'missing-field' : 'bad-value',
      message: messageOf(issue, path, found),
      ...(expected !== undefined && { expected }),
      found: found ?? 'nothing',
    },
  ];
}

/**
 * Of several alternatives, tells about the one that the author most likely meant: the only one whose form fits. If none or
 * several fit, all alternatives are named.
 */
function unionProblems(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: PropertyKey[],
  document: YamlDocument,
): Problem[] {
  const fitting = issue.errors.filter((branch) => !branch.some(isWrongForm));
  const only = fitting.length === 1 ? fitting[0] : fewestUnknownKeys(fitting);
  if (only !== undefined) return only.flatMap((inner) => problemsOf(inner, path, document));
  const alternatives = [
    ...new Set(issue.errors.flatMap((branch) => branch.filter((inner) => inner.path.length === 0).map(expectedBy))),
  ];
  const expected = alternatives.filter((text) => text !== undefined).join(', or ');
  const found = foundAt(path, document);
  return [
    {
      ...document.locate(path),
      rule: found === undefined ? 'missing-field' : 'bad-value',
      message: messageOf(issue, path, found),
      ...(expected !== '' && { expected }),
      found: found ?? 'nothing',
    },
  ];
}

function isWrongForm(issue: Issue): boolean {
  return (
    issue.path.length === 0 &&
    issue.code !== 'unrecognized_keys' &&
    issue.code !== 'custom' &&
    issue.code !== 'invalid_union'
  );
}

function fewestUnknownKeys(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const count = (branch: readonly Issue[]): number =>
    branch.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  const sorted = branches.toSorted((a, b) => count(a) - count(b));
  const [best, second] = sorted;
  return best !== undefined && (second === undefined || count(best) < count(second)) ? best : undefined;
}

function foundAt(path: readonly PropertyKey[], document: YamlDocument): string | undefined {
  const written = document.written(path);
  if (written === undefined) return undefined;
  const line = written.split('\n', 1)[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 60)}...` : line;
}

function messageOf(issue: Issue, path: readonly PropertyKey[], found: string | undefined): string {
  const name = dotted(path) || 'the procedure';
  if (found === undefined) return `${name} is missing`;
  const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
  if (wantsText && /^[-+0-9.]/.test(found)) {
    return `${name} must be quoted: without quotes YAML reads ${found} as a number and may change it`;
  }
  if (issue.code === 'custom' || issue.code === 'invalid_format') return issue.message;
  return `${name} is not what is expected here`;
}
