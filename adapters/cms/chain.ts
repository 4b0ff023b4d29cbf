import { weaknessOf } from './algorithms.ts';
import { allowsUsage, authorityOf, type Certificate } from './certificate.ts';
import { equalBytes } from './der.ts';
import { judgeOnce } from './read-once.ts';
import { standingAt, type Revocations } from './revocation.ts';

/** Revocation lists and OCSP answers of others than the issuers are ignored. */
export interface ChainRequest extends Revocations {
  leaf: Certificate;
  /** Certificates that came with the signature: they may help, they are not trusted. */
  others: readonly Certificate[];
  /** The only origins of trust. */
  anchors: readonly Certificate[];
  /** The instant at which each certificate must be valid, in milliseconds since the epoch. */
  at: number;
  /** Whether of each certificate below the origin it must be known that it was not revoked. */
  statusRequired?: boolean | undefined;
}

/** `status-unknown`: only where it is required. */
export type ChainFault = 'untrusted' | 'not-valid' | 'revoked' | 'status-unknown' | 'weak-algorithm';
export type ChainVerdict = { ok: true; chain: Certificate[] } | { ok: false; fault: ChainFault; problem: string };
type Problem = Extract<ChainVerdict, { ok: false }>;

const longestChain = 8;
const criticalKnown: ReadonlySet<string> = new Set(['2.5.29.15', '2.5.29.19', '2.5.29.37']);

/**
 * Follows issuers to an anchor (RFC 5280 section 6, without name constraints and policies). Of revocation nothing is read before it is known to lead there:
 * authorities that nobody trusts could have signed any number of lists. A problem names certificates by serial number, never by person.
 */
export function verifyChain(request: ChainRequest): ChainVerdict {
  const chain = pathOf(request);
  const last = chain.at(-1) ?? request.leaf;
  const isLed = chain.length <= longestChain && isOrigin(last, request);
  for (const [depth, certificate] of chain.entries()) {
    const issuer = chain[depth + 1];
    const doubt =
      problemOf(certificate, depth, request) ??
      (issuer && (weakness(certificate, issuer) ?? (isLed ? revocation(certificate, issuer, request) : undefined)));
    if (doubt) return doubt;
  }
  if (isLed) return withoutStray(chain, request);
  return chain.length > longestChain
    ? no('untrusted', `expected at most ${longestChain} certificates up to a trusted origin, got more`)
    : no('untrusted', `certificate ${serialOf(last)} leads to no trusted origin`);
}

/** A certificate and its issuers, up to the first origin or as far as they are known: one more than a chain may have shows that it has too many. */
function pathOf(request: ChainRequest): Certificate[] {
  const path: Certificate[] = [];
  for (
    let next: Certificate | undefined = request.leaf;
    next && path.length <= longestChain;
    next = isOrigin(next, request) ? undefined : findIssuer(next, request)
  )
    path.push(next);
  return path;
}

function isOrigin({ der }: Certificate, { anchors }: ChainRequest): boolean {
  return anchors.some((anchor) => equalBytes(anchor.der, der));
}

function no(fault: ChainFault, problem: string): Problem {
  return { ok: false, fault, problem };
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
    : no('untrusted', `certificate ${serialOf(stray)} came along and is not genuine`);
}

/** A certificate whose key cannot even be read has issued nothing. The same few lead to the same origins with every signature. */
const isIssuedBy = judgeOnce((certificate: Certificate, issuer: Certificate): boolean => {
  try {
    return certificate.x509.checkIssued(issuer.x509) && certificate.x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
});

function serialOf(certificate: Certificate): string {
  return certificate.x509.serialNumber;
}

function findIssuer(certificate: Certificate, { anchors, others }: ChainRequest): Certificate | undefined {
  return [...anchors, ...others].find(
    (candidate) => !equalBytes(candidate.der, certificate.der) && isIssuedBy(certificate, candidate),
  );
}

function problemOf(certificate: Certificate, depth: number, { at }: ChainRequest): Problem | undefined {
  const { x509, pki } = certificate;
  const serial = serialOf(certificate);
  if (at < x509.validFromDate.getTime() || at > x509.validToDate.getTime())
    return no('not-valid', `certificate ${serial} is not valid at ${new Date(at).toISOString()}`);
  const unknown = pki.extensions?.find((extension) => extension.critical && !criticalKnown.has(extension.extnID));
  if (unknown !== undefined)
    return no('untrusted', `certificate ${serial} has the unknown critical extension ${unknown.extnID}`);
  if (depth === 0) return undefined;
  const authority = authorityOf(certificate);
  if (authority === undefined || !allowsUsage(certificate, 'keyCertSign'))
    return no('untrusted', `certificate ${serial} is not an authority's`);
  if (depth - 1 > authority.pathLength)
    return no(
      'untrusted',
      `certificate ${serial} allows ${authority.pathLength} authorities below it, got ${depth - 1}`,
    );
  return undefined;
}

/** An origin's own signature proves nothing and is not looked at. */
function weakness(certificate: Certificate, issuer: Certificate): Problem | undefined {
  const { algorithmId: algorithm } = certificate.pki.signatureAlgorithm;
  const weak = weaknessOf({ algorithm, key: issuer.x509.publicKey });
  return weak === undefined ? undefined : no('weak-algorithm', `certificate ${serialOf(certificate)}: ${weak}`);
}

function revocation(certificate: Certificate, issuer: Certificate, request: ChainRequest): Problem | undefined {
  const standing = standingAt(certificate, issuer, request);
  const serial = serialOf(certificate);
  if (standing.status === 'revoked')
    return no('revoked', `certificate ${serial} was revoked at ${new Date(standing.since).toISOString()}`);
  return standing.status === 'unknown' && request.statusRequired === true
    ? no(
        'status-unknown',
        `nobody says whether certificate ${serial} was revoked at ${new Date(request.at).toISOString()}`,
      )
    : undefined;
}
