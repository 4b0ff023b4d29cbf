import * as z from 'zod';
import { TaskOpening } from '../dossier.ts';
import { Name, Slug, TaskId } from '../ids.ts';

/** Money in the currency's minor unit (VND has none: 1 is 1 dong). */
export const Amount = z.strictObject({ value: z.int().nonnegative(), currency: z.string().length(3) });
export type Amount = z.infer<typeof Amount>;

/** Money that has come: nothing is no payment, and there is one way to write a currency. */
export const ReceivedAmount = z.strictObject({
  value: z.int().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected a currency as ISO 4217 writes it, such as VND'),
});

/** What is owed, and what was paid. */
export const moneyEvents = {
  FeesAssessed: z.strictObject({
    fees: z.array(
      z.strictObject({
        fee: Name,
        kind: z.enum(['fee', 'charge', 'tax', 'service']),
        amount: Amount,
        exempt: z.boolean(),
        payee: Slug.optional().describe('Unit whose money it is; absent: the one that receives the dossier'),
      }),
    ),
  }),
  PaymentRecorded: z.strictObject({
    payment: z.string().describe('Id given by the payment system; the same id of the same system is recorded once'),
    fees: z.array(Name),
    amount: Amount,
    effect: z.enum(['settled', 'refund-due']),
    reason: z.enum(['exact', 'wrong-amount', 'late', 'not-owed']),
    cash: z.literal(true).optional().describe('Taken at the counter; the voucher of the cash desk is secret'),
    parts: z
      .array(z.strictObject({ unit: Slug, fees: z.array(Name).min(1), amount: Amount }))
      .min(1)
      .optional()
      .describe('Of what settles and is owed to units that the procedure names: whose is how much of it'),
    refund: z
      .strictObject({ visit: z.int().positive(), opening: TaskOpening })
      .optional()
      .describe('Who gives the money back; records from before that was work do not say'),
  }),
  RefundMade: z
    .strictObject({ task: TaskId, payment: z.string(), amount: Amount })
    .describe('What settled nothing went back; by which transfer, or voucher of the cash desk, is secret'),
} as const;
