import { CONTRADICTION, CUSTODY, DISPATCH, INCOMING, REFUND } from '../../../domain/dossier/state.ts';
import { isJudging } from '../../grounds.ts';
import { FormFields } from '../form-fields.ts';
import type { Problem } from '../problem.ts';
import { has, problem, stagesOf } from './subject.ts';
import type { Lint, Subject } from './subject.ts';

/** What publication and the organisation ask for: announcement, paper debt, once only, separation of duties. */
export const lintPublication: Lint = (subject) => [
  ...announcement(subject),
  ...paperDebt(subject),
  ...unprintable(subject),
  ...unknownUnits(subject),
  ...intakeProblems(subject),
  ...heldElsewhere(subject),
  ...separation(subject),
  ...fieldNames(subject),
];

function announcement(subject: Subject): Problem[] {
  if (subject.procedure.effective.announced !== undefined) return [];
  return [
    problem(subject, 'not-announced', {
      at: ['effective'],
      message: 'no decision announces it: `announced` is missing',
    }),
  ];
}

function paperDebt(subject: Subject): Problem[] {
  const { intake, documents = {}, issues = {}, online } = subject.procedure;
  if (online !== 'full') return [];
  const declare = (at: readonly PropertyKey[], message: string): Problem =>
    problem(subject, 'paper-in-full-online', { at, message, related: ['online'] });
  const shown = Object.entries(documents).filter(([, { accept }]) => accept?.every((how) => how === 'original-shown'));
  const printed = Object.entries(issues).filter(([, { to }]) => to?.includes('post'));
  return [
    ...paperAtStages(subject),
    ...(intake ? [declare(['intake'], 'paper is taken in, so the procedure is not fully online')] : []),
    ...shown.map(([id]) =>
      declare(['documents', id, 'accept'], `${id} must be shown on paper, so the procedure is not fully online`),
    ),
    ...printed.map(([id]) => declare(['issues', id, 'to'], `${id} is printed, so the procedure is not fully online`)),
  ];
}

/** What is signed beside the page says nothing of it in print. */
function unprintable(subject: Subject): Problem[] {
  return Object.entries(subject.procedure.issues ?? {})
    .filter(([, { format = 'pdf', to }]) => format !== 'pdf' && to?.includes('post'))
    .map(([id, { format }]) =>
      problem(subject, 'container-by-post', {
        at: ['issues', id, 'to'],
        message: `${id} is ${format === 'json' ? 'data' : 'a signature container'}, whose signatures no print shows: leave out \`post\`, or make it \`format: pdf\``,
        related: ['issues', id, 'format'],
      }),
    );
}

/** What goes to nobody is never acknowledged, and its work comes again without end. */
function unknownUnits(subject: Subject): Problem[] {
  const { units } = subject.organisation;
  if (!units) return [];
  return Object.entries(subject.procedure.issues ?? {}).flatMap(([id, { to = [] }]) =>
    to.flatMap((name, index) =>
      NO_UNITS.has(name) || units.has(name)
        ? []
        : problem(subject, 'unknown-unit', {
            at: ['issues', id, 'to', index],
            message: `${id} goes to ${name}, which the organisation has not`,
            expected: 'repository, post, or the name or kind of one of its units',
            found: name,
          }),
    ),
  );
}

/** What `to` may say besides units: where it is kept, how it is sent, and who decides. */
const NO_UNITS: ReadonlySet<string> = new Set(['repository', 'post', 'competent']);

const RESERVED = [
  [CUSTODY, 'originals are handed back'],
  [REFUND, 'money is given back'],
  [DISPATCH, 'prints are sent by post'],
  [INCOMING, 'a unit acknowledges a paper that went to it'],
  [CONTRADICTION, 'it is looked into that a source does not bear out a paper'],
] as const;

/** Who takes paper in has an open task: where the platform itself judges, nobody could compare anything. */
function intakeProblems(subject: Subject): Problem[] {
  const { stages } = subject.procedure;
  const reserved = RESERVED.filter(([name]) => has(stages, name)).map(([name, what]) =>
    problem(subject, 'name-reserved', {
      at: ['stages', name],
      message: `\`${name}\` is where ${what}: a stage needs another name`,
    }),
  );
  if (subject.procedure.intake === undefined) return reserved;
  const alone = stagesOf(subject).filter(
    ([, stage]) => isJudging(stage.kind) && 'by' in stage && stage.by === 'system',
  );
  const unjudged = stagesOf(subject).flatMap(([id, stage]) => {
    if (stage.kind !== 'ask' || stage.for !== 'supplement') return [];
    const to = stage.then?.answered;
    const next = to === undefined ? undefined : stages[to];
    return next && !isJudging(next.kind) ? [[id, to] as const] : [];
  });
  return [
    ...reserved,
    ...unjudged.map(([id, to]) =>
      problem(subject, 'intake-without-official', {
        at: ['stages', id, 'then', 'answered'],
        message: `a scan that is sent to ${id} comes to ${to ?? ''}, where no official compares it with its paper`,
        related: ['intake'],
      }),
    ),
    ...alone.map(([id]) =>
      problem(subject, 'intake-without-official', {
        at: ['stages', id, 'by'],
        message: `${id} is judged by the system, which cannot compare a scan with its paper`,
        related: ['intake'],
      }),
    ),
  ];
}

