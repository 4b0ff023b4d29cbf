import { judgeAuthority, type Work } from '../../domain/authority/judge-authority.ts';
import type { Claimant } from '../../domain/dossier/commands/tasks.ts';
import type { Dossier, TaskState } from '../../domain/dossier/state.ts';
import type { Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';

/** A task that somebody wants to act on, and the instrument by which, where the office is not his own. */
export interface Undertaking {
  dossier: Dossier;
  task: TaskState;
  onBehalfOf?: string | undefined;
  /** Of the task's unit, if it is not the role that decides it. */
  role?: string | undefined;
}

/** Who acts, as the record will say it, by the organisation of this very moment; or why he may not. Parties need no office. */
export async function authorise<C extends Claimant>(
  catalogue: Catalogue,
  now: number,
  by: C,
  { dossier, task, onBehalfOf, role }: Undertaking,
): Promise<{ ok: true; by: C } | Refused> {
  if (by.kind !== 'official' || task.party !== null) return { ok: true, by };
  const organisation = await catalogue.directory.at(catalogue, now);
  const judged = judgeAuthority(
    organisation,
    { official: by.id, unit: by.unit, role: by.role, instrument: onBehalfOf },
    { ...workOf(dossier, task), ...(role !== undefined && { role }) },
  );
  if (!judged.ok) return judged;
  const { onBehalfOf: _, ...own } = by;
  return { ok: true, by: { ...own, ...(judged.onBehalfOf && { onBehalfOf: judged.onBehalfOf }) } as C };
}

/** The work of a task, as authority is judged over it. */
export function workOf({ procedure }: Pick<Dossier, 'procedure'>, task: TaskState): Work {
  const { unit, role, stage, step } = task;
  return { unit: unit ?? '', role: role ?? '', procedure, stage, step };
}
