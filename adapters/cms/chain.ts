import { verify } from 'node:crypto';
import { CertificateRevocationList } from 'pkijs';
import { allowsUsage, authorityOf, type Certificate } from './certificate.ts';
import { equalBytes, parseDer } from './der.ts';

export interface ChainRequest {
  leaf: Certificate;
  /** Certificates that came with the signature: they may help, they are not trusted. */
  others: readonly Certificate[];
  /** The only origins of trust. */
  anchors: readonly Certificate[];
  /** The instant at which each certificate must be valid, in milliseconds since the epoch. */
  at: number;
  /** DER revocation lists. One that no certificate of the chain has signed is ignored. */
  crls?: readonly Uint8Array[] | undefined;
}

export type ChainVerdict = { ok: true; chain: Certificate[] } | { ok: false; problem: string };

const longestChain = 8;
const criticalKnown: ReadonlySet<string> = new Set(['2.5.29.15', '2.5.29.19', '2.5.29.37']);

/** Follows issuers to an anchor (RFC 5280 section 6, without name constraints and policies). A problem names certificates by serial number, never by person. */
export function verifyChain(request: ChainRequest): ChainVerdict {
  const chain: Certificate[] = [];
  let current = request.leaf;
  while (chain.length < longestChain) {
    const problem = problemOf(current, chain.length, request);
    if (problem !== undefined) return { ok: false, problem };
    chain.push(current);
    if (request.anchors.some((anchor) => equalBytes(anchor.der, current.der))) return withoutStray(chain, request);
    const issuer = findIssuer(current, request);
    if (issuer === undefined)
      return { ok: false, problem: `certificate ${serialOf(current)} leads to no trusted origin` };
    const revoked = revocation(current, issuer, request);
    if (revoked !== undefined) return { ok: false, problem: revoked };
    current = issuer;
  }
  return { ok: false, problem: `expected at most ${longestChain} certificates up to a trusted origin, got more` };
}

/** A certificate that came along and helped nothing must at least be genuine: a changed copy of the origin would otherwise pass unseen. */
function withoutStray(chain: Certificate[], { others, anchors }: ChainRequest): ChainVerdict {
  const issuers = [...anchors, ...others];
  const stray = others.find(
    (other) =>
      !chain.some(({ der }) => equalBytes(der, other.der)) && !issuers.some((issuer) => isIssuedBy(other, issuer)),
  );
  return stray === undefined
    ? { ok: true, chain }
    : { ok: false, problem: `certificate ${serialOf(stray)} came along and is not genuine` };
}

/** A certificate whose key cannot even be read has issued nothing. */
function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certificate.x509.checkIssued(issuer.x509) && certificate.x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
}

function serialOf(certificate: Certificate): string {
  return certificate.x509.serialNumber;
}

function findIssuer(certificate: Certificate, { anchors, others }: ChainRequest): Certificate | undefined {
  return [...anchors, ...others].find(
    (candidate) => !equalBytes(candidate.der, certificate.der) && isIssuedBy(certificate, candidate),
  );
}

function problemOf(certificate: Certificate, depth: number, { at }: ChainRequest): string | undefined {
  const { x509, pki } = certificate;
  if (at < x509.validFromDate.getTime() || at > x509.validToDate.getTime()) {
    return `certificate ${serialOf(certificate)} is not valid at ${new Date(at).toISOString()}`;
  }
  const unknown = pki.extensions?.find((extension) => extension.critical && !criticalKnown.has(extension.extnID));
  if (unknown !== undefined)
    return `certificate ${serialOf(certificate)} has the unknown critical extension ${unknown.extnID}`;
  if (depth === 0) return undefined;
  const authority = authorityOf(certificate);
  if (authority === undefined || !allowsUsage(certificate, 'keyCertSign'))
    return `certificate ${serialOf(certificate)} is not an authority's`;
  if (depth - 1 > authority.pathLength)
    return `certificate ${serialOf(certificate)} allows ${authority.pathLength} authorities below it, got ${depth - 1}`;
  return undefined;
}

function revocation(
  certificate: Certificate,
  issuer: Certificate,
  { at, crls = [] }: ChainRequest,
): string | undefined {
  for (const der of crls) {
    const crl = new CertificateRevocationList({ schema: parseDer(der) });
    const signed = verify(
      'sha256',
      new Uint8Array(crl.tbsView),
      issuer.x509.publicKey,
      new Uint8Array(crl.signatureValue.valueBlock.valueHexView),
    );
    if (!signed) continue;
    const serial = certificate.pki.serialNumber;
    const entry = crl.revokedCertificates?.find(
      (revoked) => revoked.userCertificate.isEqual(serial) && revoked.revocationDate.value.getTime() <= at,
    );
    if (entry !== undefined)
      return `certificate ${serialOf(certificate)} was revoked at ${entry.revocationDate.value.toISOString()}`;
  }
  return undefined;
}
