import { judgeAuthority } from '../../domain/authority/judge-authority.ts';
import type { Claimant } from '../../domain/dossier/commands/tasks.ts';
import type { Dossier, TaskState } from '../../domain/dossier/state.ts';
import type { Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';

/** A task that somebody wants to act on, and the instrument by which, where the office is not his own. */
export interface Undertaking {
  dossier: Dossier;
  task: TaskState;
  onBehalfOf?: string | undefined;
}

/** Who acts, as the record will say it, by the organisation of this very moment; or why he may not. Parties need no office. */
export async function authorise<C extends Claimant>(
  catalogue: Catalogue,
  now: number,
  by: C,
  { dossier, task, onBehalfOf }: Undertaking,
): Promise<{ ok: true; by: C } | Refused> {
  if (by.kind !== 'official' || task.party !== null) return { ok: true, by };
  const organisation = await catalogue.directory.at(catalogue, now);
  const judged = judgeAuthority(
    organisation,
    { official: by.id, unit: by.unit, role: by.role, instrument: onBehalfOf },
    {
      unit: task.unit ?? '',
      role: task.role ?? '',
      procedure: dossier.procedure,
      stage: task.stage,
      step: task.step,
    },
  );
  if (!judged.ok) return judged;
  const { onBehalfOf: _, ...own } = by;
  return { ok: true, by: { ...own, ...(judged.onBehalfOf && { onBehalfOf: judged.onBehalfOf }) } as C };
}
