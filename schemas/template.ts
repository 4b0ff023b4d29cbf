import * as z from 'zod';

/** How a placeholder's value is written: `{{ child.birthDate | date }}`. */
export const templateFormats = ['date', 'longDate', 'time', 'dateTime', 'upper', 'number'] as const;
export type TemplateFormat = (typeof templateFormats)[number];

const path = String.raw`[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*`;
/** One placeholder: the path, and the format if there is one. */
export const placeholderPattern = new RegExp(
  String.raw`\{\{\s*(${path})\s*(?:\|\s*(${templateFormats.join('|')})\s*)?\}\}`,
  'g',
);

const language = z.string().regex(/^[a-z]{2}$/, 'expected a language of two letters, such as vi');

const text = z
  .string()
  .min(1, 'expected a text, got an empty one')
  .refine((value) => !/\{\{|\}\}/.test(value.replace(placeholderPattern, '')), {
    message: `expected placeholders of the form {{ path }} or {{ path | format }}, format one of ${templateFormats.join(', ')}`,
  });

/** One text for all languages, or one for each: `{ vi: ..., en: ... }`. */
export const TemplateText = z
  .union([text, z.record(language, text)])
  .describe('A text with {{ placeholders }}, or one for each language');
export type TemplateText = z.infer<typeof TemplateText>;

const DataPath = z
  .string()
  .regex(new RegExp(`^${path}$`), 'expected a path into the data, such as child.name')
  .describe('A path into the data');

const Row = z.strictObject({
  label: TemplateText,
  value: TemplateText,
  when: DataPath.optional().describe('Left out unless this is there and not false or empty'),
});

const Column = z.strictObject({
  title: TemplateText,
  value: TemplateText.describe('Read for each entry: item.title is its title'),
  width: z.number().positive().optional().describe('Share of the width; 1 if not given'),
});

const contents = {
  paragraph: TemplateText.optional().describe('A paragraph, justified, with its first line indented'),
  centred: TemplateText.optional().describe('A paragraph in the middle, bold: QUYẾT ĐỊNH:'),
  fields: z.array(Row).min(1).optional().describe('Label and value, one row each'),
  list: z
    .union([z.array(TemplateText).min(1), z.strictObject({ each: DataPath, item: TemplateText })])
    .optional()
    .describe('Numbered points; with each, one for every entry of a list in the data, read as item'),
  table: z
    .strictObject({ each: DataPath, columns: z.array(Column).min(1).max(6) })
    .optional()
    .describe('A ruled table with one row for every entry of a list in the data, read as item'),
  qr: TemplateText.optional().describe('A QR code of this text, usually an address'),
};
const kinds = Object.keys(contents);

const Block = z
  .strictObject({
    ...contents,
    caption: TemplateText.optional().describe('Beside a QR code'),
    when: DataPath.optional().describe('Left out unless this is there and not false or empty'),
  })
  .superRefine((block, context) => {
    const given = kinds.filter((kind) => kind in block);
    if (given.length !== 1)
      context.addIssue({
        code: 'custom',
        message: `expected exactly one of ${kinds.join(', ')}, got ${given.join(' and ') || 'none'}`,
      });
    if (block.caption !== undefined && block.qr === undefined)
      context.addIssue({ code: 'custom', path: ['caption'], message: 'expected a caption only beside a qr' });
  });

/**
 * A document that an authority makes, as an administrator writes it: laid out as Decree 30/2020, Annex I, asks.
 * Names that the data does not hold stop the document; nothing is ever left blank.
 */
export const Template = z
  .strictObject({
    template: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected lower-case words joined by hyphens'),
    languages: z.array(language).min(1).describe('The first is used where none is asked for'),
    title: TemplateText.describe('Kind of document, in capitals in the middle: GIẤY KHAI SINH'),
    subtitle: TemplateText.optional().describe('What it is about, bold below the title'),
    header: z
      .enum(['national', 'none'])
      .default('national')
      .describe('Whether the two lines of the national title stand at the upper right'),
    agency: z
      .strictObject({
        parent: TemplateText.optional().describe('Superior agency'),
        name: TemplateText.describe('The agency that issues'),
      })
      .describe('Upper left'),
    organisation: z
      .strictObject({
        number: TemplateText.describe('Under the agency: Số: {{ issue.number }}'),
        place: TemplateText.describe('Under the national title: {{ agency.place }}, {{ issue.date | longDate }}'),
      })
      .optional()
      .describe(
        'Drawn with the signature of the organisation, when number and date are known; absent: the organisation does not sign',
      ),
    body: z.array(Block).min(1),
    sign: z
      .array(
        z.strictObject({
          role: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected a role, such as chairperson'),
        }),
      )
      .max(4)
      .default([])
      .describe(
        'Places for personal signatures, in the order of signing, the last at the lower right; capacity, name and time are drawn when the person signs',
      ),
    recipients: z.array(TemplateText).optional().describe('Nơi nhận, lower left'),
  })
  .superRefine((template, context) => {
    const roles = template.sign.map(({ role }) => role);
    if (new Set(roles).size !== roles.length)
      context.addIssue({ code: 'custom', path: ['sign'], message: 'expected each role once' });
  });

export type Template = z.infer<typeof Template>;

const read = new WeakMap<object, Template>();

/** The template of a definition, read once: definitions do not change. Throws on anything else: what is stored was checked before. */
export function readTemplate(stored: unknown): Template {
  const known = typeof stored === 'object' && stored !== null ? read.get(stored) : undefined;
  if (known) return known;
  const template = Template.parse(stored);
  read.set(stored as object, template);
  return template;
}

export type TemplateBlock = Template['body'][number];
