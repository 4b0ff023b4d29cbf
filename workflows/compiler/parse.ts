import { Procedure } from '../../schemas/procedure.ts';
import { DEFINITION_VERSION } from '../../schemas/procedure/definition.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import { readNamedFiles } from './named-files.ts';
import type { ReadFile } from './named-files.ts';
import type { Locate, Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { MAX_PROBLEMS, readYaml } from './yaml-source.ts';
import type { YamlDocument } from './yaml-source.ts';

/** Keys, values and items of one procedure: ten times what the largest known one has. */
export const MAX_PARTS = 20_000;
/** Ten times what the largest known one has; how they lead to one another is judged at a cost that grows with their square. */
export const MAX_STAGES = 200;

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
    if (problems.length >= MAX_PROBLEMS) break;
  }
  return problems.length === 0 ? { ok: true, procedures } : { ok: false, problems };
}

function parseDocument(document: YamlDocument, readFile: ReadFile): ParsedOne {
  const large = tooLarge(document);
  if (large) return { ok: false, problems: [large] };
  const checked = Procedure.safeParse(document.value);
  if (!checked.success)
    return { ok: false, problems: schemaProblems(checked.error.issues, document).slice(0, MAX_PROBLEMS) };
  const procedure = checked.data;
  const { forms, templates, tables, texts, problems } = readNamedFiles(procedure, document, readFile);
  if (problems.length > 0) return { ok: false, problems };
  const definition = { schemaVersion: DEFINITION_VERSION, procedure, forms, templates, tables } as const;
  return { ok: true, procedure: { procedure, definition, files: texts, locate: document.locate } };
}

/** Before anything reads further: what comes after takes time for each part, and for each pair of stages. */
function tooLarge({ value, parts, locate }: YamlDocument): Problem | undefined {
  if (parts > MAX_PARTS) {
    const message = 'the procedure has too many parts';
    return { ...locate([]), rule: 'too-many-parts', message, expected: `at most ${MAX_PARTS}`, found: String(parts) };
  }
  const stages: unknown = typeof value === 'object' && value !== null && 'stages' in value ? value.stages : undefined;
  const count = typeof stages === 'object' && stages !== null ? Object.keys(stages).length : 0;
  if (count <= MAX_STAGES) return undefined;
  const message = 'the procedure has too many stages';
  const place = locate(['stages'], 'key');
  return { ...place, rule: 'too-many-stages', message, expected: `at most ${MAX_STAGES}`, found: String(count) };
}
