import { expectedOfText } from './written-text.ts';

const MAX_DEPTH = 32;

/**
 * What was expected of a JSON value that is to be kept; undefined where nothing is wrong with it. Refused is what RFC 8785 cannot write canonically, no reader
 * should recurse into, or reads otherwise than it is.
 */
export function expectedOfJson(
  value: unknown,
  ofText: (text: string) => string | undefined = expectedOfText,
): string | undefined {
  const waiting: [unknown, number][] = [[value, 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [item, depth] = next;
    if (depth > MAX_DEPTH) return `at most ${MAX_DEPTH} levels of nesting`;
    if (typeof item === 'number' && !Number.isFinite(item)) return 'numbers within the range of IEEE 754 doubles';
    const texts = typeof item === 'string' ? [item] : [];
    if (typeof item === 'object' && item !== null) {
      for (const [name, child] of Object.entries(item)) {
        if (name === '__proto__') return 'no member named __proto__';
        texts.push(name);
        waiting.push([child, depth + 1]);
      }
    }
    const [fault] = texts.flatMap((text) => ofText(text) ?? []);
    if (fault !== undefined) return `texts of ${fault}`;
  }
  return undefined;
}
