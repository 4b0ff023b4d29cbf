import * as z from 'zod';

/**
 * Why a value of a form, or a document, is shown to few: whom it is about, health, belief or opinion, origin, offences, money, or another ground of law.
 * `identity` stands on papers too, since a paper says whom it is about.
 */
export const SensitiveKind = z.enum(['identity', 'health', 'belief', 'origin', 'criminal', 'finance', 'other']);
export type SensitiveKind = z.infer<typeof SensitiveKind>;

/** A value of a form that is there, and that the caller may not see. */
export const WithheldField = z.strictObject({
  at: z.string().describe('RFC 6901 pointer into the form'),
  kind: SensitiveKind,
});
export type WithheldField = z.infer<typeof WithheldField>;
