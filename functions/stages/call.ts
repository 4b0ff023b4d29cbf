import * as z from 'zod';
import { DossierId, Name } from '../../schemas/ids.ts';

/** What the generated machine sends to a handler: references only, never personal data. */
export const StageCall = z.object({
  dossierId: DossierId,
  run: z.int().positive(),
  stage: Name,
  /** What the machine understands as an answer (`ACTING_CONTRACT`); absent with machines of a release that knew one form only. */
  contract: z.int().optional(),
});
export type StageCall = z.infer<typeof StageCall>;

/** The same where the machine then waits for its token. */
export const WaitingCall = StageCall.extend({ token: z.string().min(1) });
export type WaitingCall = z.infer<typeof WaitingCall>;
