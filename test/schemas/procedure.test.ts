import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { Procedure } from '../../schemas/procedure.ts';
import { OUTCOMES, StageKind } from '../../schemas/procedure/closed-sets.ts';
import { Stage } from '../../schemas/procedure/stages.ts';
import { procedureJsonSchema } from '../../workflows/compiler/json-schema.ts';

const page = readFileSync(new URL('../workflows/fixtures/worked-permit.yaml', import.meta.url), 'utf8');

describe("the procedure's schema", () => {
  it('refuses a field it does not know, at every level', () => {
    const [first] = parseAllDocuments(page).map(
      (document) => document.toJS() as Record<string, Record<string, unknown>>,
    );
    for (const block of ['effective', 'competence', 'clock', 'keep']) {
      expect(Procedure.safeParse({ ...first, [block]: { ...first?.[block], surprise: 1 } }).success).toBe(false);
    }
    expect(Procedure.safeParse({ ...first, surprise: 1 }).success).toBe(false);
  });

  it("accepts the Romanian building permit and its opinion as written on the language's page", () => {
    const read = parseAllDocuments(page).map((document) => Procedure.safeParse(document.toJS()).success);
    expect(read).toEqual([true, true]);
  });

  it('has a table line for each of the thirteen kinds', () => {
    expect(StageKind.options.length).toBe(13);
    expect(Object.keys(OUTCOMES)).toEqual(StageKind.options);
    expect(Stage.options.map((option) => option.shape.kind.value)).toEqual(StageKind.options);
  });

  it('gives editors a JSON Schema that accepts what it accepts', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
      JSON.parse(procedureJsonSchema()) as object,
    );
    const [first] = parseAllDocuments(page).map((document) => document.toJS() as Record<string, unknown>);
    expect(validate({ ...first, surprise: 1 })).toBe(false);
    expect([validate(first), validate.errors]).toEqual([true, null]);
  });

  it('describes every block of the file', () => {
    const { properties } = z.toJSONSchema(Procedure, { io: 'input' });
    const silent = Object.entries(properties ?? {}).filter(
      ([, schema]) => typeof schema === 'object' && schema.description === undefined,
    );
    expect(silent.map(([name]) => name)).toEqual([]);
  });
});
