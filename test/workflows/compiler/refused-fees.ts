import type { Refusal } from './refused-apologies.ts';

const AMOUNT = "amount: '= form.area * 2'";
const SOURCE = 'proof: { source: { result: sample, key: form.area }';

/** Fees that are reckoned from what nobody knows yet when they are fixed. */
export const FEES: readonly Refusal[] = [
  {
    rule: 'fee-too-early',
    change: [[AMOUNT, "amount: '= stages.verify.form.good ? 1 : 2'"]],
    at: 'fees.fee.amount',
    related: 'stages',
  },
  {
    rule: 'fee-too-early',
    change: [[AMOUNT, 'amount: 5, exempt: stages.verify.form.good']],
    at: 'fees.fee.exempt',
    related: 'stages',
  },
  {
    rule: 'fee-too-early',
    change: [
      ['proof: { accept', `${SOURCE}, at: verify, accept`],
      [AMOUNT, 'amount: 5, when: sources.proof.found'],
    ],
    at: 'fees.fee.when',
    related: 'stages',
  },
];
