import * as z from 'zod';

/** What is said of a classified document, which itself never travels: where whoever may read it finds it. */
export const Reference = z.strictObject({
  number: z.string().trim().min(1).max(100).describe('Number of the document in the register of who keeps it'),
  dated: z.iso.date().optional().describe('Its date'),
  keptBy: z.string().trim().min(1).max(200).describe('Who keeps it'),
});
export type Reference = z.output<typeof Reference>;

/** As a dossier keeps it: canonical JSON (RFC 8785). The salt lets nobody find out by its digest whether a guess is right. */
export const ReferenceDocument = Reference.extend({
  format: z.literal('onetrack-reference'),
  version: z.literal(1),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
});
