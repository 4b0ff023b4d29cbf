import type { Refusal } from './refused-apologies.ts';

/** What a payment stage makes. */
export const RECEIPTS: readonly Refusal[] = [
  {
    rule: 'receipt-unfit',
    change: [['fees: [fee], then', 'fees: [fee], makes: permit, then']],
    at: 'stages.pay.makes',
    related: 'issues.permit',
  },
  {
    rule: 'receipt-unfit',
    change: [
      ['fees: [fee], then', 'fees: [fee], makes: slip, then'],
      ['issues:', 'issues:\n  slip: { template: permit, automatic: Act 9 }'],
    ],
    at: 'stages.pay.makes',
    related: 'issues.slip',
  },
  {
    rule: 'receipt-unfit',
    change: [
      ['fees: [fee], then', 'fees: [fee], makes: slip, then'],
      ['by: reception, then', 'by: reception, makes: slip, then'],
      ['issues:', 'issues:\n  slip: { template: permit, register: slips, automatic: Act 9 }'],
    ],
    at: 'stages.pay.makes',
    related: 'stages.receive.makes',
  },
];
