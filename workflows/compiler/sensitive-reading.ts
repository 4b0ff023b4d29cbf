import { listPlaceholders } from '../../domain/template/list-placeholders.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import type { SensitiveKind } from '../../schemas/procedure/sensitive.ts';
import { Template } from '../../schemas/template.ts';
import { compileExpression } from '../expressions/compile-expression.ts';
import { FormFields } from './form-fields.ts';
import { formsNamedBy } from './forms-named-by.ts';

/** A value that is marked sensitive, as a path of the view. */
export interface Mark {
  readonly path: readonly string[];
  readonly kind: SensitiveKind;
  /** Where the procedure names the form, or marks the document. */
  readonly at: readonly PropertyKey[];
}

/** That an expression's value has a sensitive value in it. `byName`: it names that value itself, so that who reads the procedure sees it; else it takes it along. */
export interface Exposure {
  readonly mark: Mark;
  readonly byName: boolean;
}

type Steps = readonly string[];

/** How deep names lead to names: facts to facts, items to lists. */
const DEPTH = 8;

/** Which sensitive values of a procedure come out where. */
export class SensitiveReading {
  readonly marks: readonly Mark[];
  readonly #definition: Definition;

  constructor(definition: Definition) {
    this.#definition = definition;
    this.marks = marksOf(definition);
  }

  /** What an expression (without `=`) gives out; `each`: the list whose item it may read. */
  ofExpression(text: string, each?: string): Exposure[] {
    return this.marks.length === 0 ? [] : this.#ofText(text, each, 0);
  }

  /** What a value gives out: a literal nothing, an expression what it says. */
  ofValue(value: unknown, each?: string): Exposure[] {
    if (typeof value === 'string') return value.startsWith('=') ? this.ofExpression(value.slice(1).trim(), each) : [];
    return Array.isArray(value) ? (value as { is?: unknown }[]).flatMap(({ is }) => this.ofValue(is, each)) : [];
  }

  /** What stands on a paper of the authority, in the data of a container, or in a file within it. */
  ofIssue(name: string): Exposure[] {
    const { procedure, templates } = this.#definition;
    const issue = procedure.issues?.[name];
    if (!issue || this.marks.length === 0) return [];
    const template = Template.safeParse(templates[issue.template ?? '']);
    const placeholders = template.success ? listPlaceholders(template.data).map(({ path }) => path) : [];
    const data = { pdf: [], json: ['parties'], asice: ['parties', 'facts'] }[issue.format ?? 'pdf'];
    const enclosed = (issue.encloses ?? []).map((document) => `documents.${document}`);
    return [...placeholders, ...data, ...enclosed].flatMap((path) =>
      this.#ofPath(path.replaceAll('[]', '').split('.'), { byName: true, depth: 0 }),
    );
  }

  #ofText(text: string, each: string | undefined, depth: number): Exposure[] {
    const compiled = compileExpression(text);
    if (!compiled.ok || depth > DEPTH) return [];
    return compiled.expression.shown.flatMap(({ steps }) =>
      this.#ofPath(steps, { byName: true, depth: depth + 1, ...(each !== undefined && { each }) }),
    );
  }

  #ofPath(steps: Steps, reading: { byName: boolean; depth: number; each?: string }): Exposure[] {
    const [root, name, ...rest] = steps;
    const { each, ...deeper } = reading;
    const { parties = {}, facts = {} } = this.#definition.procedure;
    if (root === 'item') return each === undefined ? [] : this.#through(each, steps.slice(1), deeper);
    if (root === 'parties')
      return entriesOf(parties, name).flatMap((text) =>
        this.#through(text, rest, { ...deeper, byName: deeper.byName && name !== undefined }),
      );
    if (root === 'facts')
      return entriesOf(facts, name).flatMap((fact) =>
        takenAlong(
          typeof fact === 'string'
            ? this.#ofText(fact, undefined, deeper.depth)
            : fact.flatMap(({ is }) =>
                typeof is === 'string' && is.startsWith('=')
                  ? this.#ofText(is.slice(1).trim(), undefined, deeper.depth)
                  : [],
              ),
        ),
      );
    return this.marks.flatMap((mark): Exposure[] => {
      if (isWithin(steps, mark.path)) return [{ mark, byName: reading.byName }];
      return isWithin(mark.path, steps) ? [{ mark, byName: false }] : [];
    });
  }

  /** What a name stands for: where that is a path, the path goes on; else what the expression gives out, whole. */
  #through(text: string, rest: Steps, { byName, depth }: { byName: boolean; depth: number }): Exposure[] {
    if (depth > DEPTH) return [];
    const compiled = compileExpression(text);
    const [path, ...others] = compiled.ok ? compiled.expression.shown : [];
    if (path && others.length === 0 && isPath(text))
      return this.#ofPath([...path.steps, ...rest], { byName, depth: depth + 1 });
    return takenAlong(this.#ofText(text, undefined, depth));
  }
}

/** The papers that show a sensitive value to whoever reads them; not those that only say by an identity number whom they are about. */
export function sensitivePapers(definition: Definition): ReadonlySet<string> {
  const reading = new SensitiveReading(definition);
  const names = Object.keys(definition.procedure.issues ?? {});
  return new Set(names.filter((name) => reading.ofIssue(name).some(({ mark }) => mark.kind !== 'identity')));
}

function marksOf(definition: Definition): Mark[] {
  const inForms = formsNamedBy(definition.procedure).flatMap(({ form, at }) =>
    new FormFields(definition, form)
      .sensitive()
      .flatMap(({ path, kind }) => placesOf(at).map((place) => ({ path: [...place, ...path], kind, at }))),
  );
  const inDocuments = Object.entries(definition.procedure.documents ?? {}).flatMap(([name, { sensitive: kind }]) =>
    kind === undefined
      ? []
      : ['documents', 'sources'].map((root) => ({ path: [root, name], kind, at: ['documents', name, 'sensitive'] })),
  );
  return [...inForms, ...inDocuments];
}

/** Where what is filled into a form is read. */
function placesOf(at: readonly PropertyKey[]): string[][] {
  const [root = '', stage = '', , part = ''] = at.map(String);
  if (root !== 'stages') return [[root]];
  if (at.length === 3) return [['stages', stage, 'form']];
  return [
    ['parts', part, 'data'],
    ['stages', stage, 'parts', part, 'data'],
  ];
}

/** Whether a path leads to this place or below it. */
function isWithin(path: Steps, place: Steps): boolean {
  return place.every((step, index) => path[index] === step);
}

/** Whether an expression is nothing but a path. */
function isPath(text: string): boolean {
  return /^[A-Za-z][\w.]*$/.test(text.trim());
}

function entriesOf<V>(named: Readonly<Record<string, V>>, name: string | undefined): V[] {
  if (name === undefined) return Object.values(named);
  const value = Object.hasOwn(named, name) ? named[name] : undefined;
  return value === undefined ? [] : [value];
}

function takenAlong(exposures: readonly Exposure[]): Exposure[] {
  return exposures.map(({ mark }) => ({ mark, byName: false }));
}
