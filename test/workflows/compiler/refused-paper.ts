import type { Refusal } from './refused-apologies.ts';

const intake = ['documents: {', 'intake: { legalBasis: Act 5 }\ndocuments: {'] as const;
const partial = ['online: full', 'online: { partial: on paper, legalBasis: Act 2 }'] as const;

/** Paper in a procedure that claims to be fully digital, and intake where nobody could compare. */
export const PAPER: readonly Refusal[] = [
  {
    rule: 'paper-in-full-online',
    change: [['by: case-officer,', 'by: case-officer, presence: { of: both parties, legalBasis: Act 3 },']],
    at: 'stages.verify.presence',
    related: 'online',
  },
  {
    rule: 'paper-in-full-online',
    change: [['by: case-officer,', 'by: case-officer, paper: { what: the old card, legalBasis: Act 3 },']],
    at: 'stages.verify.paper',
    related: 'online',
  },
  { rule: 'paper-in-full-online', change: [intake], at: 'intake', related: 'online' },
  {
    rule: 'paper-in-full-online',
    change: [['accept: [scan]', 'accept: [original-shown]']],
    at: 'documents.proof.accept',
    related: 'online',
  },
  {
    rule: 'paper-in-full-online',
    change: [['valid: { months: 12 } }', 'valid: { months: 12 }, to: [post] }']],
    at: 'issues.permit.to',
    related: 'online',
  },
  {
    rule: 'unknown-unit',
    change: [['valid: { months: 12 } }', 'valid: { months: 12 }, to: [repository, tax, commune, insurer] }']],
    organisation: { units: new Set(['tax', 'commune']) },
    at: 'issues.permit.to[3]',
  },
  {
    rule: 'container-by-post',
    change: [partial, ['valid: { months: 12 } }', 'valid: { months: 12 }, format: asice, to: [post] }']],
    at: 'issues.permit.to',
    related: 'issues.permit.format',
  },
  {
    rule: 'name-reserved',
    change: [
      ['  pay: { kind: pay', '  dispatch: { kind: pay'],
      ['go: pay }', 'go: dispatch }'],
      ['done: pay,', 'done: dispatch,'],
      ['pay: runs', 'dispatch: runs'],
    ],
    at: 'stages.dispatch',
  },
  {
    rule: 'intake-without-official',
    change: [intake, partial, ['by: reception, then', 'by: system, then']],
    at: 'stages.receive.by',
    related: 'intake',
  },
  {
    rule: 'intake-without-official',
    change: [intake, partial, ['answered: back, expired: stopped', 'answered: sign, expired: stopped']],
    at: 'stages.complete.then.answered',
    related: 'intake',
  },
];
