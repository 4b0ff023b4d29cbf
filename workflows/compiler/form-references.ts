import { referred } from '../../schemas/json-pointer.ts';

/** Schemas that one value may have to fit, each reference followed: more than a hundred times those of the largest known form. */
const MOST_SCHEMAS = 10_000;
/** References that are resolved only when a value is judged, or by a name: nobody could say beforehand where they lead. */
const OTHERS = ['$dynamicRef', '$dynamicAnchor', '$anchor', '$id', '$recursiveRef'];

interface Problem {
  path: string[];
  message: string;
}

/** References by which whoever fills in the form could let the process stand still: in circles, or each to two others that lead on to two. */
export function referenceProblems(root: object): Problem[] {
  const known = new Map<object, number>();
  const problems: Problem[] = [];
  const count = (schema: object, path: string[]): number => {
    const found = known.get(schema);
    if (found !== undefined) return found;
    // Met again on the way: a circle, which is told once.
    known.set(schema, Infinity);
    let schemas = 1;
    for (const [key, value] of Object.entries(schema)) {
      const at = [...path, key];
      if (OTHERS.includes(key) && typeof value === 'string')
        problems.push({ path: at, message: 'expected $ref alone' });
      const isReference = key === '$ref' && typeof value === 'string';
      if (isReference && !value.startsWith('#'))
        problems.push({ path: at, message: 'expected a place in this form, such as #/$defs/person' });
      const target: unknown = isReference ? referred(root, value) : value;
      if (typeof target === 'object' && target !== null) schemas += count(target, at);
    }
    known.set(schema, schemas);
    return schemas;
  };
  const schemas = count(root, []);
  if (schemas === Infinity)
    problems.push({ path: [], message: 'expected references that lead to an end, not in circles' });
  else if (schemas > MOST_SCHEMAS)
    problems.push({ path: [], message: `expected at most ${MOST_SCHEMAS} schemas, each reference followed` });
  return problems;
}
