import type { FormRef } from '../../../schemas/procedure/values.ts';
import { compileExpression } from '../../expressions/compile-expression.ts';
import { DOSSIER_FIELDS, PARENT_FIELDS, STAGE_FIELDS, VIEW_ROOTS } from '../../expressions/view.ts';
import { FormFields } from '../form-fields.ts';
import type { Problem } from '../problem.ts';
import { problem, stagesOf } from './subject.ts';
import type { Lint, Subject } from './subject.ts';

/** Every expression: whether it is part of the language, and whether what it reads can be there. */
export const lintExpressions: Lint = (subject) =>
  expressionsOf(subject).flatMap((found) => {
    const compiled = compileExpression(found.text);
    if (!compiled.ok)
      return compiled.problems.map(({ rule, message }) => problem(subject, rule, { at: found.at, message }));
    return compiled.expression.paths.flatMap(({ steps }) => pathProblem(subject, steps, found));
  });

interface FoundExpression {
  readonly text: string;
  readonly at: PropertyKey[];
  /** Whether `item` may be read: inside a part with `each`. */
  readonly item: boolean;
}

const ALWAYS = new Set<PropertyKey>(['when', 'must', 'key', 'area', 'each', 'exempt', 'people', 'team', 'label']);
/** Texts, schemas and names: nothing in them is an expression. */
const NEVER = new Set<PropertyKey>(['title', 'form', 'input', 'legalBasis', 'notices', 'announced', 'partial']);
const MAPS = new Set<PropertyKey>(['with', 'send', 'undo']);

function expressionsOf(subject: Subject): FoundExpression[] {
  const found: FoundExpression[] = [];
  collect(subject.procedure, [], false, found);
  return found;
}

function collect(block: object, at: readonly PropertyKey[], item: boolean, found: FoundExpression[]): void {
  const inPart = item || (at.length === 4 && at[2] === 'parts' && 'each' in block);
  const rule = keyRule(at);
  for (const [key, value] of Object.entries(block) as [string, unknown][]) {
    if (rule === 'fields' && NEVER.has(key)) continue;
    const path = [...at, Array.isArray(block) ? Number(key) : key];
    const readsItem = inPart && key !== 'each';
    if (typeof value === 'object' && value !== null) collect(value, path, readsItem, found);
    if (typeof value !== 'string') continue;
    const text = expressionIn(value, rule === 'expressions' || (rule === 'fields' && ALWAYS.has(key)));
    if (text !== undefined) found.push({ text, at: path, item: readsItem });
  }
}

/** Where a text is not always an expression, `=` makes it one. */
function expressionIn(text: string, always: boolean): string | undefined {
  if (always) return text;
  return text.startsWith('=') ? text.slice(1).trim() : undefined;
}

/** What the keys of the map at this path are: fields of the language, names whose texts are expressions, or other names. */
function keyRule(at: readonly PropertyKey[]): 'fields' | 'expressions' | 'names' {
  if (at.length === 1 && (at[0] === 'parties' || at[0] === 'facts')) return 'expressions';
  if (isNamed(at) || (at.length > 2 && MAPS.has(at.at(-1) ?? ''))) return 'names';
  return 'fields';
}

/** Whether the keys below this path are names chosen by the author, not fields of the language. */
function isNamed(at: readonly PropertyKey[]): boolean {
  if (at.length === 1)
    return ['parties', 'facts', 'output', 'documents', 'fees', 'issues', 'stages', 'anytime'].includes(String(at[0]));
  if (at.length === 2) return at[0] === 'clock' && at[1] === 'during';
  return at.length === 3 && at[0] === 'stages' && (at[2] === 'then' || at[2] === 'parts');
}

