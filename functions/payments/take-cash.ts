import { judgeAuthority } from '../../domain/authority/judge-authority.ts';
import { paymentKey } from '../../domain/dossier/money-entries.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { Amount } from '../../schemas/events/money.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras, type Proposal } from '../runtime/append.ts';
import { findSecret, type Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import { askedBy, debtOf, owedNow, tellOrder } from './owed.ts';
import { type Part, partsOf } from './payees.ts';
import { receptionOf } from '../../workflows/route.ts';
import { proposePayment } from './record-payment.ts';

export interface TakeCash {
  /** What the payer was told that he owes. */
  order: string;
  amount: Amount;
  /** Of the cash desk. */
  voucher: string;
  by: Extract<Actor, { kind: 'official' }>;
  /** The instrument by which the official acts, where the office is not his own. */
  onBehalfOf?: string | undefined;
  idempotency?: Extras['idempotency'] | undefined;
}

/**
 * Money that is taken at the counter, by the office that receives dossiers: exactly what is owed now, and once. Another sum is refused, for it is still in
 * the payer's hand.
 */
export async function takeCash(
  platform: Platform,
  catalogue: Catalogue,
  id: string,
  command: TakeCash,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const appended = await append(platform, id, async (loaded): Promise<Proposal> => {
    const { idempotency } = command;
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    return { ...(await propose(platform, catalogue, standing, command)), ...(idempotency && { idempotency }) };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}

async function propose(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { order, amount, voucher, by, onBehalfOf }: TakeCash,
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  const organisation = await catalogue.directory.at(catalogue, standing.now);
  const owed = owedNow(dossier, standing.procedure);
  const payment = `cash-${debtOf(order)}`;
  const isTaken = dossier.payments.includes(paymentKey(by, payment));
  const parts = await partsTaken(catalogue, standing, isTaken ? order : undefined);
  const [desk, ...others] = parts;
  if (owed && !isTaken && others.length > 0)
    return {
      decision: refuse(
        'not-entitled',
        `owed to several units, ${parts.map(({ unit }) => unit).join(', ')}: no counter takes another's money`,
      ),
      actor: by,
    };
  const judged = judgeAuthority(
    organisation,
    { official: by.id, unit: by.unit, role: by.role, instrument: onBehalfOf },
    {
      unit: desk?.unit ?? dossier.receivingUnit,
      role: receptionOf(standing.procedure),
      procedure: dossier.procedure,
      stage: dossier.stage ?? '',
      step: 'decision',
    },
  );
  if (!judged.ok) return { decision: judged, actor: by };
  const actor = { ...by, ...(judged.onBehalfOf && { onBehalfOf: judged.onBehalfOf }) };
  const refused = isTaken
    ? refuseVoucher(standing.loaded, payment, voucher)
    : refuseSum(owed, parts, { order, amount });
  if (refused) return { decision: refused, actor };
  return proposePayment(platform, catalogue, standing, {
    payment,
    amount,
    actor,
    voucher: voucher.normalize('NFC'),
  });
}

/** Whose money it is: said again after it was taken, that of the stage at which it was, whatever another one is owed by now. */
async function partsTaken(
  catalogue: Catalogue,
  { loaded: { dossier }, ...standing }: Standing,
  taken: string | undefined,
): Promise<Part[]> {
  const { procedure } = standing;
  const said = taken === undefined ? undefined : askedBy(dossier, procedure, debtOf(taken));
  const paid = Object.keys(dossier.fees).filter((fee) => dossier.fees[fee]?.paid != null);
  return partsOf(catalogue, standing, dossier, (said ?? owedNow(dossier, procedure))?.fees ?? paid);
}

/** The same said again is answered as before; money taken by another voucher is a second sum, and still in the payer's hand. */
function refuseVoucher(loaded: Loaded, payment: string, voucher: string): Refused | undefined {
  const seq = loaded.dossier.vouchers?.[payment];
  const known = seq === undefined ? undefined : findSecret(loaded, seq)?.['voucher'];
  return known === undefined || known === voucher.normalize('NFC')
    ? undefined
    : refuse('nothing-owed', 'it was taken before, by another voucher: take no money');
}

function refuseSum(
  owed: ReturnType<typeof owedNow>,
  parts: readonly Part[],
  { order, amount }: Pick<TakeCash, 'order' | 'amount'>,
): Refused | undefined {
  if (!owed) return refuse('nothing-owed', 'expected a dossier that waits for a payment: take no money');
  const told = `${owed.amount.value} ${owed.amount.currency}`;
  if (owed.order !== debtOf(order)) {
    const expected = tellOrder(owed.order, parts);
    return refuse('conflict', `something else is owed by now: expected order ${expected} of ${told}`, [
      { at: '/order', expected, found: order },
    ]);
  }
  if (owed.amount.value !== amount.value || owed.amount.currency !== amount.currency)
    return refuse('conflict', `expected exactly ${told}`, [
      { at: '/amount', expected: told, found: `${amount.value} ${amount.currency}` },
    ]);
  return undefined;
}
