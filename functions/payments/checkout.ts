import { createHmac } from 'node:crypto';
import type { AgencySystem } from '../../schemas/organisation.ts';
import type { PaymentAnswer } from '../../schemas/payments.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { listAll } from '../organisation/list-all.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { standingOf } from '../stages/standing.ts';
import { owedNow, tellOrder } from './owed.ts';
import { partsOf } from './payees.ts';

/** So long a provider takes an order that was brought to it, in milliseconds: then the payer asks for the same one anew. */
const ORDER_MS = 3_600_000;

/** What is to be paid now, and where there is a page to pay at. Nothing is kept: the same that is owed is the same order, however often it is asked for. */
export async function readPayment(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
): Promise<{ ok: true; payment: PaymentAnswer } | Refused> {
  const { dossier } = loaded;
  const now = platform.clock.now();
  const { procedure } = await standingOf(catalogue, loaded, now);
  const owed = owedNow(dossier, procedure);
  if (!owed) return refuse('nothing-owed', `dossier ${dossier.id} waits for no payment`);
  const { amount, fees } = owed;
  const reference = dossier.code ?? dossier.reference;
  const provider = await providerOf(platform);
  const parts = await Promise.all(
    (await partsOf(catalogue, { procedure, now }, dossier, fees)).map(async (part) => ({
      ...part,
      name: (await catalogue.unit(part.unit))?.name ?? part.unit,
    })),
  );
  const order = tellOrder(owed.order, parts);
  const told = { order, amount, fees, reference, ...(parts.length > 0 && { parts }) };
  if (!provider) return { ok: true, payment: { ...told, provider: null, checkout: null } };
  const unit = await catalogue.unit(dossier.unit ?? dossier.receivingUnit);
  const checkout = checkoutAddress(provider, {
    order,
    dossier: dossier.id,
    amount,
    reference,
    payee: parts.map(({ name }) => name).join('; ') || (unit?.name ?? ''),
    ...(parts.length > 0 && { parts: parts.map((part) => ({ payee: part.unit, amount: part.amount.value })) }),
    expires: now + ORDER_MS,
    back: `${platform.config.publicUrl}/console/mine/${dossier.id}`,
  });
  return { ok: true, payment: { ...told, provider: provider.name, checkout } };
}

type Provider = AgencySystem & { checkout: string };

/** The first provider with a page to pay at and a secret to sign orders with. */
async function providerOf({ registry }: Pick<Platform, 'registry'>): Promise<Provider | undefined> {
  const systems = (await listAll(registry, 'system')).map(({ record }) => record);
  return systems.find(
    (system): system is Provider =>
      system.checkout !== undefined && system.may.includes('pay') && (system.secrets[0] ?? '').startsWith('whsec_'),
  );
}

/** An order as a payer's browser brings it. It names no person. */
interface Order {
  order: string;
  dossier: string;
  amount: { value: number; currency: string };
  reference: string;
  /** Names, for the payer to read. */
  payee: string;
  /** Into whose accounts the provider divides the sum, by the ids of the units; absent: all of it is one account's. */
  parts?: { payee: string; amount: number }[];
  /** Milliseconds since the epoch. */
  expires: number;
  /** Where the payer is led afterwards; what counts is the callback. */
  back: string;
}

function checkoutAddress({ checkout, secrets }: Provider, order: Order): string {
  const text = Buffer.from(JSON.stringify(order)).toString('base64url');
  const address = new URL(checkout);
  address.searchParams.set('order', text);
  address.searchParams.set('signature', signatureOfOrder(secrets[0] ?? '', text));
  return address.href;
}

/** HMAC-SHA256 under the secret that signs the provider's webhooks; a webhook's signature is never one of an order. */
export function signatureOfOrder(secret: string, order: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return createHmac('sha256', key).update(`onetrack-order.${order}`).digest('base64url');
}
