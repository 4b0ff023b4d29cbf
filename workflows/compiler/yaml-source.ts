import { Lexer, LineCounter, isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Document, Node, Pair, ParsedNode, Scalar } from 'yaml';
import { dotted } from './problem.ts';
import type { Locate, Place, Problem } from './problem.ts';

/** A procedure's file may have 1 MiB: more than a hundred times the largest known procedure. */
export const MAX_BYTES = 1024 * 1024;
/** Maps and lists within one another. */
export const MAX_DEPTH = 32;

/** One YAML document, as plain data, that can say where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown;
  readonly locate: Locate;
  /** The text of a value as written, or undefined where there is none. */
  readonly written: (path: readonly PropertyKey[]) => string | undefined;
}

export type YamlReading = { ok: true; documents: YamlDocument[] } | { ok: false; problems: Problem[] };

/**
 * Reads YAML 1.2 as data and refuses what two readers could read differently or a person would overlook: duplicate keys,
 * aliases, tags, directives, words that YAML 1.1 takes for booleans, sexagesimal and octal numbers, text that is not UTF-8
 * in normal form C, and direction overrides. Bounded in size and depth.
 */
export function readYaml(input: string | Uint8Array, file: string): YamlReading {
  const decoded = decode(input, file);
  if (typeof decoded !== 'string') return { ok: false, problems: [decoded] };
  const text = decoded;
  const unsafe = textProblems(text, file);
  if (unsafe.length > 0) return { ok: false, problems: unsafe };
  const deep = nestingProblem(text, file);
  if (deep !== undefined) return { ok: false, problems: [deep] };
  return readDocuments(text, file);
}

/** Measured on the tokens, before anything recursive runs. Deep indentation needs no check: it costs its square in bytes. */
function nestingProblem(text: string, file: string): Problem | undefined {
  let depth = 0;
  let inLine = 0;
  let line = 1;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth = Math.max(0, depth - 1);
    else if (token === '-' || token === '?') inLine += 1;
    if (token.includes('\n')) {
      line += token.split('\n').length - 1;
      inLine = 0;
    }
    if (depth + inLine > MAX_DEPTH) return tooDeep({ file, line, column: 1, path: '' });
  }
  return undefined;
}

/** The text of a file in UTF-8, or why it is none. */
export function decode(input: string | Uint8Array, file: string): string | Problem {
  const start = { file, line: 1, column: 1, path: '' };
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
  if (size > MAX_BYTES) {
    const message = 'the file is too large';
    return {
      ...start,
      rule: 'file-too-large',
      message,
      expected: `at most ${MAX_BYTES} bytes`,
      found: `${size} bytes`,
    };
  }
  if (typeof input !== 'string') {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(input);
    } catch {
      return { ...start, rule: 'not-utf8', message: 'the file is not valid UTF-8' };
    }
  }
  if (!input.isWellFormed()) return { ...start, rule: 'not-utf8', message: 'the text has lone surrogates' };
  return input;
}

/** What makes a text read otherwise than it is. */
export const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/u;

/** Refused rather than normalised: the digest of a procedure covers the bytes that its author signed off. */
function textProblems(text: string, file: string): Problem[] {
  if (text.normalize('NFC') === text && !DIRECTION.test(text)) return [];
  const problems: Problem[] = [];
  text.split('\n').forEach((line, index) => {
    const place = { file, line: index + 1, column: 1, path: '' };
    const normal = line.normalize('NFC');
    if (normal !== line) {
      const same = [...line].findIndex((char, at) => char !== [...normal][at]);
      const message = 'the text is not in Unicode normal form C: write accented letters as single characters';
      problems.push({ ...place, column: same + 1, rule: 'not-nfc', message });
    }
    const direction = DIRECTION.exec(line);
    if (direction !== null) {
      const message = 'a direction override makes the text read otherwise than it is';
      problems.push({ ...place, column: direction.index + 1, rule: 'direction-override', message });
    }
  });
  return problems;
}

function tooDeep(place: Place): Problem {
  return {
    ...place,
    rule: 'too-deep',
    message: 'the file is nested too deeply',
    expected: `at most ${MAX_DEPTH} levels`,
  };
}

function readDocuments(text: string, file: string): YamlReading {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, version: '1.2' });
  const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const at = (offset: number, path = ''): Place => {
    const position = lines.linePos(offset);
    return { file, line: Math.max(1, position.line), column: Math.max(1, position.col), path };
  };
  const problems = documents.flatMap((document) => syntaxProblems(document, at, text));
  if (problems.length > 0) return { ok: false, problems };
  if (documents.length === 0 || documents.every((document) => document.contents === null)) {
    return { ok: false, problems: [{ ...at(0), rule: 'empty-file', message: 'the file is empty' }] };
  }
  return { ok: true, documents: documents.map((document) => readable(document, at, text)) };
}

