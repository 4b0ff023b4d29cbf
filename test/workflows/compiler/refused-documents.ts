import type { Refusal } from './refused-apologies.ts';

/** What a payment stage makes, and what is said of a classified document. */
export const DOCUMENTS: readonly Refusal[] = [
  {
    rule: 'receipt-unfit',
    change: [['fees: [fee], then', 'fees: [fee], makes: permit, then']],
    at: 'stages.pay.makes',
    related: 'stages.sign.issue',
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
  {
    rule: 'receipt-unfit',
    change: [
      ['fees: [fee], then', 'fees: [fee], makes: slip, then'],
      ['issues:', 'issues:\n  slip: { format: json, register: slips, automatic: Act 9 }'],
    ],
    at: 'stages.pay.makes',
    related: 'issues.slip',
  },
  {
    rule: 'receipt-unfit',
    change: [
      ['fees: [fee], then', 'fees: [fee], makes: slip, then'],
      ['issues:', 'issues:\n  slip: { format: asice, template: permit, register: slips, automatic: Act 9 }'],
    ],
    at: 'stages.pay.makes',
    related: 'issues.slip',
  },
  ...['source: { registry: population, key: form.owner.name, purpose: test }', 'accept: [scan]', 'reuse: never'].map(
    (field): Refusal => ({
      rule: 'classified-travels',
      change: [['proof: { accept: [scan] }', `proof: { classified: true, ${field} }`]],
      at: `documents.proof.${field.split(':')[0] ?? ''}`,
      related: 'documents.proof.classified',
    }),
  ),
  {
    rule: 'classified-label',
    change: [
      ['proof: { accept: [scan] }', 'proof: { classified: true }'],
      ['clock:', 'label: form.owner.name\nclock:'],
    ],
    at: 'label',
    related: 'documents.proof.classified',
  },
  {
    rule: 'classified-travels',
    change: [['proof: { accept: [scan] }', 'proof: { classified: true, or: [sketch] }']],
    at: 'documents.proof.or',
    related: 'documents.proof.classified',
  },
  {
    rule: 'enclosure-unfit',
    change: [['  permit: { template: permit,', '  permit: { encloses: [proof], template: permit,']],
    at: 'issues.permit.encloses[0]',
    related: 'documents.proof',
  },
  {
    rule: 'enclosure-unfit',
    change: [
      ['  permit: { template: permit,', '  permit: { encloses: [proof], template: permit,'],
      ['proof: { accept: [scan] }', 'proof: { classified: true }'],
    ],
    at: 'issues.permit.encloses[0]',
    related: 'documents.proof',
  },
  {
    rule: 'enclosure-unfit',
    change: [
      ['  permit: { template: permit,', '  permit: { encloses: [proof], format: asice, template: permit,'],
      ['proof: { accept: [scan] }', 'proof: { accept: [scan], maxBytes: 20000000 }'],
    ],
    at: 'issues.permit.encloses',
    related: 'documents.proof',
  },
  {
    rule: 'unknown-name',
    change: [['  permit: { template: permit,', '  permit: { encloses: [sketch], template: permit,']],
    at: 'issues.permit.encloses[0]',
    related: 'issues.permit',
  },
  {
    rule: 'evidence-ambiguous',
    change: [['proof: { accept', 'proof: { or: [sketch, statement, sketch], accept']],
    at: 'documents.proof.or[2]',
    related: 'documents.proof.or[0]',
  },
  {
    rule: 'evidence-ambiguous',
    change: [['proof: { accept', 'proof: { or: { proof: { en: Proof } }, accept']],
    at: 'documents.proof.or.proof',
    related: 'documents.proof',
  },
];
