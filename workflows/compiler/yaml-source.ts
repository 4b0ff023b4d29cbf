import { Lexer, LineCounter, isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Document, Node, Pair, ParsedNode, YAMLMap } from 'yaml';
import { DIRECTION, expectedOfText } from '../../domain/written-text.ts';
import { dotted } from './problem.ts';
import type { Locate, Place, Problem } from './problem.ts';

/** A procedure's file may have 1 MiB: more than a hundred times the largest known procedure. */
export const MAX_BYTES = 1024 * 1024;
/** Words, signs, spaces and line ends: a legible file of that size has half as many. What is made of signs alone takes the reader long. */
export const MAX_TOKENS = 400_000;
/** No more is told of one file: who mends these sees the rest. */
export const MAX_PROBLEMS = 100;
/** Of a message of the reader, which quotes the text. */
const MAX_MESSAGE = 200;
/** Maps and lists within one another. */
export const MAX_DEPTH = 32;

/** One YAML document, as plain data, that can say where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown;
  readonly locate: Locate;
  /** The text of a value as written, or undefined where there is none. */
  readonly written: (path: readonly PropertyKey[]) => string | undefined;
  /** How many keys, values and items it has. */
  readonly parts: number;
}

export type YamlReading = { ok: true; documents: YamlDocument[] } | { ok: false; problems: Problem[] };

/**
 * Reads YAML 1.2 as data and refuses what two readers could read differently or a person would overlook: duplicate keys,
 * aliases, tags, directives, words that YAML 1.1 takes for booleans, sexagesimal and octal numbers, text that is not UTF-8
 * in normal form C, direction overrides and control characters, written as escapes too. Bounded in size and depth.
 */
export function readYaml(input: string | Uint8Array, file: string): YamlReading {
  const decoded = decode(input, file);
  if (typeof decoded !== 'string') return { ok: false, problems: [decoded] };
  const text = decoded;
  const unsafe = textProblems(text, file);
  if (unsafe.length > 0) return { ok: false, problems: unsafe.slice(0, MAX_PROBLEMS) };
  const unreadable = tokenProblem(text, file);
  if (unreadable !== undefined) return { ok: false, problems: [unreadable] };
  return readDocuments(text, file);
}

/** Number and nesting, measured on the tokens before anything recursive runs. Deep indentation needs no check: it costs its square in bytes. */
function tokenProblem(text: string, file: string): Problem | undefined {
  let depth = 0;
  let inLine = 0;
  let line = 1;
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MAX_TOKENS) return tooManyTokens({ file, line, column: 1, path: '' });
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
      return { ...start, rule: 'not-utf8', message: 'the file is not valid UTF-8', expected: 'UTF-8' };
    }
  }
  if (!input.isWellFormed()) return { ...start, rule: 'not-utf8', message: 'the text has lone surrogates' };
  return input;
}

/** Refused rather than normalised: the digest of a procedure covers the bytes that its author signed off. */
function textProblems(text: string, file: string): Problem[] {
  if (text.normalize('NFC') === text && !DIRECTION.test(text)) return [];
  const problems: Problem[] = [];
  text.split('\n').forEach((line, index) => {
    const place = { file, line: index + 1, column: 1, path: '' };
    const normal = line.normalize('NFC');
    if (normal !== line) {
      const chars = [...normal];
      const same = [...line].findIndex((char, at) => char !== chars[at]);
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

function tooManyTokens(place: Place): Problem {
  const message = 'the file has too many signs and words';
  return { ...place, rule: 'too-many-parts', message, expected: `at most ${MAX_TOKENS}`, found: 'more' };
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
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    version: '1.2',
  });
  const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const at = (offset: number, path = ''): Place => {
    const position = lines.linePos(offset);
    return { file, line: Math.max(1, position.line), column: Math.max(1, position.col), path };
  };
  const problems = documents.flatMap((document) => syntaxProblems(document, at, text));
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };
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
    rule: 'yaml-syntax',
    message: error.message.slice(0, MAX_MESSAGE),
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
    if (isMap(node)) for (const twin of twins(node, path, at)) problems.push(twin);
  });
  return problems;
}

/** Keys that stand twice in one map, each with the place of the first. Found here: the reader of the package compares every key with every other. */
function twins(
  { items }: YAMLMap,
  path: readonly PropertyKey[],
  at: (offset: number, path?: string) => Place,
): Problem[] {
  const first = new Map<string, number>();
  return items.flatMap(({ key }): Problem[] => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    const offset = key.range?.[0] ?? 0;
    const related = first.get(name);
    if (related === undefined) {
      first.set(name, offset);
      return [];
    }
    const where = dotted([...path, name]);
    const message = 'Map keys must be unique';
    return [{ ...at(offset, where), rule: 'duplicate-key', message, related: at(related, where) }];
  });
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
  if (!isScalar(node)) return undefined;
  return hiddenIn(node.value) ?? (node.type === 'PLAIN' ? takenForAnother(node, text) : undefined);
}

function takenForAnother(node: Node, text: string): Pick<Problem, 'rule' | 'message'> | undefined {
  const written = node.range ? text.slice(node.range[0], node.range[1]) : '';
  if (YAML_1_1_BOOLEAN.test(written)) {
    return { rule: 'yaml-1.1', message: `${written} must be quoted: other YAML readers take it for true or false` };
  }
  if (YAML_1_1_NUMBER.test(written)) {
    return { rule: 'yaml-1.1', message: `${written} must be quoted: other YAML readers take it for another number` };
  }
  return undefined;
}

function hiddenIn(value: unknown): Pick<Problem, 'rule' | 'message'> | undefined {
  if (typeof value !== 'string') return undefined;
  const expected = expectedOfText(value);
  if (expected === undefined) return undefined;
  const message = `the text says something else than can be read: expected ${expected}, as they are or as escapes`;
  return { rule: 'hidden-characters', message };
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
  let parts = 0;
  walk(document.contents, [], () => (parts += 1));
  return {
    value: document.toJS({ maxAliasCount: 0 }) as unknown,
    parts,
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

type Child = { value: Node | null; key?: Node };

/** The children of maps that were asked for before, by name: of a large map many are asked for. */
const childrenOf = new WeakMap<Node, ReadonlyMap<string, Child>>();

function childOf(node: Node | null, step: PropertyKey): Child | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { value: isPair(item) ? null : (item as Node) };
  }
  if (!isMap(node)) return undefined;
  let children = childrenOf.get(node);
  if (!children) {
    const pairs = (node.items as Pair<Node, Node | null>[]).filter(({ key }) => isScalar(key));
    children = new Map(pairs.map(({ key, value }) => [isScalar(key) ? String(key.value) : '', { value, key }]));
    childrenOf.set(node, children);
  }
  return children.get(String(step));
}
