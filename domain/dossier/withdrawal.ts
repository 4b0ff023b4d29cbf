import type { Procedure } from '../../schemas/procedure.ts';
import type { Anytime } from '../../schemas/procedure/stages.ts';
import type { Dossier } from './state.ts';

/** Why a dossier can no longer, or not now, be withdrawn. `passed`: that stage was reached. `elsewhere`: only during those. */
export type WithdrawalClosed =
  | { why: 'asked' | 'ended' | 'never' }
  | { why: 'passed'; stage: string }
  | { why: 'elsewhere'; stages: readonly string[] };

export type Withdrawal = { ok: true; name: string; rule: Anytime } | ({ ok: false } & WithdrawalClosed);

/** What of a dossier says whether it can be withdrawn. */
export type Withdrawable = Pick<Dossier, 'stage' | 'withdrawal'> & {
  result: string | null;
  stages: Readonly<Record<string, unknown>>;
};

/** The rule by which one may break in now, or why there is none. With the parent goes whatever the applicant could withdraw himself. */
export function withdrawalOf(procedure: Procedure, dossier: Withdrawable, by: 'applicant' | 'parent'): Withdrawal {
  if (dossier.withdrawal !== null) return { ok: false, why: 'asked' };
  if (dossier.stage === null || dossier.result !== null) return { ok: false, why: 'ended' };
  const rules = Object.entries(procedure.anytime ?? {}).filter(
    ([, rule]) => rule.by === by || rule.by === 'applicant' || procedure.parties?.[rule.by] !== undefined,
  );
  const closed = rules.map(([, rule]) => closedNow(rule, dossier));
  const [name, rule] = rules[closed.indexOf(undefined)] ?? [];
  if (name !== undefined && rule !== undefined) return { ok: true, name, rule };
  return { ok: false, ...(closed[0] ?? { why: 'never' }) };
}

function closedNow({ until, during }: Anytime, { stage, stages }: Withdrawable): WithdrawalClosed | undefined {
  if (until !== undefined && stages[until] !== undefined) return { why: 'passed', stage: until };
  if (during === undefined || during.includes(stage ?? '')) return undefined;
  return { why: 'elsewhere', stages: during };
}
