import type { BusinessStatus, DeliveryStatus, FinancialStatus, PortalStatus } from '../../schemas/dossier.ts';
import type { Result, StageKind } from '../../schemas/procedure/closed-sets.ts';

/** From where to where the agency's status may go. A dossier that takes another way is a defect. */
export const BUSINESS_TRANSITIONS = {
  submitted: ['processing', 'awaiting-applicant', 'awaiting-payment', 'parked', 'settled', 'closed'],
  processing: ['awaiting-applicant', 'awaiting-payment', 'parked', 'settled', 'closed'],
  'awaiting-applicant': ['submitted', 'processing', 'awaiting-payment', 'parked', 'settled', 'closed'],
  'awaiting-payment': ['submitted', 'processing', 'awaiting-applicant', 'parked', 'settled', 'closed'],
  parked: ['submitted', 'processing', 'awaiting-applicant', 'awaiting-payment', 'settled', 'closed'],
  settled: ['parked', 'closed', 'awaiting-applicant', 'awaiting-payment'],
  closed: [],
} as const satisfies Record<BusinessStatus, readonly BusinessStatus[]>;

/** Transitions of the national portal's status (domain model of TrangThaiHoSo 1 to 10). */
export const PORTAL_TRANSITIONS = {
  1: [2, 3, 5, 7, 8, 9],
  2: [4, 5, 6, 7, 8, 9],
  3: [],
  4: [5, 6, 7, 8, 9],
  5: [4, 6, 7, 8, 9, 2, 3],
  6: [4, 5, 7, 8, 9],
  7: [8],
  8: [],
  9: [10, 4],
  10: [],
} as const satisfies Record<PortalStatus, readonly PortalStatus[]>;

export const FINANCIAL_TRANSITIONS = {
  'nothing-owed': ['owed', 'refund-due'],
  owed: ['paid', 'expired', 'refund-due', 'nothing-owed'],
  paid: ['refund-due', 'owed'],
  expired: ['refund-due', 'owed', 'paid'],
  'refund-due': ['owed', 'paid', 'expired', 'nothing-owed'],
} as const satisfies Record<FinancialStatus, readonly FinancialStatus[]>;

export const DELIVERY_TRANSITIONS = {
  none: ['ready'],
  ready: ['delivered'],
  delivered: [],
} as const satisfies Record<DeliveryStatus, readonly DeliveryStatus[]>;

/** The portal's status while a stage of this kind is open, once the dossier has been accepted. */
export const PORTAL_OF_KIND = {
  receive: 4,
  verify: 4,
  inspect: 4,
  approve: 4,
  sign: 4,
  ask: 4,
  pay: 6,
  consult: 4,
  open: 4,
  call: 4,
  decide: 4,
  wait: 4,
  notify: 4,
} as const satisfies Record<StageKind, PortalStatus>;

/** The portal's status when a result is settled on an accepted dossier. */
export const PORTAL_OF_RESULT = {
  granted: 9,
  'granted-by-silence': 9,
  'partly-granted': 9,
  refused: 9,
  'not-required': 9,
  returned: 8,
  stopped: 8,
  withdrawn: 8,
  transferred: 8,
  revoked: 9,
} as const satisfies Record<Result, PortalStatus>;

/** The agency's status while a stage of this kind is open. */
export const STATUS_OF_KIND = {
  receive: 'submitted',
  verify: 'processing',
  inspect: 'processing',
  approve: 'processing',
  sign: 'processing',
  ask: 'awaiting-applicant',
  pay: 'awaiting-payment',
  consult: 'processing',
  open: 'processing',
  call: 'processing',
  decide: 'processing',
  wait: 'processing',
  notify: 'processing',
} as const satisfies Record<StageKind, BusinessStatus>;

/** Moves a status, or throws if the table knows no such way: then an event was written that the rules forbid, which is a defect. */
export function move<S extends string | number>(table: Record<S, readonly S[]>, from: S, to: S): S {
  if (from === to || table[from].includes(to)) return to;
  throw new Error(`status: no transition from ${from} to ${to}`);
}
