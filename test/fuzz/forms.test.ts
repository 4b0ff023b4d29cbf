import fc from 'fast-check';
import { FormReader } from '../../console/forms/schema.ts';
import { ownFields } from '../../functions/sources/own-fields.ts';
import { valueAt } from '../../schemas/json-pointer.ts';
import { FormFields } from '../../workflows/compiler/form-fields.ts';
import { createFormValidator } from '../../workflows/form-validator.ts';
import { beside, change, changed, expectTold, judge, odd, runs, SAMPLES, seldom } from './mutations.ts';

/** Each form with a procedure that names it. */
const FORMS = SAMPLES.flatMap(([file, text]) =>
  judge(text, file).procedures.flatMap(({ definition, files }) =>
    Object.keys(definition.forms).map((form) => ({
      file,
      text,
      form,
      schema: JSON.parse(files[form] ?? '') as unknown,
    })),
  ),
);

type Schema = Readonly<Record<string, unknown>>;
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What somebody may fill in: as the schema says, more or less, with something odd now and then. */
function filledIn(schema: unknown, next: () => unknown): unknown {
  const strange = next();
  if (!isSchema(schema) || strange !== undefined) return strange;
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (isSchema(schema['properties']))
    return Object.fromEntries(Object.entries(schema['properties']).map(([name, each]) => [name, filledIn(each, next)]));
  if (schema['type'] === 'array') return [filledIn(schema['items'], next), filledIn(schema['items'], next)];
  if (schema['type'] === 'integer' || schema['type'] === 'number') return schema['minimum'] ?? 1;
  if (schema['type'] === 'boolean') return true;
  return schema['format'] === 'date' ? '2026-11-01' : 'Nguyễn Thị Ngọc Ánh';
}

describe('a form that somebody has changed anywhere', () => {
  it('is refused with its place, or asks, judges and leaves out what is sensitive, whatever is filled in', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMS),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.array(seldom(odd, 10), { minLength: 40, maxLength: 40 }),
        ({ file, text, form, schema }, changes, strange) => {
          const tree = structuredClone(schema);
          for (const each of changes) changed(tree, each);
          const judged = judge(text, file, (path) => (path === form ? JSON.stringify(tree) : beside(path)));
          kinds.add(judged.kind);
          expectTold(judged);
          const [definition] = judged.procedures.map((each) => each.definition);
          if (!definition) return;
          let asked = 0;
          const value = filledIn(tree, () => strange[(asked += 1) % strange.length]);
          for (const { at, expected } of createFormValidator(definition)(form, value)) {
            expect(at === '' || at.startsWith('/')).toBe(true);
            expect(expected).not.toBe('');
          }
          ownFields(definition, form);
          const values = isSchema(value) ? value : {};
          const reader = new FormReader(definition, form, 'vi');
          for (const question of reader.questions(values))
            if (question.kind === 'list') reader.ofItem(question, 0, undefined);
          const { form: shown, withheld } = new FormFields(definition, form).withhold(values);
          for (const { at } of withheld) expect(valueAt(shown, at)).toBeUndefined();
        },
      ),
      runs,
    );
    expect(kinds).toEqual(new Set(['refused', 'linted', 'compiled']));
  }, 3_600_000);
});