function pathProblem(subject: Subject, steps: readonly string[], { at, item, text }: FoundExpression): Problem[] {
  const [root, ...rest] = steps;
  if (root === undefined) return [];
  if (!(VIEW_ROOTS as readonly string[]).includes(root) || (root === 'item' && !item)) {
    const message =
      root === 'item' ? '`item` is read only inside a part with `each`' : `${root} is not part of the view`;
    const expected = VIEW_ROOTS.filter((name) => name !== 'item' || item).join(', ');
    return [problem(subject, 'expression-root', { at, message, expected, found: root })];
  }
  const known = knownSteps(subject, root, rest);
  if (known >= rest.length) return [];
  const message = `${steps.slice(0, known + 2).join('.')} can never be there, so "${text}" would never hold`;
  const related = DECLARED_IN[root];
  return [problem(subject, 'expression-path', { at, message, ...(related && { related: [related] }) })];
}

const DECLARED_IN: Readonly<Record<string, string>> = {
  form: 'form',
  parties: 'parties',
  facts: 'facts',
  input: 'input',
  documents: 'documents',
  sources: 'documents',
  stages: 'stages',
  fees: 'fees',
  issues: 'issues',
  parts: 'stages',
};

/** How many of the steps behind a root can be there. */
function knownSteps(subject: Subject, root: string, steps: readonly string[]): number {
  const { procedure } = subject;
  const [name, field, ...rest] = steps;
  const within = (names: readonly string[], fields?: readonly string[]): number => {
    if (name === undefined || !names.includes(name)) return 0;
    return fields === undefined || field === undefined || fields.includes(field) ? Infinity : 1;
  };
  switch (root) {
    case 'form':
      return formSteps(subject, procedure.form, steps);
    case 'input':
      return procedure.input === undefined ? Infinity : formSteps(subject, procedure.input, steps);
    case 'parties':
    case 'facts':
      return name === undefined ? Infinity : within(Object.keys(procedure[root] ?? {}));
    case 'documents':
      return name === undefined
        ? Infinity
        : within(Object.keys(procedure.documents ?? {}), ['present', 'how', 'evidence', 'at']);
    case 'sources':
      return within(
        Object.entries(procedure.documents ?? {})
          .filter(([, { source }]) => source !== undefined)
          .map(([id]) => id),
      );
    case 'fees':
      return within(Object.keys(procedure.fees ?? {}), ['amount', 'paid', 'at']);
    case 'issues':
      return within(Object.keys(procedure.issues ?? {}), ['number', 'signedAt', 'validTo']);
    case 'parts':
      return within(partNames(subject), ['outcome', 'data']);
    case 'parent':
      return name === undefined || (PARENT_FIELDS as readonly string[]).includes(name) ? Infinity : 0;
    case 'dossier':
      return name === undefined || (DOSSIER_FIELDS as readonly string[]).includes(name) ? Infinity : 0;
    case 'stages':
      return stageSteps(subject, name, field, rest);
    default:
      return Infinity;
  }
}

function formSteps(subject: Subject, form: FormRef | undefined, steps: readonly string[]): number {
  if (form === undefined) return 0;
  return new FormFields(subject.definition, form).known(steps);
}

function stageSteps(
  subject: Subject,
  name: string | undefined,
  field: string | undefined,
  rest: readonly string[],
): number {
  if (name === undefined) return Infinity;
  const stage = stagesOf(subject).find(([id]) => id === name)?.[1];
  if (stage === undefined || stage.kind === 'decide') return 0;
  if (field === undefined) return Infinity;
  if (!(STAGE_FIELDS as readonly string[]).includes(field)) return 1;
  const [inner] = rest;
  if (field === 'by') return inner === undefined || inner === 'role' || inner === 'unit' ? Infinity : 2;
  if (field !== 'form' || stage.form === undefined) return field === 'form' && stage.kind !== 'call' ? 1 : Infinity;
  return 2 + formSteps(subject, stage.form, rest);
}

function partNames(subject: Subject): string[] {
  return stagesOf(subject).flatMap(([, stage]) =>
    stage.kind === 'consult' || stage.kind === 'open' ? Object.keys(stage.parts) : [],
  );
}
