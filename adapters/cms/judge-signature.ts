import { TaskRetryable } from '../../domain/failures.ts';
import type { RefusedSignature } from '../../domain/ports/papers.ts';
import type { CertificateOwner, RevocationEvidence, RevocationSource } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import type { SignatureFault } from '../../schemas/refusals.ts';
import { allowsUsage, nameAttribute, readPem, type Certificate } from './certificate.ts';
import { verifyChain, type ChainVerdict } from './chain.ts';
import { equalBytes } from './der.ts';
import { readSignedData, type ReadSignedData } from './read-signed-data.ts';
import { sha256 } from './signed-data.ts';

export interface Judgement {
  /** What it must be over. */
  content: readonly Uint8Array[];
  /** Detached CMS, without a time-stamp that we trust. */
  container: Uint8Array;
  owner: CertificateOwner;
  anchors: readonly Certificate[];
  timestamps: TimestampAuthority;
  revocation: RevocationSource;
  /** Whether a signing-time attribute is refused, as PAdES wants it. */
  withoutTime?: boolean;
}

export interface JudgedSignature {
  ok: true;
  /** RFC 3161, over its value. */
  token: Uint8Array;
  evidence: RevocationEvidence;
  /** DER. */
  certificate: Uint8Array;
}

/** A signature that was read: whose it is, what of it does not hold by itself, and of what an authority attests the time. */
export interface ReadSignature extends Pick<ReadSignedData, 'signer' | 'certificates' | 'problems' | 'hasSigningTime'> {
  /** SHA-256 that its time-stamp is to be over. */
  stamped: Uint8Array;
}

/** The same of a CMS: it is read first. */
export async function judgeSignature(request: Judgement): Promise<JudgedSignature | RefusedSignature> {
  const signed = read(request);
  if ('fault' in signed) return signed;
  return judgeRead({ ...signed, stamped: sha256(signed.signatureValue) }, request);
}

/**
 * Judges a person's signature before it is accepted: form, algorithm, document, key, official; then, at the time that an authority attests, chain,
 * validity and revocation. Addresses in a certificate are called only once it leads to a trusted origin.
 */
export async function judgeRead(
  signed: ReadSignature,
  request: Omit<Judgement, 'content' | 'container'>,
): Promise<JudgedSignature | RefusedSignature> {
  const { anchors, timestamps, revocation } = request;
  const wrong = faultOf(signed, request);
  if (wrong) return wrong;
  const { token, time } = await timestamps.stamp(signed.stamped);
  const chain = { leaf: signed.signer, others: signed.certificates, anchors, at: time };
  const trusted = verifyChain(chain);
  if (!trusted.ok) return refuseChain(trusted);
  const evidence = await revocation.about(
    trusted.chain.map(({ der }) => der),
    time,
  );
  const judged = verifyChain({ ...chain, ...evidence, statusRequired: true });
  if (!judged.ok) return refuseChain(judged);
  return { ok: true, token, evidence, certificate: signed.signer.der };
}

function read({ container, content }: Judgement): ReadSignedData | RefusedSignature {
  try {
    return readSignedData(container, content);
  } catch (error) {
    return refused('malformed', error instanceof Error ? error.message : String(error));
  }
}

function faultOf(
  signed: ReadSignature,
  { owner, withoutTime = false }: Pick<Judgement, 'owner' | 'withoutTime'>,
): RefusedSignature | undefined {
  const { signer, problems } = signed;
  const serial = signer.x509.serialNumber;
  if (!isOf(signer, owner))
    return refused('wrong-official', `certificate ${serial} is not that of ${owner.ids.join(', ')}`);
  const [first] = problems;
  if (first)
    return refused(first.fault === 'form' || first.fault === 'unnamed' ? 'malformed' : first.fault, first.problem);
  if (withoutTime && signed.hasSigningTime)
    return refused('malformed', 'the signature has a signing-time attribute, which PAdES forbids');
  if (!allowsUsage(signer, 'contentCommitment'))
    return refused('not-for-signing', `certificate ${serial} is not for signing documents`);
  return undefined;
}

function isOf({ pki, der }: Certificate, { ids, certificate }: CertificateOwner): boolean {
  if (certificate !== undefined)
    return readPem(certificate)
      .slice(0, 1)
      .some((own) => equalBytes(own.der, der));
  const id = nameAttribute(pki.subject, '2.5.4.5');
  return id !== undefined && ids.includes(id);
}

function refuseChain({ fault, problem }: Extract<ChainVerdict, { ok: false }>): RefusedSignature {
  if (fault === 'status-unknown') throw new TaskRetryable(problem);
  return refused(fault, problem);
}

/** Why a signature is not accepted. */
export function refused(fault: SignatureFault, problem: string): RefusedSignature {
  return { ok: false, fault, problem };
}
