import * as z from 'zod';

/** Names that mean something to the language, to JSONata or to JavaScript objects, and so can name nothing else. */
const RESERVED = new Set(
  (
    'back end parked submitted system and or in true false null function constructor prototype ' +
    'toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable'
  ).split(' '),
);

/** camelCase: JSONata reads a hyphen as a subtraction and silently yields nothing. At most 40 characters (an ASL state's name may have 80). */
export const Id = z
  .string()
  .max(40)
  .regex(/^[a-z][a-zA-Z0-9]*$/, 'expected a camelCase name of letters and digits, without hyphen')
  .refine((id) => !RESERVED.has(id), 'this word is reserved by the language')
  .describe('A camelCase name, unique within its block. No hyphens: an expression would read one as a subtraction.');

export const UnitName = z
  .string()
  .max(80)
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, 'expected the name of a unit or of a kind of unit')
  .describe('A unit, or a kind of unit, of the organisation.');

/** Where the text is always an expression, the `=` is not written. */
export const Expression = z
  .string()
  .min(1)
  .max(2000)
  .refine((text) => !text.trimStart().startsWith('='), 'this is always an expression: write it without "="')
  .describe("A JSONata expression over the dossier's view, written without `=`.");

/** Where a text may stand, an expression begins with `=`. */
export const EqualsExpression = z
  .templateLiteral(['=', z.string()])
  .describe("`= ...`: a JSONata expression over the dossier's view.");
export type EqualsExpression = z.infer<typeof EqualsExpression>;

export const LegalBasis = z
  .union([z.string().min(1).max(500), z.array(z.string().min(1).max(500)).min(1).max(20)])
  .describe('The law that says so: act, article, paragraph.');

export type LegalBasis = z.infer<typeof LegalBasis>;

export const Text = z
  .record(
    z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'expected a language tag such as vi or en')
      .describe('A BCP 47 language tag.'),
    z.string().min(1).max(500),
  )
  .refine((text) => Object.keys(text).length > 0, 'expected at least one language')
  .describe('The same text by language.');

export const LocalDate = z.iso.date().describe('A local date, YYYY-MM-DD.');

/** A list of cases: the first whose `when` is true; the last has none and always holds. */
export function casesOf<T extends z.ZodType>(is: T) {
  return z
    .array(
      z.strictObject({
        when: Expression.optional().describe('The case holds if this is true. The last case has none.'),
        is: z.union([is, EqualsExpression]).describe('The value in this case.'),
        legalBasis: LegalBasis.optional(),
      }),
    )
    .min(1)
    .max(100)
    .describe('Cases, first match; the last one without `when`.');
}

/** A literal, an expression (`= ...`), or a list of cases. */
export function valueOf<T extends z.ZodType>(literal: T) {
  return z.union([literal, EqualsExpression, casesOf(literal)]);
}

const Count = z.union([z.int().min(1).max(36500), EqualsExpression]);

/** The units of a term, of which a term has exactly one. */
export const TERM_UNITS = ['workingHours', 'workingDays', 'calendarDays', 'months', 'sameDay'] as const;

/** A length of legal time. Exactly one unit. */
export const Term = z
  .strictObject({
    workingHours: Count.optional().describe('Hours of the working calendar.'),
    workingDays: Count.optional().describe('Working days of the calendar.'),
    calendarDays: Count.optional().describe('Days, days off included.'),
    months: Count.optional().describe('Calendar months.'),
    sameDay: z.literal(true).optional().describe('On the day itself (after the cut-off: on the next working day).'),
    legalBasis: LegalBasis.optional().describe('A limit with its law is law; without, it is a house budget.'),
  })
  .refine(
    (term) => TERM_UNITS.filter((unit) => term[unit] !== undefined).length === 1,
    `expected exactly one of ${TERM_UNITS.join(', ')}`,
  )
  .describe('A length of legal time, in exactly one unit.');
export type Term = z.infer<typeof Term>;

/** A term or cases of terms. */
export const TermValue = z.union([Term, casesOf(Term)]);
export type TermValue = z.infer<typeof TermValue>;

/** A unit by what it is competent for. */
export const Competent = z.strictObject({
  unit: z.union([UnitName, EqualsExpression]).describe('The unit, or kind of unit.'),
  area: Expression.optional().describe('The area for which it must be competent.'),
});
export type Competent = z.infer<typeof Competent>;

export const UnitValue = z.union([UnitName, EqualsExpression, casesOf(UnitName)]);

/** A scalar that an input, a message or a fact may carry; a text that begins with `=` is an expression. */
const Scalar = z.union([z.boolean(), z.number(), z.string().max(2000)]);

/** A scalar literal, an expression, or cases of them. */
export const ScalarValue = z.union([Scalar, casesOf(Scalar)]).describe('A literal, `= expression`, or cases.');
export type ScalarValue = z.infer<typeof ScalarValue>;

/** A stage by its name. */
export const StageRef = Id.describe('The name of a stage.');

/** `<stage>.<outcome>`, an instant in the dossier's life. */
export const StageOutcome = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9]*\.[a-z][a-zA-Z0-9]*$/, 'expected <stage>.<outcome>')
  .describe('`<stage>.<outcome>`.');

/** A path beside the procedure's file: relative, with forward slashes, and never outside its folder. */
export const FilePath = z
  .string()
  .max(200)
  .regex(
    /^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._/-]+$/,
    'expected a relative path below the folder of the procedure',
  )
  .describe("A file's path, relative to the procedure's file.");

/** A JSON Schema 2020-12, inline or in a file. Whether it is a valid schema is checked by the parser, which can say where it is not. */
export const FormRef = z
  .union([FilePath, z.record(z.string(), z.unknown())])
  .describe('A JSON Schema (2020-12), inline or as the path of a file.');
export type FormRef = z.infer<typeof FormRef>;
