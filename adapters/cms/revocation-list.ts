import { CertificateRevocationList, CRLDistributionPoints, IssuingDistributionPoint } from 'pkijs';
import { isSignedBy } from './algorithms.ts';
import { allowsUsage, authorityOf, type Certificate } from './certificate.ts';
import { equalBytes, oid, parseDer, toDer } from './der.ts';
import { readOnce } from './read-once.ts';
import type { Statement } from './revocation-statement.ts';

const uriType = 6;

/** Of an authority with many certificates a list has megabytes, and each signature is judged by it several times. */
const MOST_LISTS = 16;
const readList = readOnce((der) => new CertificateRevocationList({ schema: parseDer(der) }), MOST_LISTS);

/**
 * What a revocation list says about a certificate (RFC 5280 section 5): nothing where the issuer has not signed it, or where it is of a kind that leaves
 * something out - indirect, partial, a delta, with a critical extension that we do not know.
 */
export function statementOfList(der: Uint8Array, certificate: Certificate, issuer: Certificate): Statement | undefined {
  const list = readList(der);
  if (!isListOf(list, issuer) || !isInScope(list, certificate)) return undefined;
  const from = list.thisUpdate.value.getTime();
  const until = list.nextUpdate?.value.getTime();
  const since = (list.revokedCertificates ?? [])
    .filter(({ userCertificate }) => userCertificate.isEqual(certificate.pki.serialNumber))
    .map(({ revocationDate }) => revocationDate.value.getTime());
  return {
    from,
    ...(until !== undefined && { until }),
    ...(since.length > 0 && { revoked: Math.min(...since) }),
  };
}

/** Whether this authority has signed the list. */
export function isListOf(list: CertificateRevocationList, issuer: Certificate): boolean {
  return (
    equalBytes(toDer(list.issuer), toDer(issuer.pki.subject)) &&
    allowsUsage(issuer, 'crlSign') &&
    isSignedBy(
      { algorithm: list.signatureAlgorithm.algorithmId, key: issuer.x509.publicKey },
      new Uint8Array(list.tbsView),
      new Uint8Array(list.signatureValue.valueBlock.valueHexView),
    )
  );
}

function isInScope(list: CertificateRevocationList, certificate: Certificate): boolean {
  // An entry that names another issuer than the list's would be read wrongly (section 5.3.3).
  const entries = list.revokedCertificates ?? [];
  if (entries.some(({ crlEntryExtensions }) => crlEntryExtensions?.extensions.some(({ critical }) => critical)))
    return false;
  return (list.crlExtensions?.extensions ?? []).every(({ extnID, critical, parsedValue }) => {
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
