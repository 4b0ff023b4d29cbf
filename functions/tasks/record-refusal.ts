import { isOpen } from '../../domain/dossier/project.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { RefusalCode, SignatureFault } from '../../schemas/refusals.ts';
import { append } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';

/** So many refusals stand in a dossier's record; what comes after them stands in the log alone, so that nobody who is let in can make a record grow. */
export const MOST_REFUSALS = 100;

/** Refusals that an auditor looks for: somebody tried what is not his. Who came late, or sent a faulty form, did nothing wrong. */
const RECORDED: ReadonlySet<string> = new Set<RefusalCode>([
  'not-entitled',
  'wrong-unit',
  'wrong-role',
  'unknown-official',
  'assurance-too-low',
  'duties-not-separate',
  'no-authority',
  'held-by-source',
  'signature-invalid',
  'signature-order',
  'signer-refused',
]);

export interface RefusedDecision {
  task: string;
  code: string;
  /** Of a signature that was not accepted. */
  fault?: SignatureFault | undefined;
  /** Id of the official by whom, or in whose name, it was tried. */
  official: string;
  /** Who tried: of a webhook the system that had signed it. */
  actor: Exclude<Actor, { kind: 'applicant' | 'platform' }>;
  /** The answer, so that the same message gets it again. */
  answer?: IdempotencyRecord | undefined;
}

/** Keeps in the dossier's record that a decision was refused, of whom and why. False: it is not of those that are kept, or the task is not open any more. */
export async function recordRefusal(platform: Platform, refused: RefusedDecision): Promise<boolean> {
  if (!RECORDED.has(refused.code)) return false;
  const { task, code, fault, official, actor, answer } = refused;
  const [dossier = ''] = task.split('.');
  const appended = await append(platform, dossier, ({ dossier: { tasks, refusals } }) => {
    const state = tasks[task];
    const kept = state !== undefined && isOpen(state) && refusals < MOST_REFUSALS;
    const data = { task, code, official, ...(fault && { fault }) };
    return {
      decision: { ok: true, events: kept ? [{ type: 'DecisionRefused', data }] : [] },
      actor,
      ...(answer && { idempotency: () => answer }),
    };
  });
  return appended.ok && appended.events.length > 0;
}
