import type { Problem } from '../problem.ts';
import type { ChildPart, OpinionPart, Stage, StageOf } from '../../../schemas/procedure/stages.ts';
import { has, problem, stagesOf } from './subject.ts';
import type { Lint, Subject } from './subject.ts';

interface Reference {
  readonly kind: 'stage' | 'document' | 'fee' | 'issue' | 'party' | 'part';
  readonly name: string;
  readonly at: readonly PropertyKey[];
  readonly known: boolean;
}

/** Whatever is named must exist; cases and choices must be closed. */
export const lintNames: Lint = (subject) => [
  ...references(subject).flatMap(({ kind, name, at, known }) =>
    known
      ? []
      : [problem(subject, 'unknown-name', { at, message: `there is no ${kind} ${name}`, related: at.slice(0, 2) })],
  ),
  ...openCases(subject),
];

function references(subject: Subject): Reference[] {
  const { documents, rules, anytime } = subject.procedure;
  const stage = (name: string, at: PropertyKey[]): Reference => stageReference(subject, name, at);
  const found: Reference[] = [];
  for (const [id, { at }] of Object.entries(documents ?? {}))
    if (at !== undefined) found.push(stage(at, ['documents', id, 'at']));
  for (const [index, { at }] of (rules ?? []).entries()) found.push(stage(at, ['rules', index, 'at']));
  for (const [id, { until, during, go }] of Object.entries(anytime ?? {})) {
    if (until !== undefined) found.push(stage(until, ['anytime', id, 'until']));
    if (go !== undefined) found.push(stage(go, ['anytime', id, 'go']));
    for (const [index, name] of (during ?? []).entries()) found.push(stage(name, ['anytime', id, 'during', index]));
  }
  return [
    ...found,
    ...enclosures(subject),
    ...clockReferences(subject),
    ...stagesOf(subject).flatMap(([id, value]) => stageReferences(subject, id, value)),
  ];
}

function enclosures({ procedure: { issues = {}, documents } }: Subject): Reference[] {
  return Object.entries(issues).flatMap(([id, { encloses = [] }]) =>
    encloses.map((name, index) => {
      return { kind: 'document', name, at: ['issues', id, 'encloses', index], known: has(documents, name) };
    }),
  );
}

function stageReference(subject: Subject, name: string, at: PropertyKey[]): Reference {
  return { kind: 'stage', name, at, known: has(subject.procedure.stages, name) };
}

function clockReferences(subject: Subject): Reference[] {
  const { clock, issues } = subject.procedure;
  const found = (clock.extend ?? []).flatMap(({ at }, index) =>
    at === undefined ? [] : [stageReference(subject, at, ['clock', 'extend', index, 'at'])],
  );
  const { makes } = clock.late ?? {};
  if (makes !== undefined)
    found.push({ kind: 'issue', name: makes, at: ['clock', 'late', 'makes'], known: has(issues, makes) });
  return found;
}

function stageReferences(subject: Subject, id: string, stage: Stage): Reference[] {
  const { stages, documents, fees, issues } = subject.procedure;
  const at = ['stages', id];
  const list = (
    kind: Reference['kind'],
    names: readonly string[] | undefined,
    field: string,
    known: object | undefined,
  ): Reference[] =>
    (names ?? []).map((name, index) => ({
      kind,
      name,
      at: [...at, field, index],
      known: has(known as Record<string, unknown>, name),
    }));
  if (stage.kind === 'decide') return [];
  const found = list('stage', stage.separateFrom, 'separateFrom', stages);
  if (stage.makes !== undefined)
    found.push({ kind: 'issue', name: stage.makes, at: [...at, 'makes'], known: has(issues, stage.makes) });
  switch (stage.kind) {
    case 'sign':
      found.push({ kind: 'issue', name: stage.issue, at: [...at, 'issue'], known: has(issues, stage.issue) });
      break;
    case 'ask':
      found.push(...list('document', stage.needs, 'needs', documents), ...party(subject, stage.of, at));
      break;
    case 'pay':
      found.push(...list('fee', stage.fees, 'fees', fees), ...party(subject, stage.of, at));
      break;
    case 'call':
      found.push(...list('stage', stage.undoes, 'undoes', stages));
      break;
    case 'notify':
      found.push(...list('issue', stage.deliver, 'deliver', issues));
      break;
    case 'consult':
    case 'open':
      found.push(...partReferences(subject, id, stage));
      break;
    default:
      break;
  }
  return found;
}

function party(subject: Subject, of: string, at: PropertyKey[]): Reference[] {
  if (of.startsWith('=') || of.startsWith('parent.') || of === 'applicant' || of === 'submitter') return [];
  return [{ kind: 'party', name: of, at: [...at, 'of'], known: has(subject.procedure.parties, of) }];
}

function partReferences(subject: Subject, id: string, stage: StageOf<'consult'> | StageOf<'open'>): Reference[] {
  const parts: Readonly<Record<string, OpinionPart | ChildPart>> = stage.parts;
  return Object.entries(parts).flatMap(([name, part]) => {
    const at = ['stages', id, 'parts', name];
    const after = (part.after ?? []).map((other, index): Reference => {
      return { kind: 'part', name: other, at: [...at, 'after', index], known: other !== name && has(parts, other) };
    });
    const { documents, issues } = subject.procedure;
    const wanted = 'gets' in part ? (part.gets ?? []) : [];
    const gets = wanted.map((other, index): Reference => {
      const isPaper = stage.kind === 'consult' && has(issues, other);
      return { kind: 'document', name: other, at: [...at, 'gets', index], known: has(documents, other) || isPaper };
    });
    return [...after, ...gets];
  });
}

/** First match needs a last line that always holds, and no earlier one that hides the rest. */
function openCases(subject: Subject): Problem[] {
  const problems: Problem[] = [];
  const visit = (value: unknown, at: PropertyKey[]): void => {
    if (typeof value !== 'object' || value === null) return;
    const isCases = Array.isArray(value) && value.length > 0 && value.every(isCase);
    if (isCases) {
      const open = value.findIndex((line, index) => (index === value.length - 1) === 'when' in line);
      if (open >= 0) {
        const message =
          open === value.length - 1
            ? 'the last one must have no `when`, so that one always holds'
            : 'only the last one may have no `when`';
        problems.push(problem(subject, 'cases-open', { at: [...at, open], message, related: at }));
      }
    }
    for (const [key, inner] of Object.entries(value))
      if (key !== 'form' && key !== 'input') visit(inner, [...at, Array.isArray(value) ? Number(key) : key]);
  };
  visit(subject.procedure, []);
  return problems;
}

function isCase(line: unknown): line is { when?: string } {
  return typeof line === 'object' && line !== null && ('is' in line || 'go' in line);
}
