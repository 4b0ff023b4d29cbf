import * as z from 'zod';
import { page } from './api.ts';
import { Amount } from './events/money.ts';
import { DossierId, Slug } from './ids.ts';

/** `GET /dossiers/{id}/payment`. */
export const PaymentAnswer = z.strictObject({
  order: z
    .string()
    .describe(
      'The same as long as the same is owed to the same: paid once, however often it is asked for. Where units merge it changes, and who pays by the one before has paid',
    ),
  amount: Amount,
  fees: z.array(z.string()).describe('Which fees of the procedure it is for'),
  reference: z.string().describe('To name where it is paid in another way'),
  parts: z
    .array(z.strictObject({ unit: Slug, name: z.string(), fees: z.array(z.string()), amount: Amount }))
    .optional()
    .describe('Whose money is how much of it, where the procedure says so; paid in one sum all the same'),
  provider: z.string().nullable().describe('Who keeps the page to pay at'),
  checkout: z
    .string()
    .nullable()
    .describe('Address to lead the payer to, for an hour; null: the authority takes payments in another way'),
});
export type PaymentAnswer = z.output<typeof PaymentAnswer>;

/** Money that settled nothing and has to go back. */
export const RefundOfTask = z.strictObject({
  system: z.string().nullable().describe('Payment system that told of the payment; null: the cash desk'),
  payment: z.string().describe('Id given by the payment system'),
  amount: Amount,
  reason: z.enum(['wrong-amount', 'late', 'not-owed']).describe('Why it settled nothing'),
  at: z.iso.datetime().describe('When it came'),
});

/** What came or went of a unit's money, as the book of the unit has it. */
export const MoneyEntry = z.strictObject({
  at: z.iso.datetime().describe('When it was recorded'),
  kind: z
    .enum(['settled', 'to-refund', 'refunded'])
    .describe('`settled`: what was owed; `to-refund`: came and settles nothing; `refunded`: went back'),
  system: z.string().nullable().describe('Payment system that told of the payment; null: the cash desk'),
  payment: z
    .string()
    .describe('Id given by the payment system, or `cash-` and the order, without what it says of parts'),
  amount: Amount,
  dossier: DossierId,
  seq: z.int().positive().describe('The event of the dossier that says so'),
});
export type MoneyEntry = z.output<typeof MoneyEntry>;

const day = z.iso.date();
const days = {
  from: day.optional().describe('First day, by the calendar of the unit; absent: today'),
  until: day.optional().describe('Last day; absent: the first'),
};
const unit = Slug.optional().describe(
  'A unit in which one holds an appointment, or one that has ended and was taken over by it; absent: the one in which one acts',
);
/** Days that one question may span. */
export const MOST_DAYS = 31;

/** `GET /payments`. */
export const MoneyQuery = inSpan(
  z.strictObject({
    unit,
    ...days,
    ...page,
  }),
);
/** `GET /payments/totals`. */
export const TotalsQuery = inSpan(z.strictObject({ unit, ...days }));

const Sum = z.strictObject({ count: z.int().nonnegative(), value: z.int().nonnegative() });

/** What came and went by one payment system, or over the counter, in one currency. */
export const AccountTotals = z.strictObject({
  system: MoneyEntry.shape.system,
  currency: z.string(),
  settled: Sum,
  toRefund: Sum,
  refunded: Sum,
});
export const MoneyTotals = z.strictObject({
  unit: z.string(),
  from: day,
  until: day,
  accounts: z.array(AccountTotals),
  complete: z.boolean().describe('false: the first 20,000 entries alone are in it; ask for fewer days'),
});
export type MoneyTotals = z.output<typeof MoneyTotals>;

/** One line of a payment system's statement. */
export const StatementLine = z.strictObject({
  payment: z.string().min(1).max(100).describe('The id under which it told of the payment'),
  amount: Amount,
  kind: z.enum(['in', 'out']).default('in').describe('`out`: what was given back'),
});
export type StatementLine = z.output<typeof StatementLine>;
/** Lines of a statement that are compared at once. */
export const MOST_LINES = 10_000;

/** `POST /payments/reconciliation`: whose statement, and of which days. */
export const ReconciliationQuery = inSpan(
  z.strictObject({ unit, ...days, system: Slug.describe('The payment system whose statement it is') }),
);
/** Its body, where it is JSON. */
export const Statement = z.array(StatementLine).max(MOST_LINES);

const side = { kind: StatementLine.shape.kind.unwrap(), payment: z.string() };
const entry = { ...side, dossier: DossierId, at: MoneyEntry.shape.at };
const Sums = z
  .array(z.strictObject({ currency: z.string(), in: Sum, out: Sum }))
  .describe('By currency: what came, what went back');

/** A statement compared with the record. */
export const Reconciliation = z.strictObject({
  unit: z.string(),
  from: day,
  until: day,
  system: z.string(),
  balanced: z.boolean().describe('Each line stands in the record once, of the same sum, and nothing else does'),
  stated: Sums,
  recorded: Sums,
  agreed: z.int().nonnegative().describe('Lines that stand in the record, of the same sum'),
  elsewhen: z.array(z.strictObject({ ...entry })).describe('Of these: recorded up to a day before or after'),
  differing: z.array(z.strictObject({ ...entry, stated: Amount, recorded: Amount })).describe('Of another sum'),
  unrecorded: z
    .array(z.strictObject({ ...side, amount: Amount }))
    .describe('In the statement alone: let the payment system tell of it again'),
  unstated: z.array(z.strictObject({ ...entry, amount: Amount })).describe('In the record alone'),
  early: z
    .array(z.strictObject({ ...entry, amount: Amount }))
    .describe('In the record alone, within the first hour: the statement of the day before may have it'),
  repeated: z
    .array(z.strictObject({ ...side, where: z.enum(['statement', 'record']), times: z.int().min(2) }))
    .describe('Several times where each payment stands once'),
});
export type Reconciliation = z.output<typeof Reconciliation>;

/** Refuses days that end before they begin, or are too many for one question. */
function inSpan<S extends z.ZodObject<typeof days>>(schema: S): S {
  return schema
    .refine(({ from, until }) => until === undefined || from !== undefined, {
      path: ['from'],
      message: 'expected the first day beside the last',
    })
    .refine(({ from = '', until = from }) => until >= from && spanOf(from, until) < MOST_DAYS, {
      path: ['until'],
      message: `expected a day not before the first, and at most ${MOST_DAYS} days`,
    });
}

function spanOf(from: string, until: string): number {
  return from === until ? 0 : (Date.parse(until) - Date.parse(from)) / 86_400_000;
}
