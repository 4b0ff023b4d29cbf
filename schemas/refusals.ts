import * as z from 'zod';
import type { Disposed } from './archive.ts';

/** Every reason for which law or status says no. The list is closed: HTTP answers come from a table over it. */
export const RefusalCode = z.enum([
  'unknown-dossier',
  'unknown-task',
  'unknown-procedure',
  'unknown-unit',
  'unknown-official',
  'unknown-upload',
  'unknown-disposal',
  'not-entitled',
  'wrong-unit',
  'wrong-role',
  'assurance-too-low',
  'duties-not-separate',
  'no-authority',
  'instrument-invalid',
  'record-invalid',
  'nobody-left',
  'claimed-by-another',
  'task-closed',
  'outcome-not-offered',
  'reason-missing',
  'inadmissible',
  'wrong-status',
  'stale-run',
  'entered-too-often',
  'override-unlawful',
  'form-invalid',
  'document-missing',
  'document-not-accepted',
  'paper-only',
  'held-by-source',
  'upload-incomplete',
  'upload-expired',
  'link-expired',
  'not-published',
  'already-published',
  'effective-invalid',
  'definition-invalid',
  'not-supported-yet',
  'version-exists',
  'signature-required',
  'signature-invalid',
  'signature-order',
  'signer-refused',
  'withdrawal-closed',
  'too-early',
  'clock-not-running',
  'extension-unlawful',
  'pause-unlawful',
  'reappointment-unlawful',
  'precluded',
  'already-rated',
  'rating-closed',
  'too-many-drafts',
  'asked-too-often',
  'nothing-owed',
  'too-many-entries',
  'idempotency-mismatch',
  'result-not-ready',
  'on-hold',
  'hold-unknown',
  'not-due',
  'disposed',
  'conflict',
]);
export type RefusalCode = z.infer<typeof RefusalCode>;

/** The rules by which somebody may fill an office today. */
export const AuthorityRule = z.enum([
  'appointment',
  'helper',
  'other-office',
  'unknown-instrument',
  'not-in-force',
  'not-covered',
  'not-this-step',
  'not-the-holder',
  'not-the-grantor',
  'not-passed-on',
  'same-hands',
  'nobody-left',
]);
export type AuthorityRule = z.infer<typeof AuthorityRule>;

/** Why a signature of a person is not accepted. */
export const SignatureFault = z
  .enum([
    'malformed',
    'wrong-document',
    'wrong-key',
    'wrong-official',
    'weak-algorithm',
    'not-for-signing',
    'untrusted',
    'not-valid',
    'revoked',
  ])
  .describe(
    '`wrong-document`: it is over another one; `wrong-key`: its value is not of the certificate’s key; `not-valid`: the certificate had expired, or was not yet valid',
  );
export type SignatureFault = z.infer<typeof SignatureFault>;

/** Why somebody may not act: the rule with its law, the instrument or appointment by which it was judged, and its days. */
export const Ground = z.strictObject({
  rule: AuthorityRule,
  legalBasis: z.string().optional(),
  instrument: z.string().optional().describe('Id of the instrument'),
  official: z.string().optional().describe('Id of the official whose appointment, or whose decision, it is'),
  from: z.string().optional().describe('First day of that instrument or appointment'),
  until: z.string().optional().describe('Last day, inclusive'),
});
export type Ground = z.infer<typeof Ground>;

/** What stands already where somebody came too late. */
export const Winner = z.strictObject({
  outcome: z.string(),
  by: z.string().describe('Id of the official; `applicant` or `platform`'),
  onBehalfOf: z.string().optional().describe('Office acted for, unit and role'),
  at: z.string().describe('Instant of the decision'),
});
export type Winner = z.infer<typeof Winner>;

/** A place in the request that is at fault. */
export interface FieldError {
  /** RFC 6901 pointer into the body, or the name of a component. */
  at: string;
  expected: string;
  found?: string;
}

export interface Refusal {
  code: RefusalCode;
  /** One sentence for a tired official: what was expected and what came, in identifiers. */
  detail: string;
  errors?: FieldError[];
  grounds?: Ground[];
  /** Of a task that is decided. */
  decided?: Winner;
  /** Of a signature that is not accepted. */
  fault?: SignatureFault;
  /** Official who has taken the task. */
  claimedBy?: string;
  /** What became of the record. */
  disposed?: Disposed;
}

export type Refused = { ok: false; refusal: Refusal };

/** Says no, as a value. */
export function refuse(code: RefusalCode, detail: string, errors?: FieldError[]): Refused {
  return { ok: false, refusal: errors ? { code, detail, errors } : { code, detail } };
}

/** Says that a record is gone: when, and on whose authority. */
export function refuseDisposed(dossier: string, disposed: Disposed): Refused {
  const { at, number, legalBasis, fate, to } = disposed;
  const went = fate === 'transferred' ? `handed over to ${to ?? 'an archive'} and destroyed here` : 'destroyed';
  const detail = `the record of ${dossier} was ${went} on ${at.slice(0, 10)} by decision ${number}: ${legalBasis}`;
  return { ok: false, refusal: { code: 'disposed', detail, disposed } };
}

/** Says no and why in law: a refusal that an official can take to whoever can change it. */
export function refuseFor(code: RefusalCode, detail: string, ...grounds: Ground[]): Refused {
  return { ok: false, refusal: { code, detail, grounds } };
}
