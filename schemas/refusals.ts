import * as z from 'zod';

/** Every reason for which law or status says no. The list is closed: HTTP answers come from a table over it. */
export const RefusalCode = z.enum([
  'unknown-dossier',
  'unknown-task',
  'unknown-procedure',
  'unknown-unit',
  'unknown-official',
  'unknown-upload',
  'not-entitled',
  'wrong-unit',
  'wrong-role',
  'assurance-too-low',
  'duties-not-separate',
  'claimed-by-another',
  'task-closed',
  'outcome-not-offered',
  'reason-missing',
  'inadmissible',
  'wrong-status',
  'stale-run',
  'entered-too-often',
  'form-invalid',
  'document-missing',
  'document-not-accepted',
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
  'precluded',
  'already-rated',
  'nothing-owed',
  'idempotency-mismatch',
  'result-not-ready',
  'conflict',
]);
export type RefusalCode = z.infer<typeof RefusalCode>;

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
}

export type Refused = { ok: false; refusal: Refusal };

/** Says no, as a value. */
export function refuse(code: RefusalCode, detail: string, errors?: FieldError[]): Refused {
  return { ok: false, refusal: errors ? { code, detail, errors } : { code, detail } };
}
