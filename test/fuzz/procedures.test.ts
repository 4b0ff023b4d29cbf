import fc from 'fast-check';
import { parseDocument, stringify } from 'yaml';
import { change, changed, expectTold, judge, runs, SAMPLES, scratch, scratched } from './mutations.ts';

describe('a procedure that somebody has changed anywhere', () => {
  it('is compiled or refused, each fault with its file, line and column', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLES),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        ([file, text], changes) => {
          const tree: unknown = parseDocument(text).toJS();
          for (const each of changes) changed(tree, each);
          const judged = judge(stringify(tree), file);
          kinds.add(judged.kind);
          expectTold(judged);
        },
      ),
      runs,
    );
    expect(kinds).toEqual(new Set(['refused', 'linted', 'compiled']));
  }, 3_600_000);

  it('is so too where its characters were changed', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLES),
        fc.array(scratch, { minLength: 1, maxLength: 3 }),
        ([file, text], changes) => {
          const judged = judge(scratched(text, changes), file);
          kinds.add(judged.kind);
          expectTold(judged);
        },
      ),
      runs,
    );
    expect(kinds.has('refused')).toBe(true);
  }, 3_600_000);
});
