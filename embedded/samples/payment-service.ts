import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import { signatureOfOrder } from '../../functions/payments/checkout.ts';
import { type CheckoutPage, checkoutPage, type CheckoutWords, STYLE } from './checkout-page.ts';
import { readBody } from './sample-server.ts';

/** Path of the page to pay at. */
export const CHECKOUT = '/checkout';
/** Path of an account's statement as CSV: `?account=<unit>`; without one, of the account into which undivided sums go. */
export const STATEMENT = '/statement';

export interface PaymentServiceOptions {
  webhookUrl: string;
  secret: string;
  system: string;
  now: () => number;
}

const Told = z.object({
  dossier: z.string(),
  amount: z.int().positive(),
  currency: z.string().length(3),
  reference: z.string().optional(),
});

const Order = z.object({
  order: z.string().regex(/^[0-9a-f]{24}(-[0-9a-f]{8})?$/),
  dossier: z.string(),
  amount: z.object({ value: z.int().positive(), currency: z.string().length(3) }),
  reference: z.string(),
  payee: z.string(),
  parts: z.array(z.object({ payee: z.string(), amount: z.int().positive() })).optional(),
  expires: z.number(),
  back: z.url({ protocol: /^https?$/ }),
});
type Order = z.infer<typeof Order>;

/**
 * The payment service. `POST /pay { dossier, amount, currency }` pays and tells Onetrack by a signed webhook; it asks again until it is heard, at most five times. `/checkout` is
 * the page to which a payer brings a signed order: he pays, or not, and is led back. What is paid is divided between the accounts that the order names, and `/statement` lists
 * each. Orders that are paid are remembered until it ends; what it tells twice is recorded once.
 */
export function paymentService(options: PaymentServiceOptions): Server {
  const accounts = new Accounts();
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === STATEMENT) {
      const text = accounts.statement(searchParams.get('account') ?? undefined);
      response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' }).end(text);
      return;
    }
    const told = { request, response, options, accounts };
    void (pathname === CHECKOUT ? checkout(told) : pay(told)).catch(() => response.writeHead(502).end());
  });
}

interface Asked {
  request: IncomingMessage;
  response: ServerResponse;
  options: PaymentServiceOptions;
  accounts: Accounts;
}

interface Entry {
  account: string | undefined;
  amount: number;
  currency: string;
}

/** What was paid, into whose account. One payment is booked once. */
class Accounts {
  readonly #payments = new Map<string, Entry[]>();

  has(payment: string): boolean {
    return this.#payments.has(payment);
  }

  book(payment: string, { amount, parts }: Pick<Order, 'amount' | 'parts'>): void {
    if (this.has(payment)) return;
    const divided = parts ?? [{ payee: undefined, amount: amount.value }];
    this.#payments.set(
      payment,
      divided.map((part) => ({ account: part.payee, amount: part.amount, currency: amount.currency })),
    );
  }

  statement(account: string | undefined): string {
    const lines = [...this.#payments].flatMap(([payment, entries]) =>
      entries
        .filter((entry) => entry.account === account)
        .map(({ amount, currency }) => `${payment},${amount},${currency}`),
    );
    return `${['payment,amount,currency', ...lines].join('\n')}\n`;
  }
}

async function pay({ request, response, options, accounts }: Asked): Promise<void> {
  const body = await readBody(request, 10_000);
  const order = body && Told.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
  if (!order?.success) {
    response.writeHead(400).end();
    return;
  }
  const { dossier, amount, currency, reference } = order.data;
  const digest = createHash('sha256')
    .update(`${dossier}:${amount}:${reference ?? ''}`)
    .digest('hex');
  const payment = `pay-${digest.slice(0, 24)}`;
  accounts.book(payment, { amount: { value: amount, currency } });
  const heard = await tell(options, { payment, dossier, amount: { value: amount, currency } });
  if (heard) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ payment }));
  else response.writeHead(502).end();
}

/** Tells of a payment until it is heard, at most five times. */
async function tell(
  { webhookUrl, secret, system, now }: PaymentServiceOptions,
  told: { payment: string; dossier: string; amount: { value: number; currency: string }; order?: string },
): Promise<boolean> {
  const message = JSON.stringify({ system, ...told });
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const at = new Date(now());
    const answer = await fetch(webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': told.payment,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(told.payment, at, message),
      },
      body: message,
    }).catch(() => undefined);
    if (answer?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
  }
  return false;
}

/** Shows an order, or does what the payer chose. Who pays is led back at once, or after a second: the callback may come later than he does. */
async function checkout({ request, response, options, accounts }: Asked): Promise<void> {
  const words: CheckoutWords = /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'vi';
  const order = orderIn(request, options.secret);
  if (!order) {
    show(response, 400, { words, state: 'unknown' });
    return;
  }
  const payment = `pay-${order.order}`;
  const isPaid = accounts.has(payment);
  if (request.method !== 'POST') {
    if (isPaid) {
      show(response, 200, { words, state: 'paid', order });
      return;
    }
    if (order.expires <= options.now()) {
      show(response, 410, { words, state: 'over', order });
      return;
    }
    show(response, 200, { words, state: 'open', order });
    return;
  }
  const form = new URLSearchParams(Buffer.from((await readBody(request, 1_000)) ?? []).toString('utf8'));
  const back = new URL(order.back);
  if (form.get('do') === 'pay') {
    if (!isPaid && order.expires <= options.now()) {
      show(response, 410, { words, state: 'over', order });
      return;
    }
    accounts.book(payment, order);
    const { dossier, amount } = order;
    const told = tell(options, { payment, dossier, amount, order: order.order });
    await Promise.race([told, new Promise((resolve) => setTimeout(resolve, 1_000))]);
    back.searchParams.set('payment', 'paid');
  } else back.searchParams.set('payment', form.get('do') === 'fail' ? 'failed' : 'cancelled');
  response.writeHead(303, { location: back.href, 'cache-control': 'no-store' }).end();
}

/** The order that the address brings, if we share the secret with who signed it. */
function orderIn({ url }: IncomingMessage, secret: string): Order | undefined {
  const { searchParams } = new URL(url ?? '/', 'http://localhost');
  const [text, signature] = [searchParams.get('order') ?? '', searchParams.get('signature') ?? ''];
  const [given, wanted] = [Buffer.from(signature), Buffer.from(signatureOfOrder(secret, text))];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  return Order.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
}

function show(response: ServerResponse, status: number, page: CheckoutPage): void {
  const style = createHash('sha256').update(STYLE).digest('base64');
  // A browser applies form-action to where the answer leads as well.
  const action = page.order ? `'self' ${new URL(page.order.back).origin}` : "'none'";
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${style}'; form-action ${action}; frame-ancestors 'none'; base-uri 'none'`,
    })
    .end(checkoutPage(page));
}
