import type { Template, TemplateBlock, TemplateText } from '../../schemas/template.ts';
import { lackedOf } from '../../schemas/typeface.ts';

interface Problem {
  path: (string | number)[];
  message: string;
}

/** Of the width of a table; a narrower column has room for no word. */
const NARROWEST = 1 / 20;

/** What would stop a paper whenever it is drawn: a text that is missing in a language, a letter that no paper can show, a column without room. */
export function templateProblems(template: Template): Problem[] {
  return [...textsOf(template).flatMap((text) => textProblems(text, template.languages)), ...columnProblems(template)];
}

interface Text {
  text: TemplateText;
  path: (string | number)[];
  /** Drawn as a QR code, which holds any letter. */
  coded?: boolean;
}

function textsOf({ title, subtitle, agency, organisation, body, recipients = [] }: Template): Text[] {
  const texts: { text: TemplateText | undefined; path: Text['path'] }[] = [
    { text: title, path: ['title'] },
    { text: subtitle, path: ['subtitle'] },
    { text: agency.parent, path: ['agency', 'parent'] },
    { text: agency.name, path: ['agency', 'name'] },
    { text: organisation?.number, path: ['organisation', 'number'] },
    { text: organisation?.place, path: ['organisation', 'place'] },
    ...recipients.map((text, index) => ({ text, path: ['recipients', index] })),
  ];
  return [...texts.flatMap(given), ...body.flatMap((block, index) => blockTexts(block, ['body', index]))];
}

function blockTexts({ paragraph, centred, qr, caption, fields = [], list, table }: TemplateBlock, at: Text['path']) {
  const items = Array.isArray(list)
    ? list.map((text, index) => ({ text, path: [...at, 'list', index] }))
    : [{ text: list?.item, path: [...at, 'list', 'item'] }];
  const rows = fields.flatMap(({ label, value }, index) => [
    { text: label, path: [...at, 'fields', index, 'label'] },
    { text: value, path: [...at, 'fields', index, 'value'] },
  ]);
  const cells = (table?.columns ?? []).flatMap(({ title, value }, index) => [
    { text: title, path: [...at, 'table', 'columns', index, 'title'] },
    { text: value, path: [...at, 'table', 'columns', index, 'value'] },
  ]);
  return [
    { text: paragraph, path: [...at, 'paragraph'] },
    { text: centred, path: [...at, 'centred'] },
    { text: qr, path: [...at, 'qr'], coded: true },
    { text: caption, path: [...at, 'caption'] },
    ...items,
    ...rows,
    ...cells,
  ].flatMap(given);
}

function given({ text, ...place }: { text: TemplateText | undefined; path: Text['path']; coded?: boolean }): Text[] {
  return text === undefined ? [] : [{ text, ...place }];
}

function textProblems({ text, path, coded = false }: Text, languages: readonly string[]): Problem[] {
  const missing = typeof text === 'string' ? [] : languages.filter((language) => !Object.hasOwn(text, language));
  const untold = missing.map((language) => ({ path, message: `expected a text in ${language}, as languages say` }));
  const written = typeof text === 'string' ? [{ path, each: text }] : inLanguages(text, path);
  const undrawable = written.flatMap(({ path: at, each }) => {
    const lacked = coded ? undefined : lackedOf(each);
    return lacked === undefined ? [] : [{ path: at, message: `expected letters that a paper can show, got ${lacked}` }];
  });
  return [...untold, ...undrawable];
}

function inLanguages(text: Readonly<Record<string, string>>, path: Text['path']) {
  return Object.entries(text).map(([language, each]) => ({ path: [...path, language], each }));
}

function columnProblems({ body }: Template): Problem[] {
  return body.flatMap(({ table }, block) => {
    const columns = table?.columns ?? [];
    const whole = columns.reduce((sum, { width = 1 }) => sum + width, 0);
    return columns.flatMap(({ width = 1 }, index) =>
      width / whole >= NARROWEST
        ? []
        : [
            {
              path: ['body', block, 'table', 'columns', index],
              message: 'expected room for a word: a twentieth of all widths together at least',
            },
          ],
    );
  });
}
