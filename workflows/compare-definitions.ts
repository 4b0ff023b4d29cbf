import type { Change, Changes, Named } from '../schemas/impact.ts';
import type { Definition } from '../schemas/procedure/definition.ts';

type Data = Readonly<Record<string, unknown>>;

/** Differences listed one by one at most. */
const LISTED = 200;

/** What is other in a definition than in the one before. Lists are compared whole; the head (version, dates) is left out. */
export function compareDefinitions(was: Definition, is: Definition): Changes {
  const before = textOf(was);
  const after = textOf(is);
  const details = differences(before, after, []).toSorted((a, b) => Number(isClock(b)) - Number(isClock(a)));
  return {
    stages: compareNames(was.procedure.stages, is.procedure.stages),
    documents: compareNames(was.procedure.documents, is.procedure.documents),
    fees: compareNames(was.procedure.fees, is.procedure.fees),
    issues: compareNames(was.procedure.issues, is.procedure.issues),
    files: compareNames(filesOf(was), filesOf(is)),
    details: details.slice(0, LISTED),
    more: Math.max(0, details.length - LISTED),
  };
}

function textOf({ procedure: { version: _version, effective: _effective, ...text } }: Definition): Data {
  return text;
}

function isClock({ at }: Change): boolean {
  return at === 'clock' || at.startsWith('clock.');
}

function filesOf({ forms, templates, tables }: Definition): Data {
  const named = (kind: string, files: Data): [string, unknown][] =>
    Object.entries(files).map(([name, content]) => [`${kind} ${name}`, content]);
  return Object.fromEntries([...named('form', forms), ...named('template', templates), ...named('table', tables)]);
}

function compareNames(was: object | undefined, is: object | undefined): Named {
  const before = new Map<string, unknown>(Object.entries(was ?? {}));
  const after = new Map<string, unknown>(Object.entries(is ?? {}));
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after.keys()].filter((name) => before.has(name) && !same(before.get(name), after.get(name))),
  };
}

function differences(was: unknown, is: unknown, path: readonly string[]): Change[] {
  if (same(was, is)) return [];
  if (!isMap(was) || !isMap(is))
    return [{ at: path.join('.'), ...(was !== undefined && { was }), ...(is !== undefined && { is }) }];
  const [before, after] = [Object.keys(was), Object.keys(is)];
  const found = [...new Set([...before, ...after])].flatMap((name) =>
    differences(was[name], is[name], [...path, name]),
  );
  // The order alone is other, and it means something: the first outcome is the way forward, the first stage the start.
  return found.length > 0 ? found : [{ at: path.join('.'), was: before, is: after }];
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equal as data, the order of maps included. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
