import { TaskRetryable } from '../../domain/failures.ts';
import type { AcceptedSignature, RefusedSignature } from '../../domain/ports/papers.ts';
import type { CertificateOwner, RevocationSource } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import type { SignatureFault } from '../../schemas/refusals.ts';
import { allowsUsage, nameAttribute, readPem, type Certificate } from '../cms/certificate.ts';
import { verifyChain, type ChainVerdict } from '../cms/chain.ts';
import { equalBytes } from '../cms/der.ts';
import { readSignedData, sha256, withTimestamp, type ReadSignedData } from '../cms/signed-data.ts';
import type { PreparedRevision } from './signature-container.ts';
import { verifyPdf } from './verify-pdf.ts';

export interface Acceptance {
  revision: PreparedRevision;
  /** The field that it fills. */
  field: string;
  /** Detached CMS, without a time-stamp that we trust. */
  container: Uint8Array;
  owner: CertificateOwner;
  anchors: readonly Certificate[];
  timestamps: TimestampAuthority;
  revocation: RevocationSource;
}

/**
 * Judges a person's signature before it is accepted: form, algorithm, document, key, official; then, at the time that an authority attests, chain,
 * validity and revocation. Addresses in a certificate are called only once it leads to a trusted origin.
 */
export async function acceptSignature(request: Acceptance): Promise<AcceptedSignature | RefusedSignature> {
  const { revision, container, anchors, timestamps, revocation } = request;
  const signed = read(container, revision);
  if ('fault' in signed) return signed;
  const wrong = faultOf(signed, request.owner);
  if (wrong) return wrong;
  const { token, time } = await timestamps.stamp(sha256(signed.signatureValue));
  const chain = { leaf: signed.signer, others: signed.certificates, anchors, at: time };
  const trusted = verifyChain(chain);
  if (!trusted.ok) return refused(trusted);
  const evidence = await revocation.about(
    trusted.chain.map(({ der }) => der),
    time,
  );
  const judged = verifyChain({ ...chain, ...evidence, statusRequired: true });
  if (!judged.ok) return refused(judged);
  return embed(request, { token, evidence, certificate: signed.signer.der });
}

function read(container: Uint8Array, { content }: PreparedRevision): ReadSignedData | RefusedSignature {
  try {
    return readSignedData(container, content);
  } catch (error) {
    return no('malformed', error instanceof Error ? error.message : String(error));
  }
}

function faultOf(signed: ReadSignedData, owner: CertificateOwner): RefusedSignature | undefined {
  const { signer, problems } = signed;
  const serial = signer.x509.serialNumber;
  if (!isOf(signer, owner)) return no('wrong-official', `certificate ${serial} is not that of ${owner.ids.join(', ')}`);
  const [first] = problems;
  if (first) return no(first.fault === 'form' ? 'malformed' : first.fault, first.problem);
  if (signed.hasSigningTime) return no('malformed', 'the signature has a signing-time attribute, which PAdES forbids');
  if (!allowsUsage(signer, 'contentCommitment'))
    return no('not-for-signing', `certificate ${serial} is not for signing documents`);
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

/** What was put in is read once more as any verifier would. */
function embed(
  { revision, field, container, anchors }: Acceptance,
  { token, evidence, certificate }: Pick<AcceptedSignature, 'evidence' | 'certificate'> & { token: Uint8Array },
): AcceptedSignature | RefusedSignature {
  try {
    const pdf = revision.embed(withTimestamp(container, token));
    const { signatures, problems } = verifyPdf(pdf, { anchors, ...evidence, statusRequired: true });
    const own = signatures.find((signature) => signature.field === field);
    if (own?.valid === true && problems.length === 0) return { ok: true, pdf, certificate, evidence };
    return no('malformed', [...problems, ...(own?.problems ?? [])].join('; '));
  } catch (error) {
    return no('malformed', error instanceof Error ? error.message : String(error));
  }
}

function refused({ fault, problem }: Extract<ChainVerdict, { ok: false }>): RefusedSignature {
  if (fault === 'status-unknown') throw new TaskRetryable(problem);
  return no(fault, problem);
}

function no(fault: SignatureFault, problem: string): RefusedSignature {
  return { ok: false, fault, problem };
}
