import * as z from 'zod';
import { Slug } from './ids.ts';

/** `POST /tasks/{id}/links`. */
export const LinkRequest = z.strictObject({
  official: Slug.optional().describe(
    'Who is to decide; the mail goes to the address in the registry, or to who stands in while he is away. Absent: who has taken the task, else the only one who could',
  ),
  onBehalfOf: Slug.optional().describe('The instrument by which he is to act in an office that is not his own'),
  hours: z.int().min(1).max(72).default(24).describe('So long the link holds'),
});
export const LinkPath = z.strictObject({ token: z.string().regex(/^[\w-]{43}$/) });
export const LinkQuery = z.strictObject({ lang: z.enum(['vi', 'en']).default('vi') });
