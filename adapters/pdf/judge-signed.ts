import type { SignedFile } from '../../domain/ports/papers.ts';
import { certificatesOf, problemsOf as problemsOfContained } from '../asice/verify-container.ts';
import { readContainer } from '../asice/container.ts';
import { readSignature, stampedDigest } from '../asice/xades.ts';
import { allowsUsage, isForTimestamping, nameAttribute, type Certificate } from '../cms/certificate.ts';
import { verifyChain } from '../cms/chain.ts';
import { oid } from '../cms/der.ts';
import { eachOnce } from '../cms/learn-revocation.ts';
import { readSignedData, type SignedDataProblem } from '../cms/read-signed-data.ts';
import type { Revocations } from '../cms/revocation.ts';
import { sha256 } from '../cms/signed-data.ts';
import { verifyTimestampToken } from '../timestamp/verify-token.ts';
import { MOST_CONTAINER_BYTES, readWholeSignature } from './whole-signature.ts';

export interface SignedFileRequest {
  anchors: readonly Certificate[];
  /** When it is handed in: the instant at which a signature is judged that has no time-stamp of an authority that is trusted. */
  at: number;
}

/** The last signature of a file, of whatever make. */
interface LastSignature {
  signer: Certificate;
  others: readonly Certificate[];
  problems: readonly SignedDataProblem[];
  stamp?: { token: Uint8Array; digest: Uint8Array } | undefined;
  brought: Revocations;
}

/** Letters; X.520 allows 64 for a common name. */
const MOST_NAME = 200;
/** A chain takes three or four; each more that came along costs time. */
const MOST_CERTIFICATES = 16;
const TOO_MANY_CERTIFICATES = `more than ${MOST_CERTIFICATES} certificates`;
/** Characters of a signature in XML, with the lists by which it is judged. */
const MOST_TEXT = 8 * 1024 * 1024;
/** Of revocation, of each kind: the signer's chain and that of the time-stamp have one for each of four certificates. */
const MOST_STATEMENTS = 8;

/** Judges a file that somebody hands in as signed: a PDF, or a container in our form. Nobody is asked; what cannot be read is refused, never an exception. */
export function judgeSigned(file: Uint8Array, request: SignedFileRequest): SignedFile {
  try {
    return judge(signatureOf(file), request);
  } catch (error) {
    return { ok: false, found: error instanceof Error ? error.message : String(error) };
  }
}

function signatureOf(file: Uint8Array): LastSignature {
  const beginning = Buffer.from(file.subarray(0, 5)).toString('latin1');
  if (beginning === '%PDF-') return signatureOfPdf(file);
  if (beginning.startsWith('PK')) return signatureOfContainer(file);
  throw new Error('a file whose signature cannot be checked');
}

function signatureOfPdf(file: Uint8Array): LastSignature {
  const { signed, brought } = readWholeSignature(file);
  // An archive time-stamp is nobody's signature.
  if (signed.contentType !== oid.data) throw new Error('a time-stamp after the last signature');
  const { signer, certificates: others, problems, timestampToken: token } = signed;
  return {
    signer,
    others,
    // Signatures of before PAdES do not name their certificate, and hold all the same.
    problems: problems.filter(({ fault }) => fault !== 'unnamed'),
    ...(token && { stamp: { token, digest: sha256(signed.signatureValue) } }),
    brought,
  };
}

function signatureOfContainer(file: Uint8Array): LastSignature {
  const { files, signatures } = readContainer(file);
  const last = signatures.at(-1);
  if (last === undefined) throw new Error('no signature');
  if (last.length > MOST_TEXT) throw new Error(`a signature of more than ${MOST_TEXT} characters`);
  const { saying, proofs } = readSignature(last, signatures.length - 1);
  // Before they are read: a text of that length has room for thousands.
  if (saying.certificates.length > 1 + MOST_CERTIFICATES) throw new Error(TOO_MANY_CERTIFICATES);
  const [signer, ...others] = certificatesOf(saying);
  const { token, value, validation } = proofs;
  return {
    signer,
    others,
    problems: problemsOfContained({ saying, proofs }, files),
    ...(token && { stamp: { token, digest: stampedDigest(saying, value) } }),
    brought: { crls: validation?.crls ?? [], ocsps: validation?.ocsps ?? [] },
  };
}

function judge(signature: LastSignature, { anchors, at }: SignedFileRequest): SignedFile {
  const { signer, others, problems, stamp } = signature;
  const [first] = problems;
  if (first) return { ok: false, found: first.problem };
  if (stamp && stamp.token.length > MOST_CONTAINER_BYTES)
    return { ok: false, found: `a time-stamp of more than ${MOST_CONTAINER_BYTES} bytes` };
  const alongStamp = stamp ? readStamp(stamp.token) : 0;
  if (others.length > MOST_CERTIFICATES || alongStamp > MOST_CERTIFICATES)
    return { ok: false, found: TOO_MANY_CERTIFICATES };
  const brought = fewOf(signature.brought);
  const time = stamp && verifyTimestampToken(stamp.token, { digest: stamp.digest, anchors, ...brought });
  const chain = verifyChain({ leaf: signer, others, anchors, at: time?.ok ? time.time : at, ...brought });
  const known = { ok: true, signer: nameOf(signer) } as const;
  if (chain.ok) return { ...known, trust: trustIn(signer) };
  return chain.fault === 'revoked' ? { ok: false, found: chain.problem } : { ...known, trust: DOUBTS[chain.fault] };
}

/** Each is read for each certificate of a chain. */
function fewOf({ crls = [], ocsps = [] }: Revocations): Revocations {
  return { crls: eachOnce(crls).slice(0, MOST_STATEMENTS), ocsps: eachOnce(ocsps).slice(0, MOST_STATEMENTS) };
}

/** Of a certificate that leads to a trusted origin. */
function trustIn(signer: Certificate): 'trusted' | 'not-valid' {
  return allowsUsage(signer, 'contentCommitment') && !isForTimestamping(signer) ? 'trusted' : 'not-valid';
}

const DOUBTS = {
  untrusted: 'unknown-issuer',
  'status-unknown': 'unknown-issuer',
  'not-valid': 'not-valid',
  'weak-algorithm': 'not-valid',
} as const;

/** How many certificates came along with a time-stamp; none where it cannot be read, for then it is not judged either. */
function readStamp(token: Uint8Array): number {
  try {
    return readSignedData(token).certificates.length;
  } catch {
    return 0;
  }
}

/** As the certificate calls who signed: the common name, or the organisation. */
function nameOf({ pki }: Certificate): string | undefined {
  const name = nameAttribute(pki.subject, '2.5.4.3') ?? nameAttribute(pki.subject, '2.5.4.10');
  return name?.slice(0, MOST_NAME);
}
