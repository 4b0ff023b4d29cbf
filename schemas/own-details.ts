import * as z from 'zod';
import { SourceFault, SourceLevel } from './events/sources.ts';
import { Instant, Name, Slug, Version } from './ids.ts';
import { LegalBasis } from './procedure/values.ts';

const Pointer = z.string().max(500).describe('RFC 6901 pointer into the form');
/** A part of the form: of one person. */
export const Group = z
  .string()
  .regex(/^(\/[^/]+)*$/, 'expected a JSON pointer, such as /applicant, or nothing')
  .max(500);

const register = {
  registry: Slug,
  name: z.string().optional().describe('Of the register'),
  authority: z.string().optional().describe('Who keeps it'),
};

/** `GET /procedures/{id}/own-details`: which parts of the form the caller may have filled with what registers hold of himself. */
export const OwnOffers = z.strictObject({
  version: Version,
  items: z.array(
    z.strictObject({
      group: Group.describe('The part of the form; empty: what lies in no part'),
      registers: z.array(z.strictObject(register)),
      fields: z.array(Pointer),
    }),
  ),
});
export type OwnOffers = z.infer<typeof OwnOffers>;

/** A value that a register gave of the caller. */
export const OwnValue = z.strictObject({
  at: Pointer,
  value: z.union([z.string(), z.number(), z.boolean()]),
  ...register,
  field: Name.describe('As the register’s description names it'),
  said: Instant.describe('When the register said so'),
  asOf: z.string().optional(),
});
export type OwnValue = z.infer<typeof OwnValue>;

/** `GET /drafts/{id}/own-details`: what was given to this draft, wherever it fits the form. */
export const OwnDetails = z.strictObject({ items: z.array(OwnValue) });

/** `POST /drafts/{id}/own-details`. */
export const OwnRequest = z.strictObject({
  group: Group.default('').describe('Which part of the form is about the caller; empty: what lies in no part'),
});

/** What came of it, register by register, and the values of this part. */
export const OwnTaken = z.strictObject({
  asked: z.array(
    z.strictObject({
      ...register,
      state: z.enum(['found', 'not-found', 'unavailable']),
      why: SourceFault.optional().describe('Why it could not be had'),
      unfit: z.array(Pointer).describe('What it holds in another form than the question takes'),
    }),
  ),
  items: z.array(OwnValue),
});
export type OwnTaken = z.infer<typeof OwnTaken>;

const question = { purpose: z.string().describe('What for'), legalBasis: LegalBasis.describe('By which law') };

/** In the record: answers that stand in the form as a register gave them of the applicant himself. */
export const Prefilled = z.strictObject({
  registry: Slug,
  request: z.string(),
  ...question,
  how: z.enum(['asked', 'remembered']),
  level: SourceLevel,
  said: Instant.describe('When the register said so'),
  asOf: z.string().optional().describe('As of when, as the register says'),
  fields: z.array(z.strictObject({ at: Pointer, field: Name })).min(1),
});
export type Prefilled = z.infer<typeof Prefilled>;

/** `GET /uses/own`: a register was asked at the caller's wish, while he filled in a form. */
export const OwnAskShown = z.strictObject({
  ...register,
  at: Instant,
  procedure: Slug,
  version: Version,
  ...question,
  state: z.enum(['asked', 'found', 'not-found', 'unavailable']),
  how: z.enum(['asked', 'remembered']).optional().describe('`remembered`: an answer that still held; nothing was sent'),
  fields: z.array(Name).describe('What was taken over'),
  answered: Instant.nullable(),
});
export type OwnAskShown = z.infer<typeof OwnAskShown>;
