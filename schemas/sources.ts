import * as z from 'zod';
import { Contradiction } from './events/sources.ts';
import { Instant } from './ids.ts';

/** How a source that was away, and answered since, does not bear out the paper that counted meanwhile. */
export const ContradictionShown = z
  .strictObject({
    why: Contradiction,
    at: Instant.describe('When it was seen'),
    reasons: z.array(z.string()).describe('The grounds that hold no more, each with its law'),
  })
  .describe('How the source, which was away and has answered since, does not bear out the paper');
export type ContradictionShown = z.infer<typeof ContradictionShown>;
