import * as z from 'zod';
import type { Dossier } from '../../domain/dossier/state.ts';
import { DossierSummary } from '../../schemas/api.ts';
import { summaryOf } from './entitlement.ts';

/** What a decision answers: a body whose opinion came too late learns that it was kept, and has no effect. */
export const DecisionAnswer = DossierSummary.extend({
  late: z.literal(true).optional().describe('Kept without effect: silence had answered before'),
});

/** The answer to a decision of this task. */
export function decided(task: string): (dossier: Dossier) => z.infer<typeof DecisionAnswer> {
  return (dossier) => ({ ...summaryOf(dossier), ...(dossier.tasks[task]?.late && { late: true as const }) });
}
