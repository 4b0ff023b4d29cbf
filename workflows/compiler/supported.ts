import type { Definition } from '../../schemas/procedure/definition.ts';
import { nowhere } from './lint/subject.ts';
import type { Locate, Problem } from './problem.ts';

/** What is parsed, linted and compiled, but not yet run. Shrinks with every release. */
const LATER: readonly { readonly what: string; readonly find: (definition: Definition) => PropertyKey[][] }[] = [
  {
    what: 'records of an inspection that others than its team sign, that are numbered and sealed, or that are no PDF',
    find: ({ procedure }) =>
      Object.entries(procedure.stages).flatMap(([id, stage]) => {
        const record =
          stage.kind === 'inspect' && stage.makes !== undefined ? procedure.issues?.[stage.makes] : undefined;
        const { initials, personal, organisation } = record?.sign ?? {};
        const isByTeam = initials === undefined && organisation === undefined && (personal ?? []).length === 1;
        const isPlain = isByTeam && (record?.format ?? 'pdf') === 'pdf';
        return record === undefined || isPlain ? [] : [['stages', id, 'makes']];
      }),
  },
  {
    what: 'PDFs and containers that a stage signs by the system',
    find: ({ procedure }) =>
      Object.entries(procedure.stages).flatMap(([id, stage]) =>
        stage.kind === 'sign' && stage.by === 'system' && procedure.issues?.[stage.issue]?.format !== 'json'
          ? [['stages', id, 'by']]
          : [],
      ),
  },
  { what: 'one decision for several dossiers', find: named('issues', 'covers') },
  {
    what: 'notices in words of their own',
    find: ({ procedure: { notices } }) => (notices === undefined ? [] : [['notices']]),
  },
  {
    what: 'councils',
    find: (definition) =>
      stagesWith(
        definition,
        (stage) => typeof stage['by'] === 'object' && stage['by'] !== null && 'people' in stage['by'],
        'by',
      ),
  },
  {
    what: 'public posting',
    find: (definition) => stagesWith(definition, (stage) => stage['publish'] !== undefined, 'publish'),
  },
  {
    what: 'objections',
    find: (definition) => stagesWith(definition, (stage) => stage['objections'] !== undefined, 'objections'),
  },
  { what: 'pilots', find: ({ procedure }) => (procedure.pilot === undefined ? [] : [['pilot']]) },
  {
    what: 'moving open dossiers',
    find: ({ procedure }) => (procedure.transition?.open === 'move' ? [['transition', 'open']] : []),
  },
];

/** What of a procedure this release cannot run. Publication refuses it, so that nothing is half run; drafts may have it. */
export function unsupported(definition: Definition, locate: Locate = nowhere): Problem[] {
  return LATER.flatMap(({ what, find }) =>
    find(definition).map((path) => ({
      ...locate(path),
      rule: 'runs-with-a-later-release',
      message: `${what}: runs with a later release`,
    })),
  );
}

/** A field of the issues that a procedure names. */
function named(block: 'issues', field: string) {
  return ({ procedure }: Definition): PropertyKey[][] =>
    Object.entries<object>(procedure[block] ?? {})
      .filter(([, each]) => field in each)
      .map(([id]) => [block, id, field]);
}

function stagesWith(
  definition: Definition,
  test: (stage: Record<string, unknown>) => boolean,
  field: string,
): PropertyKey[][] {
  return Object.entries(definition.procedure.stages)
    .filter(([, stage]) => test(stage))
    .map(([id]) => ['stages', id, field]);
}
