import fc from 'fast-check';
import { parseDocument, stringify } from 'yaml';
import { renderPdf } from '../../adapters/pdf/render-pdf.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import { fillOrganisation } from '../../domain/template/fill-template.ts';
import { listPlaceholders } from '../../domain/template/list-placeholders.ts';
import { placeholderPattern, readTemplate, type Template } from '../../schemas/template.ts';
import { templatePath } from '../../workflows/compiler/named-files.ts';
import { timeZone } from '../builders/signed-documents.ts';
import {
  beside,
  change,
  changed,
  expectTold,
  judge,
  odd,
  runs,
  SAMPLES,
  scratch,
  scratched,
  seldom,
} from './mutations.ts';

/** Each template with a procedure that names it. */
const TEMPLATES = SAMPLES.flatMap(([file, text]) =>
  judge(text, file).procedures.flatMap(({ definition, files }) =>
    Object.keys(definition.templates).map((name) => ({ file, text, name, written: files[templatePath(name)] ?? '' })),
  ),
);

type Data = Record<string, unknown>;

/** What a template may name, all of it there, with something odd now and then. */
function dataFor(template: Template, next: () => unknown): Data {
  const data: Data = {};
  const put = (into: Data, [step = '', ...rest]: string[], value: unknown): void => {
    const name = step.replace('[]', '');
    if (rest.length === 0) into[name] ??= value;
    else if (step.endsWith('[]')) {
      const items = Array.isArray(into[name]) ? (into[name] as Data[]) : [{}, {}];
      into[name] = items;
      for (const item of items) put(item, rest, value);
    } else {
      const inner = typeof into[name] === 'object' && into[name] !== null ? (into[name] as Data) : {};
      into[name] = inner;
      put(inner, rest, value);
    }
  };
  const written = JSON.stringify(template).matchAll(placeholderPattern);
  const numbers = new Set([...written].flatMap(([, path, format]) => (format === 'number' ? [path] : [])));
  for (const { path } of listPlaceholders(template)) {
    put(data, path.split('.'), next() ?? (numbers.has(path) ? 1_234_567 : '2026-11-23T10:00:00.000Z'));
  }
  return data;
}

async function expectDrawn(template: Template, data: Data): Promise<'drawn' | 'parked'> {
  try {
    for (const lang of template.languages) {
      const pdf = await renderPdf({ template, data, lang, timeZone, createdAt: 0, id: 'd/paper/1' });
      expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe('%PDF-');
      if (template.organisation) fillOrganisation(template, data, { lang, timeZone });
    }
    return 'drawn';
  } catch (error) {
    if (error instanceof TaskTerminal) return 'parked';
    throw error;
  }
}

const strange = fc.array(seldom(odd, 15), { minLength: 40, maxLength: 40 });

async function follow(
  { file, text, name }: (typeof TEMPLATES)[number],
  written: string,
  values: readonly unknown[],
): Promise<string> {
  const judged = judge(text, file, (path) => (path === templatePath(name) ? written : beside(path)));
  expectTold(judged);
  const [definition] = judged.procedures.map((each) => each.definition);
  if (!definition) return judged.kind;
  let asked = 0;
  const template = readTemplate(definition.templates[name]);
  return expectDrawn(
    template,
    dataFor(template, () => values[(asked += 1) % values.length]),
  );
}

/** Drawing takes as long as all that comes before it for three procedures. */
const drawn = { ...runs, numRuns: Math.ceil(runs.numRuns / 3) };

describe('a template that somebody has changed anywhere', () => {
  it('is refused with its place; else its paper is drawn, or what it lacks is told to who can supply it', async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...TEMPLATES),
        fc.array(change, { minLength: 1, maxLength: 2 }),
        strange,
        async (template, changes, values) => {
          const tree: unknown = parseDocument(template.written).toJS();
          for (const each of changes) changed(tree, each);
          kinds.add(await follow(template, stringify(tree), values));
        },
      ),
      drawn,
    );
    expect([...kinds]).toEqual(expect.arrayContaining(['refused', 'drawn']));
  }, 3_600_000);

  it('is so too where its characters were changed', async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...TEMPLATES),
        fc.array(scratch, { minLength: 1, maxLength: 2 }),
        strange,
        async (template, changes, values) => {
          kinds.add(await follow(template, scratched(template.written, changes), values));
        },
      ),
      drawn,
    );
    expect([...kinds]).toEqual(expect.arrayContaining(['refused', 'drawn']));
  }, 3_600_000);
});