function paperAtStages(subject: Subject): Problem[] {
  return stagesOf(subject).flatMap(([id, stage]) =>
    (['presence', 'paper'] as const)
      .filter((field) => stage.kind !== 'decide' && stage[field] !== undefined)
      .map((field) =>
        problem(subject, 'paper-in-full-online', {
          at: ['stages', id, field],
          message: `${id} needs ${field}, so the procedure is not fully online`,
          related: ['online'],
        }),
      ),
  );
}

function heldElsewhere(subject: Subject): Problem[] {
  const { documents, form } = subject.procedure;
  const fields = form === undefined ? [] : new FormFields(subject.definition, form).top();
  return Object.entries(subject.organisation.registries ?? {}).flatMap(([registry, holds]) =>
    holds.flatMap((name) => {
      const message = `the registry ${registry} holds ${name}: fetch it instead of asking for it`;
      const problems: Problem[] = [];
      if (has(documents, name) && documents?.[name]?.source === undefined) {
        problems.push(problem(subject, 'held-by-registry', { at: ['documents', name], message }));
      }
      const field = fields.find((candidate) => candidate.name === name);
      if (field !== undefined && field.schema['x-from'] === undefined) {
        const at = typeof form === 'string' ? ['form'] : ['form', 'properties', name];
        problems.push(problem(subject, 'held-by-registry', { at, message }));
      }
      return problems;
    }),
  );
}

/** Whether the officials of a role can be assigned so that nobody acts in two stages that must be separate. */
function separation(subject: Subject): Problem[] {
  const conflicts = stagesOf(subject).flatMap(([id, stage]) =>
    stage.kind === 'decide' ? [] : (stage.separateFrom ?? []).map((other) => ({ id, other })),
  );
  return conflicts.flatMap(({ id, other }) => {
    const at = ['stages', id, 'separateFrom'];
    const related = ['stages', other];
    if (id === other)
      return [
        problem(subject, 'separation-impossible', { at, message: `${id} cannot be separate from itself`, related }),
      ];
    const role = roleOf(subject, id);
    const officials = role === undefined ? undefined : subject.organisation.officials?.[role];
    if (role === undefined || officials === undefined || role !== roleOf(subject, other)) return [];
    const members = stagesOf(subject)
      .map(([stage]) => stage)
      .filter((stage) => roleOf(subject, stage) === role);
    if (assignable(members, conflicts, officials)) return [];
    const message = `${id} and ${other} must be different persons, but ${role} has only ${officials}`;
    return [problem(subject, 'separation-impossible', { at, message, related })];
  });
}

function roleOf(subject: Subject, id: string): string | undefined {
  const stage = has(subject.procedure.stages, id) ? subject.procedure.stages[id] : undefined;
  if (stage === undefined || !('by' in stage) || stage.by === undefined) return undefined;
  if (typeof stage.by === 'string') return stage.by === 'system' ? undefined : stage.by;
  return 'role' in stage.by && typeof stage.by.unit === 'string' ? `${stage.by.role} of ${stage.by.unit}` : undefined;
}

/** Tries every assignment of `count` officials to the stages; stages without conflict do not matter. */
function assignable(
  stages: readonly string[],
  conflicts: readonly { id: string; other: string }[],
  count: number,
): boolean {
  const separate = (a: string, b: string): boolean =>
    conflicts.some(({ id, other }) => (id === a && other === b) || (id === b && other === a));
  const assigned = new Map<string, number>();
  const assign = (index: number): boolean => {
    const stage = stages[index];
    if (stage === undefined) return true;
    // One official more than have acted so far is enough: officials are alike.
    const limit = Math.min(count, new Set(assigned.values()).size + 1);
    for (let official = 0; official < limit; official += 1) {
      if ([...assigned].some(([other, who]) => who === official && separate(stage, other))) continue;
      assigned.set(stage, official);
      if (assign(index + 1)) return true;
      assigned.delete(stage);
    }
    return false;
  };
  return assign(0);
}

const CAMEL_CASE = /^[a-z][a-zA-Z0-9]*$/;

function fieldNames(subject: Subject): Problem[] {
  const { form } = subject.procedure;
  if (form === undefined) return [];
  return new FormFields(subject.definition, form)
    .all()
    .filter((path) => !CAMEL_CASE.test(path.at(-1) ?? ''))
    .map((path) =>
      problem(subject, 'form-field-name', {
        at: ['form'],
        message: `the field ${path.join('.')} must be camelCase: an expression would read a hyphen as a subtraction`,
      }),
    );
}