function syntaxProblems(
  document: Document.Parsed,
  at: (offset: number, path?: string) => Place,
  text: string,
): Problem[] {
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    rule: error.code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'yaml-syntax',
    message: error.message,
    ...firstTwin(document, error, at),
  }));
  if (document.directives.yaml.explicit === true) {
    problems.push({
      ...at(document.range[0]),
      rule: 'yaml-directive',
      message: 'YAML directives are not part of the language',
    });
  }
  walk(document.contents, [], (node, path, isKey) => {
    const trap = trapOf(node, path, isKey, text);
    if (trap !== undefined) problems.push({ ...at(node.range?.[0] ?? 0, dotted(path)), ...trap });
  });
  return problems;
}

/** For a duplicate key: where the same key stands first. */
function firstTwin(
  document: Document.Parsed,
  error: { code: string; pos: [number, number] },
  at: (offset: number, path?: string) => Place,
): { related?: Place } {
  if (error.code !== 'DUPLICATE_KEY') return {};
  let found: Place | undefined;
  walk(document.contents, [], (node, path) => {
    if (!isMap(node)) return;
    const keys = node.items.map((pair) => pair.key).filter((key): key is Scalar.Parsed => isScalar(key));
    const second = keys.find((key) => key.range[0] === error.pos[0]);
    const first = second && keys.find((key) => key !== second && key.value === second.value);
    if (first) found = at(first.range[0], dotted([...path, String(first.value)]));
  });
  return found === undefined ? {} : { related: found };
}

type Visit = (node: Node, path: PropertyKey[], isKey: boolean) => void;

function walk(node: ParsedNode | Node | null, path: PropertyKey[], visit: Visit): void {
  if (node === null) return;
  visit(node, path, false);
  if (path.length > MAX_DEPTH) return;
  if (isSeq(node)) node.items.forEach((item, index) => walk(item as Node | null, [...path, index], visit));
  if (!isMap(node)) return;
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const name = isScalar(pair.key) ? String(pair.key.value) : '?';
    visit(pair.key, [...path, name], true);
    walk(pair.value, [...path, name], visit);
  }
}

/** What YAML 1.1 readers such as PyYAML take for something else. */
const YAML_1_1_BOOLEAN = /^(y|n|yes|no|on|off)$/i;
const YAML_1_1_NUMBER = /^[-+]?(0[0-9_]+|[0-9][0-9_]*(:[0-5]?[0-9])+)$/;

function trapOf(
  node: Node,
  path: PropertyKey[],
  isKey: boolean,
  text: string,
): Pick<Problem, 'rule' | 'message'> | undefined {
  if (path.length > MAX_DEPTH) return { rule: 'too-deep', message: `nested too deeply: at most ${MAX_DEPTH} levels` };
  if (isAlias(node)) return { rule: 'yaml-alias', message: 'aliases are not part of the language: repeat the text' };
  if (node.anchor !== undefined && node.anchor !== '') {
    return { rule: 'yaml-alias', message: 'anchors are not part of the language: repeat the text' };
  }
  if (node.tag !== undefined) return { rule: 'yaml-tag', message: 'tags are not part of the language' };
  if (isKey && (!isScalar(node) || node.value === '__proto__')) {
    return { rule: 'yaml-key', message: 'expected a plain name as key' };
  }
  if (!isScalar(node) || node.type !== 'PLAIN') return undefined;
  const written = node.range ? text.slice(node.range[0], node.range[1]) : '';
  if (YAML_1_1_BOOLEAN.test(written)) {
    return { rule: 'yaml-1.1', message: `${written} must be quoted: other YAML readers take it for true or false` };
  }
  if (YAML_1_1_NUMBER.test(written)) {
    return { rule: 'yaml-1.1', message: `${written} must be quoted: other YAML readers take it for another number` };
  }
  return undefined;
}

function readable(document: Document.Parsed, at: (offset: number, path?: string) => Place, text: string): YamlDocument {
  const find = (path: readonly PropertyKey[]): { node: Node | null; key?: Node; depth: number } => {
    let node: Node | null = document.contents;
    let key: Node | undefined;
    for (const [depth, step] of path.entries()) {
      const next: { value: Node | null; key?: Node } | undefined = childOf(node, step);
      if (next === undefined) return { node, ...(key && { key }), depth };
      node = next.value;
      key = next.key;
    }
    return { node, ...(key && { key }), depth: path.length };
  };
  return {
    value: document.toJS({ maxAliasCount: 0 }) as unknown,
    locate: (path, part = 'value') => {
      const { node, key, depth } = find(path);
      const target = depth < path.length || part === 'key' ? (key ?? node) : (node ?? key);
      return at(target?.range?.[0] ?? document.range[0], dotted(path));
    },
    written: (path) => {
      const { node, depth } = find(path);
      if (node?.range == null || depth < path.length) return undefined;
      return text.slice(node.range[0], node.range[1]);
    },
  };
}

function childOf(node: Node | null, step: PropertyKey): { value: Node | null; key?: Node } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { value: isPair(item) ? null : (item as Node) };
  }
  if (!isMap(node)) return undefined;
  const pair = (node.items as Pair<Node, Node | null>[]).find(
    (candidate) => isScalar(candidate.key) && String(candidate.key.value) === String(step),
  );
  return pair && { value: pair.value, key: pair.key };
}
