import type { Dossier } from '../../domain/dossier/state.ts';
import { recallChildren } from '../../domain/dossier/children.ts';
import { voidUnissued } from '../../domain/dossier/commands/papers.ts';
import { requestRun } from '../../domain/dossier/commands/stages.ts';
import { withdrawalOf } from '../../domain/dossier/withdrawal.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';

/** Withdraws a dossier at the applicant's wish, or with the one that opened it, as far as the procedure still lets one. */
export async function withdrawDossier(
  platform: Platform,
  catalogue: Catalogue,
  id: string,
  {
    reason,
    idempotency,
    by = 'applicant',
  }: {
    reason?: string | undefined;
    idempotency?: Extras['idempotency'] | undefined;
    by?: 'applicant' | 'parent';
  },
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const actor =
    by === 'parent' ? ({ kind: 'platform' } as const) : ({ kind: 'applicant', party: 'submitter' } as const);
  const extras = { ...(idempotency && { idempotency }) };
  const appended = await append(platform, id, async ({ dossier }) => {
    const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
    const found = withdrawalOf(procedure, dossier, by);
    if (!found.ok) return { decision: refuse('withdrawal-closed', `dossier ${id} can no longer be withdrawn`), actor };
    const {
      name: rule,
      rule: { go, stop },
    } = found;
    const requested = {
      type: 'WithdrawalRequested' as const,
      data: { rule },
      ...(reason !== undefined && { secret: { comment: reason } }),
    };
    if (go !== undefined) {
      const run = requestRun(dossier, { stage: go, reason: 'withdrawal' });
      return { ...extras, decision: run.ok ? { ok: true, events: [requested, ...run.events] } : run, actor };
    }
    const result = stop ?? 'withdrawn';
    const events = [
      requested,
      ...voidUnissued(dossier),
      ...recallChildren(dossier, 'withdrawal'),
      { type: 'DossierSettled' as const, data: { result, stage: dossier.stage ?? rule, issues: [] } },
      { type: 'DossierClosed' as const, data: { result } },
    ];
    const stopRow = {
      id: `${id}:stop:${dossier.run}`,
      group: `${id}:engine`,
      kind: 'stop' as const,
      at: platform.clock.now(),
      body: { run: dossier.run },
    };
    return { ...extras, decision: { ok: true, events }, actor, outbox: [stopRow] };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}
