import { Procedure } from '../../schemas/procedure.ts';
import { DEFINITION_VERSION } from '../../schemas/procedure/definition.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import { readNamedFiles } from './named-files.ts';
import type { ReadFile } from './named-files.ts';
import type { Locate, Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { readYaml } from './yaml-source.ts';
import type { YamlDocument } from './yaml-source.ts';

export interface ParsedProcedure {
  readonly procedure: Procedure;
  /** The procedure with the files it names: what is published, hashed and pinned. */
  readonly definition: Definition;
  /** The texts of those files, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Where each part of it stands in its file. */
  readonly locate: Locate;
}

export type ParsedOne = { ok: true; procedure: ParsedProcedure } | { ok: false; problems: Problem[] };
export type ParsedMany = { ok: true; procedures: ParsedProcedure[] } | { ok: false; problems: Problem[] };

/** Reads a file with exactly one procedure. */
export function parseProcedure(
  text: string | Uint8Array,
  file: string,
  readFile: ReadFile = () => undefined,
): ParsedOne {
  const parsed = parseProcedures(text, file, readFile);
  if (!parsed.ok) return parsed;
  const [procedure, second] = parsed.procedures;
  if (procedure !== undefined && second === undefined) return { ok: true, procedure };
  const place = second?.locate([]) ?? { file, line: 1, column: 1, path: '' };
  const message = 'one procedure is wanted here';
  const found = String(parsed.procedures.length);
  return { ok: false, problems: [{ ...place, rule: 'several-procedures', message, expected: '1', found }] };
}

/** Reads a file with one procedure in each of its YAML documents. */
export function parseProcedures(
  text: string | Uint8Array,
  file: string,
  readFile: ReadFile = () => undefined,
): ParsedMany {
  const reading = readYaml(text, file);
  if (!reading.ok) return reading;
  const problems: Problem[] = [];
  const procedures: ParsedProcedure[] = [];
  for (const document of reading.documents) {
    const parsed = parseDocument(document, readFile);
    if (parsed.ok) procedures.push(parsed.procedure);
    else problems.push(...parsed.problems);
  }
  return problems.length === 0 ? { ok: true, procedures } : { ok: false, problems };
}

function parseDocument(document: YamlDocument, readFile: ReadFile): ParsedOne {
  const checked = Procedure.safeParse(document.value);
  if (!checked.success) return { ok: false, problems: schemaProblems(checked.error.issues, document) };
  const procedure = checked.data;
  const { forms, templates, tables, texts, problems } = readNamedFiles(procedure, document, readFile);
  if (problems.length > 0) return { ok: false, problems };
  const definition = { schemaVersion: DEFINITION_VERSION, procedure, forms, templates, tables } as const;
  return { ok: true, procedure: { procedure, definition, files: texts, locate: document.locate } };
}
