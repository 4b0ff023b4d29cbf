import { CertificateRevocationList, CRLDistributionPoints, IssuingDistributionPoint } from 'pkijs';
import { isSignedBy } from './algorithms.ts';
import { allowsUsage, authorityOf, type Certificate } from './certificate.ts';
import { equalBytes, oid, parseDer, toDer } from './der.ts';
import { judgeOnce, readOnce } from './read-once.ts';
import { readEntries, splitList, withoutZeros, type Entry } from './revocation-entries.ts';
import type { Statement } from './revocation-statement.ts';

const uriType = 6;

/** A list whose entries are read where they lie. */
export interface RevocationList {
  /** All of it but its entries. */
  facts: CertificateRevocationList;
  signed: Uint8Array;
  entries: Uint8Array;
}

/** Each signature is judged by its list several times. What is kept of a list is little more than its bytes: at most 10 MB each where certificates name it. */
const MOST_LISTS = 4;

/** Throws for what is no list. */
export const readList = readOnce((der): RevocationList => {
  const { rest, signed, entries } = splitList(der);
  return { facts: new CertificateRevocationList({ schema: parseDer(rest) }), signed, entries };
}, MOST_LISTS);

/**
 * What a revocation list says about a certificate (RFC 5280 section 5): nothing where the issuer has not signed it, or where it is of a kind that leaves
 * something out - indirect, partial, a delta, with a critical extension that we do not know.
 */
export function statementOfList(der: Uint8Array, certificate: Certificate, issuer: Certificate): Statement | undefined {
  const list = readList(der);
  if (!isListOf(list, issuer) || !isInScope(list, certificate)) return undefined;
  const serial = withoutZeros(certificate.pki.serialNumber.valueBlock.valueHexView);
  const found: Entry[] = [];
  for (const entry of readEntries(list.entries)) {
    // One that names another issuer than the list's would be read wrongly (section 5.3.3).
    if (entry.critical) return undefined;
    if (equalBytes(entry.serial, serial)) found.push(entry);
  }
  const until = list.facts.nextUpdate?.value.getTime();
  return {
    from: list.facts.thisUpdate.value.getTime(),
    ...(until !== undefined && { until }),
    ...(found.length > 0 && { revoked: Math.min(...found.map(({ since }) => since)) }),
  };
}

/** Whether this authority has signed the list. */
export const isListOf = judgeOnce(
  ({ facts, signed }: RevocationList, issuer: Certificate): boolean =>
    equalBytes(toDer(facts.issuer), toDer(issuer.pki.subject)) &&
    allowsUsage(issuer, 'crlSign') &&
    isSignedBy(
      { algorithm: facts.signatureAlgorithm.algorithmId, key: issuer.x509.publicKey },
      signed,
      new Uint8Array(facts.signatureValue.valueBlock.valueHexView),
    ),
);

function isInScope({ facts }: RevocationList, certificate: Certificate): boolean {
  return (facts.crlExtensions?.extensions ?? []).every(({ extnID, critical, parsedValue }) => {
    if (extnID !== oid.issuingDistributionPoint) return !critical;
    return parsedValue instanceof IssuingDistributionPoint && isPointOf(parsedValue, certificate);
  });
}

/** Section 5.2.5: a list may be only for some certificates, and says so. */
function isPointOf(point: IssuingDistributionPoint, certificate: Certificate): boolean {
  if (point.indirectCRL || point.onlyContainsAttributeCerts || point.onlySomeReasons !== undefined) return false;
  const isAuthority = authorityOf(certificate) !== undefined;
  if (isAuthority ? point.onlyContainsUserCerts : point.onlyContainsCACerts) return false;
  const names = point.distributionPoint;
  if (names === undefined) return true;
  const urls = new Set(listUrlsOf(certificate));
  return Array.isArray(names) && names.some(({ type, value }) => type === uriType && urls.has(String(value)));
}

/** Where the issuer publishes the list for this certificate (section 4.2.1.13). */
export function listUrlsOf({ pki }: Certificate): string[] {
  const parsed = pki.extensions?.find(({ extnID }) => extnID === oid.crlDistributionPoints)?.parsedValue as unknown;
  if (!(parsed instanceof CRLDistributionPoints)) return [];
  return parsed.distributionPoints
    .filter(({ reasons, cRLIssuer }) => reasons === undefined && cRLIssuer === undefined)
    .flatMap(({ distributionPoint }) => (Array.isArray(distributionPoint) ? distributionPoint : []))
    .flatMap(({ type, value }) => (type === uriType ? [String(value)] : []));
}
