import * as z from 'zod';
import { Slug } from '../ids.ts';
import { Competent, LegalBasis, LocalDate, UnitName, casesOf } from './values.ts';

export const Version = z
  .string()
  .regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/, 'expected three numbers such as 1.0.0')
  .describe('The version of this text, three numbers. A published version never changes.');

/** Quoted, because YAML would read `2.000910` as a number and lose its zero. */
export const Code = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/, 'expected the catalogue\'s code, such as "1.001193"')
  .describe("The procedure's code in the national catalogue. Always quoted.");

export const Effective = z
  .strictObject({
    from: LocalDate.describe('The first day on which dossiers start under this version.'),
    until: LocalDate.optional().describe('The last day, if known.'),
    announced: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('The decision that announced it. Without one it cannot be published.'),
  })
  .refine((effective) => effective.until === undefined || effective.until >= effective.from, {
    path: ['until'],
    message: 'expected a day on or after `from`',
  })
  .describe('From when, until when, and announced by which decision.');

export const Online = z
  .union([
    z.literal('full'),
    z.strictObject({
      partial: z.string().min(1).max(500).describe('Why not everything can be done online.'),
      legalBasis: LegalBasis,
    }),
  ])
  .describe('Whether the whole procedure runs online.');

export const Keep = z
  .strictObject({
    years: z
      .union([z.int().min(0).max(1000), z.literal('permanent')])
      .describe('Whole years that follow the one of the close; `permanent`: for good.'),
    then: z.enum(['archive', 'destroy']).describe('What happens afterwards; what is kept for good goes to an archive.'),
    legalBasis: LegalBasis,
  })
  .refine(({ years, then }) => years !== 'permanent' || then === 'archive', {
    path: ['then'],
    message: 'expected archive: what is kept for good is never destroyed',
  })
  .describe("How long the record is kept. Absent: the organisation's schedule, so that nothing falls due by itself.");
export type Keep = z.infer<typeof Keep>;

export const StartedBy = z
  .enum(['applicant', 'agency', 'event'])
  .describe('Who starts a dossier. Absent: the applicant.');

export const Pilot = z
  .strictObject({
    units: z.array(UnitName).min(1).describe('The units that try it.'),
    until: LocalDate.optional(),
    legalBasis: LegalBasis.optional(),
  })
  .describe('Only these units run it.');

export const Transition = z
  .strictObject({
    open: z.enum(['stay', 'move']).describe('What becomes of dossiers that are open under the older version.'),
    legalBasis: LegalBasis,
  })
  .describe('A dossier stays on its version unless the law moves it.');

export const About = z
  .array(Slug)
  .min(1)
  .describe('The procedures whose results this one extends, corrects or revokes.');

export const Competence = z
  .strictObject({
    receive: Slug.optional().describe(
      '`competent`, or the level (commune, province, county, nation) of which every unit receives. Absent: competent.',
    ),
    decide: z.union([Competent, casesOf(Competent)]).describe('Who decides. Undecidable: the coordination queue.'),
  })
  .describe('Who receives and who decides.');
export type Competence = z.infer<typeof Competence>;
