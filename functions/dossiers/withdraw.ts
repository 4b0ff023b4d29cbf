import type { Dossier } from '../../domain/dossier/state.ts';
import { recallChildren } from '../../domain/dossier/children.ts';
import { voidUnissued } from '../../domain/dossier/commands/papers.ts';
import { requestRun } from '../../domain/dossier/commands/stages.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Anytime } from '../../schemas/procedure/stages.ts';
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
    const found = openRule(procedure, dossier, by);
    if (!found) return { decision: refuse('withdrawal-closed', `dossier ${id} can no longer be withdrawn`), actor };
    const [rule, { go, stop }] = found;
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

/** The rule by which one may break in now. With the parent goes whatever the applicant could withdraw himself. */
function openRule(procedure: Procedure, dossier: Dossier, by: 'applicant' | 'parent'): [string, Anytime] | undefined {
  if (dossier.stage === null || dossier.settled !== null || dossier.withdrawal !== null) return undefined;
  return Object.entries(procedure.anytime ?? {}).find(([, rule]) => {
    if (rule.by !== by && rule.by !== 'applicant' && procedure.parties?.[rule.by] === undefined) return false;
    if (rule.until !== undefined && dossier.stages[rule.until] !== undefined) return false;
    return rule.during === undefined || rule.during.includes(dossier.stage ?? '');
  });
}
