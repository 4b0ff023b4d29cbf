import * as z from 'zod';
import { Amount } from './events/money.ts';

/** `GET /dossiers/{id}/payment`. */
export const PaymentAnswer = z.strictObject({
  order: z.string().describe('The same as long as the same is owed: paid once, however often it is asked for'),
  amount: Amount,
  fees: z.array(z.string()).describe('Which fees of the procedure it is for'),
  reference: z.string().describe('To name where it is paid in another way'),
  provider: z.string().nullable().describe('Who keeps the page to pay at'),
  checkout: z
    .string()
    .nullable()
    .describe('Address to lead the payer to, for an hour; null: the authority takes payments in another way'),
});
export type PaymentAnswer = z.output<typeof PaymentAnswer>;

/** Money that settled nothing and has to go back. */
export const RefundOfTask = z.strictObject({
  payment: z.string().describe('Id given by the payment system'),
  amount: Amount,
  reason: z.enum(['wrong-amount', 'late', 'not-owed']).describe('Why it settled nothing'),
  at: z.iso.datetime().describe('When it came'),
});
