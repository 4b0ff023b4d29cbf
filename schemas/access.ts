import * as z from 'zod';
import { Slug } from './ids.ts';

const Claim = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .describe('Name of a claim; a path of names where it lies within others');

/** Where a claim says what the registry calls by another name. */
const Mapped = z.strictObject({
  claim: Claim,
  values: z
    .record(z.string(), z.union([Slug, z.literal('admin')]))
    .optional()
    .describe('What the issuer calls it, and what the registry does; nothing else counts then'),
});

/** How the claims of an issuer name the office in which somebody acts. They choose; whether he holds it is the registry's to say. */
export const ClaimMapping = z.strictObject({
  unit: Mapped,
  role: Mapped,
  person: z
    .strictObject({ claim: Claim })
    .optional()
    .describe(
      'The personal number under which registers know who has logged in: only what the issuer itself has proved, never what somebody may enter there. Absent: nothing is fetched for him',
    ),
});
export type ClaimMapping = z.infer<typeof ClaimMapping>;

/** As the local issuer writes them. */
export const PLAIN_CLAIMS: ClaimMapping = {
  unit: { claim: 'unit' },
  role: { claim: 'role' },
  person: { claim: 'personalId' },
};

/** What an agency's system may be let do by its access token (RFC 6749, 3.3). */
export const Scope = z.enum(['events.read', 'subscriptions.manage', 'uploads.write']);
export type Scope = z.infer<typeof Scope>;
