import type { Changes, Impact, Named, VersionImpact } from '../../schemas/impact.ts';

/** What publishing would do, in lines for a person. */
export function tellImpact(impact: Impact): string {
  const { procedure, version, status, effectiveFrom, replaces, refused, versions } = impact;
  const instead = replaces === null ? '' : `, in the place of ${replaces}`;
  const starts = status === 'draft' ? 'would start on it' : 'start on it';
  const lines = [
    refused
      ? `${procedure} ${version} would be refused: ${refused.code}: ${refused.detail}`
      : `${procedure} ${version}: new dossiers ${starts} from ${effectiveFrom ?? 'never'}${instead}`,
    ...versions.flatMap(tellVersion),
    ...(versions.length === 0 ? ['  no other version is in force or has open dossiers'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function tellVersion({ version, open, complete, stages, stranded, changes }: VersionImpact): string[] {
  const places = stages.map(({ stage, dossiers }) => `${stage} ${dossiers}`).join(', ');
  const count = `${complete ? '' : 'at least '}${open}`;
  return [
    `  open on ${version}: ${count}${open > 0 ? `, and they stay there: ${places}` : ''}`,
    ...stranded.map(
      ({ stage, why, dossiers, examples }) =>
        `    could not move: ${dossiers} at ${stage}, ${why === 'gone' ? 'a stage that is gone' : 'a stage of another kind now'}, such as ${examples.slice(0, 3).join(', ')}`,
    ),
    ...tellChanges(changes, version),
  ];
}

function tellChanges(changes: Changes, version: string): string[] {
  const named = (['stages', 'documents', 'fees', 'issues', 'files'] as const).flatMap((what) =>
    tellNamed(what, changes[what]),
  );
  const details = changes.details.map(({ at, was, is }) => `    ${at}: ${show(was)} -> ${show(is)}`);
  const more = changes.more > 0 ? [`    and ${changes.more} more`] : [];
  return details.length === 0 && named.length === 0
    ? [`    nothing is other than in ${version}`]
    : [...named, ...details, ...more];
}

function tellNamed(what: string, { added, removed, changed }: Named): string[] {
  const signs = [
    ...added.map((name) => `+${name}`),
    ...removed.map((name) => `-${name}`),
    ...changed.map((name) => `~${name}`),
  ];
  return signs.length === 0 ? [] : [`    ${what}: ${signs.join(' ')}`];
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
