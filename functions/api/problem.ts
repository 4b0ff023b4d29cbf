import type { Problem } from '../../schemas/api.ts';
import type { Refusal, RefusalCode } from '../../schemas/refusals.ts';

/** HTTP status of each refusal (RFC 9110): 403 not you, 404 no such thing, 409 not in this state, 422 not with this content. */
export const STATUS_OF_REFUSAL = {
  'unknown-dossier': 404,
  'unknown-task': 404,
  'unknown-procedure': 404,
  'unknown-unit': 422,
  'unknown-official': 422,
  'unknown-upload': 404,
  'unknown-disposal': 404,
  'not-entitled': 403,
  'wrong-unit': 403,
  'wrong-role': 403,
  'assurance-too-low': 403,
  'duties-not-separate': 403,
  'no-authority': 403,
  'instrument-invalid': 422,
  'record-invalid': 422,
  'nobody-left': 409,
  'claimed-by-another': 409,
  'task-closed': 409,
  'outcome-not-offered': 422,
  'reason-missing': 422,
  inadmissible: 422,
  'wrong-status': 409,
  'too-early': 409,
  'stale-run': 409,
  'entered-too-often': 409,
  'override-unlawful': 422,
  'form-invalid': 422,
  'document-missing': 422,
  'document-not-accepted': 422,
  'paper-only': 409,
  'held-by-source': 422,
  'upload-incomplete': 409,
  'upload-expired': 410,
  'link-expired': 410,
  'not-published': 409,
  'already-published': 409,
  'effective-invalid': 422,
  'definition-invalid': 422,
  'not-supported-yet': 422,
  'version-exists': 409,
  'signature-required': 422,
  'signature-invalid': 422,
  'signature-order': 409,
  'signer-refused': 422,
  'withdrawal-closed': 409,
  'clock-not-running': 409,
  'extension-unlawful': 422,
  'pause-unlawful': 422,
  'reappointment-unlawful': 422,
  precluded: 409,
  'already-rated': 409,
  'rating-closed': 409,
  'too-many-drafts': 409,
  'asked-too-often': 429,
  'nothing-owed': 409,
  'too-many-entries': 422,
  'idempotency-mismatch': 422,
  'result-not-ready': 409,
  'on-hold': 409,
  'hold-unknown': 404,
  'not-due': 409,
  disposed: 410,
  conflict: 409,
} as const satisfies Record<RefusalCode, number>;

/** What the surface itself refuses, before any use case is asked. */
const STATUS_OF_REQUEST = {
  malformed: 400,
  'invalid-request': 400,
  unauthenticated: 401,
  'not-found': 404,
  'method-not-allowed': 405,
  'too-large': 413,
  'unsupported-media-type': 415,
  'not-printable': 422,
  'too-many-tries': 429,
  'too-many-uploads': 429,
  'internal-error': 500,
  'try-again': 503,
} as const;
export type RequestCode = keyof typeof STATUS_OF_REQUEST;

/** A refusal of a use case, or of the surface itself. */
export type Answered = Omit<Refusal, 'code'> & { code: RequestCode | RefusalCode };

/** A request that cannot be a request: thrown inside the surface alone, answered as problem details. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly code: RequestCode | RefusalCode;
  readonly refusal: Answered;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    code: RequestCode | RefusalCode,
    detail: string,
    more: Omit<Refusal, 'code' | 'detail'> & { headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.code = code;
    const { headers = {}, ...reasons } = more;
    this.refusal = { code, detail, ...reasons };
    this.headers = headers;
  }
}

/** RFC 9457 problem details. */
export function problemOf(refusal: Answered, instance: string): Problem {
  const { code, detail, errors, grounds, decided, claimedBy, disposed } = refusal;
  return {
    type: `urn:onetrack:problem:${code}`,
    title: code.replaceAll('-', ' '),
    status: statusOf(code),
    detail,
    instance,
    ...(errors && errors.length > 0 && { errors }),
    ...(grounds && { grounds }),
    ...(decided && { decided }),
    ...(claimedBy !== undefined && { claimedBy }),
    ...(disposed && { disposed }),
  };
}

export function problem(refusal: Answered, instance: string, headers: Readonly<Record<string, string>> = {}): Response {
  const body = problemOf(refusal, instance);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}

export function statusOf(code: RequestCode | RefusalCode): number {
  return code in STATUS_OF_REQUEST ? STATUS_OF_REQUEST[code as RequestCode] : STATUS_OF_REFUSAL[code as RefusalCode];
}

/** Raises a refusal of a use case to the surface. */
export function answerRefusal({ code, detail, ...more }: Refusal): never {
  throw new RequestRefused(code, detail, more);
}
