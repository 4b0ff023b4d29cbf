import type { Procedure } from '../../schemas/procedure.ts';
import type { FormRef } from '../../schemas/procedure/values.ts';
import { Template } from '../../schemas/template.ts';
import { formsNamedBy } from './forms-named-by.ts';
import { formSchemaProblems } from './form-schema.ts';
import type { Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { templateProblems } from './template-problems.ts';
import { readYaml } from './yaml-source.ts';
import type { YamlDocument } from './yaml-source.ts';

/** Reads a file named by a procedure, relative to the procedure's own; undefined where there is none. */
export type ReadFile = (path: string) => string | Uint8Array | undefined;

export interface NamedFiles {
  readonly forms: Record<string, Record<string, unknown>>;
  readonly templates: Record<string, unknown>;
  readonly tables: Record<string, Record<string, unknown>>;
  /** The texts as read, by path. */
  readonly texts: Record<string, string>;
  readonly problems: Problem[];
}

type Data = Record<string, unknown>;

/** Collects and checks everything the procedure names: forms must be there and valid, templates must be there; a table that is not beside the procedure is the organisation's. */
export function readNamedFiles(procedure: Procedure, document: YamlDocument, readFile: ReadFile): NamedFiles {
  const files: NamedFiles = { forms: {}, templates: {}, tables: {}, texts: {}, problems: [] };
  const read = (
    path: string,
    at: PropertyKey[],
    required: boolean,
  ): { data: Data; source: YamlDocument } | undefined => {
    const text = readFile(path);
    if (text === undefined) {
      if (required)
        files.problems.push({ ...document.locate(at), rule: 'file-missing', message: `there is no file ${path}` });
      return undefined;
    }
    const reading = readYaml(text, path);
    if (!reading.ok) {
      files.problems.push(...reading.problems);
      return undefined;
    }
    files.texts[path] = typeof text === 'string' ? text : new TextDecoder().decode(text);
    const [source] = reading.documents;
    if (source === undefined || reading.documents.length > 1 || !isData(source.value)) {
      files.problems.push({ file: path, line: 1, column: 1, path: '', rule: 'bad-file', message: 'expected one map' });
      return undefined;
    }
    return { data: source.value, source };
  };
  const reader = { document, files, read };
  for (const { form, at } of formsNamedBy(procedure)) readForm(form, at, reader);
  for (const [id, issue] of Object.entries(procedure.issues ?? {})) {
    if (issue.template === undefined || Object.hasOwn(files.templates, issue.template)) continue;
    const template = read(templatePath(issue.template), ['issues', id, 'template'], true);
    if (template === undefined) continue;
    files.templates[issue.template] = template.data;
    files.problems.push(...judgeTemplate(template));
  }
  for (const { name, at } of tablesNamedBy(procedure)) {
    const table = Object.hasOwn(files.tables, name) ? undefined : read(`tables/${name}.yaml`, at, false);
    if (table !== undefined) files.tables[name] = table.data;
  }
  return files;
}

/** Keys, values and items of a template: ten times what the largest known one has. All of it is drawn. */
const MAX_TEMPLATE_PARTS = 2_000;

function judgeTemplate({ data, source }: { data: Data; source: YamlDocument }): Problem[] {
  if (source.parts > MAX_TEMPLATE_PARTS) {
    const message = 'the template has too many parts';
    const found = String(source.parts);
    return [
      { ...source.locate([]), rule: 'too-many-parts', message, expected: `at most ${MAX_TEMPLATE_PARTS}`, found },
    ];
  }
  const checked = Template.safeParse(data);
  if (!checked.success) return schemaProblems(checked.error.issues, source);
  return templateProblems(checked.data).map(({ path, message }) => ({
    ...source.locate(path),
    rule: 'bad-template',
    message,
  }));
}

interface Reader {
  readonly document: YamlDocument;
  readonly files: NamedFiles;
  readonly read: (
    path: string,
    at: PropertyKey[],
    required: boolean,
  ) => { data: Data; source: YamlDocument } | undefined;
}

function readForm(form: FormRef, at: PropertyKey[], { document, files, read }: Reader): void {
  if (typeof form !== 'string') {
    const problems = formSchemaProblems(form).map((problem) => ({
      ...document.locate([...at, ...problem.path]),
      rule: 'bad-form',
      message: `the form is not a valid JSON Schema: ${problem.message}`,
    }));
    files.problems.push(...problems);
    return;
  }
  if (Object.hasOwn(files.forms, form)) return;
  const schema = read(form, at, true);
  if (schema === undefined) return;
  files.forms[form] = schema.data;
  for (const problem of formSchemaProblems(schema.data)) {
    const message = `the form is not a valid JSON Schema: ${problem.message}`;
    files.problems.push({
      ...schema.source.locate(problem.path),
      rule: 'bad-form',
      message,
      related: document.locate(at),
    });
  }
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A template's name stands for templates/<name>.yaml. */
export function templatePath(template: string): string {
  return template.includes('/') || template.includes('.') ? template : `templates/${template}.yaml`;
}

const TABLE = /\$table\(\s*(["'])([a-z][a-z0-9-]*)\1/g;

/** The tables that expressions of the procedure name literally. */
function tablesNamedBy(procedure: Procedure): { name: string; at: PropertyKey[] }[] {
  const found: { name: string; at: PropertyKey[] }[] = [];
  const visit = (value: unknown, at: PropertyKey[]): void => {
    if (typeof value === 'string') {
      for (const match of value.matchAll(TABLE)) if (match[2] !== undefined) found.push({ name: match[2], at });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...at, key]);
    }
  };
  visit(procedure, []);
  return found;
}
