import type { Certificate } from './certificate.ts';
import { statementOfAnswer } from './ocsp.ts';
import { statementOfList } from './revocation-list.ts';
import type { Statement } from './revocation-statement.ts';

/** Where it stands, DER: revocation lists (RFC 5280 section 5) and OCSP answers (RFC 6960). Each is signed by itself, so it may come from anywhere. */
export interface Revocations {
  crls?: readonly Uint8Array[] | undefined;
  ocsps?: readonly Uint8Array[] | undefined;
}

export type Standing = { status: 'good' } | { status: 'revoked'; since: number } | { status: 'unknown' };

/**
 * Whether a certificate was revoked at an instant, by all that is at hand. Any word of a revocation before it counts. It was good where word that is
 * newer than the instant, or was still the newest then, says nothing of one: what was revoked later was good.
 */
export function standingAt(
  certificate: Certificate,
  issuer: Certificate,
  { at, crls = [], ocsps = [] }: Revocations & { at: number },
): Standing {
  const statements = [
    ...crls.map((der) => readable(() => statementOfList(der, certificate, issuer))),
    ...ocsps.map((der) => readable(() => statementOfAnswer(der, certificate, issuer))),
  ].filter((statement) => statement !== undefined);
  const revoked = statements.flatMap(({ revoked: since }) => (since !== undefined && since <= at ? [since] : []));
  if (revoked.length > 0) return { status: 'revoked', since: Math.min(...revoked) };
  const expires = certificate.x509.validToDate.getTime();
  // After it has expired a certificate may be left out of lists (RFC 5280 section 3.3).
  const isGood = statements.some(
    ({ from, until, revoked: later }) =>
      (from >= at && (from <= expires || later !== undefined)) || (from < at && until !== undefined && at <= until),
  );
  return { status: isGood ? 'good' : 'unknown' };
}

/** What cannot be read says nothing. */
function readable(read: () => Statement | undefined): Statement | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
