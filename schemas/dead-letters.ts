import * as z from 'zod';
import { Instant } from './ids.ts';
import { LONGEST_WORDS } from './longest-words.ts';

/** What was given up: a row of the outbox. */
export const DeadLetter = z.strictObject({
  id: z.string(),
  kind: z.enum(['mail', 'link', 'webhook', 'publish', 'keeper', 'work']),
  dossier: z.string(),
  attempts: z.int().describe('Attempts made'),
  error: z.string().describe('Why the last one failed'),
  subscription: z.string().optional().describe('Of a webhook: whom it was for'),
  message: z.string().optional().describe('Of a mail: its notice in the dossier'),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** A dead letter that an administrator set aside: nobody tries it again. */
export const SetAside = DeadLetter.extend({
  by: z.string().describe('The administrator, by the subject of his login'),
  at: Instant,
  reason: z.string(),
});
export type SetAside = z.infer<typeof SetAside>;

/** `POST /dead-letters/set-aside`: which ones, and why. */
export const SetAsideRequest = z.strictObject({
  ids: z.array(z.string().min(1).max(500)).min(1).max(200),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(LONGEST_WORDS)
    .describe('Why none of them is to be tried again, without personal data; kept, and never changed'),
});
