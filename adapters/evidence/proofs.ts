import { sha256 } from '../../domain/chain.ts';
import type { CertificateUse, EvidenceTools, Proofs, SignedPaperProof } from '../../domain/ports/evidence-tools.ts';
import type { RevocationEvidence } from '../../domain/ports/signing.ts';
import { type ContainerVerdict, verifyContainer } from '../asice/verify-container.ts';
import { allowsUsage, readCertificate, readPem, type Certificate } from '../cms/certificate.ts';
import { verifyChain } from '../cms/chain.ts';
import { oid } from '../cms/der.ts';
import { verifyDetached } from '../cms/detached.ts';
import { isListOf, readList } from '../cms/revocation-list.ts';
import { enclosedFiles } from '../pdf/enclosed-files.ts';
import { type PdfVerdict, verifyPdf } from '../pdf/verify-pdf.ts';
import { verifyTimestampToken } from '../timestamp/verify-token.ts';
import { readZip } from './zip-reader.ts';

/** Tools that trust these certificates and nothing else. */
export function createEvidenceTools(anchors: readonly Certificate[]): EvidenceTools {
  return { unpack: (archive) => readZip(archive), proofs: (crls) => createProofs(anchors, crls) };
}

function createProofs(anchors: readonly Certificate[], crls: readonly Uint8Array[]): Proofs {
  const knownBy = (judgedBy?: RevocationEvidence) => ({
    anchors,
    crls: [...crls, ...(judgedBy?.crls ?? [])],
    ocsps: judgedBy?.ocsps ?? [],
    statusRequired: judgedBy !== undefined,
  });
  return {
    readPem: (text) => attempt(() => ({ ok: true, chain: readPem(text).map(({ der }) => der) })),
    trace: (chain, use, at) => attempt(() => trace({ chain, use, at, anchors, crls })),
    timestamp: (token, digest) => {
      const verdict = verifyTimestampToken(token, { digest, anchors, crls });
      return verdict.ok ? { ok: true, time: verdict.time, authority: subjectOf(verdict.signer) } : verdict;
    },
    signedPdf: (pdf, judgedBy) => withEnclosed(pdf, proofOf(verifyPdf(pdf, knownBy(judgedBy)))),
    signedContainer: (container, judgedBy) => {
      const verdict = verifyContainer(container, knownBy(judgedBy));
      const { files, signatures } = verdict;
      return { ...proofOf(verdict), files, registrations: signatures.map(({ registration }) => registration) };
    },
    signedBytes: (cms, content, judgedBy) =>
      attempt(() =>
        verifyDetached(cms, content, { anchors, crls: [...crls, ...judgedBy.crls], ocsps: judgedBy.ocsps }),
      ),
    revocationList: (der, authorities) => attempt(() => checkRevocationList(der, authorities, anchors)),
  };
}

function proofOf({ valid, problems, signatures }: PdfVerdict | ContainerVerdict): SignedPaperProof {
  return {
    valid,
    problems: [...problems, ...signatures.flatMap((signature) => signature.problems)],
    signatures: signatures.map(({ signer, timestamp }) => ({
      certificate: signer?.certificateSha256,
      signer: signer?.id,
      time: timestamp,
    })),
  };
}

/** A file that cannot be read is a problem of the paper. */
function withEnclosed(pdf: Uint8Array, proof: SignedPaperProof): SignedPaperProof {
  if (!proof.valid) return proof;
  const read = attempt(() => ({ ok: true as const, enclosed: enclosedFiles(pdf).map((file) => sha256(file)) }));
  return read.ok
    ? { ...proof, enclosed: read.enclosed }
    : { ...proof, valid: false, problems: [`enclosed files: ${read.problem}`] };
}

function attempt<T>(check: () => T): T | { ok: false; problem: string } {
  try {
    return check();
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

interface Trace {
  chain: readonly Uint8Array[];
  use: CertificateUse;
  at: number;
  anchors: readonly Certificate[];
  crls: readonly Uint8Array[];
}

function trace({ chain, use, at, anchors, crls }: Trace) {
  const [leaf, ...others] = chain.map(readCertificate);
  if (leaf === undefined) return { ok: false as const, problem: 'expected a certificate, got none' };
  const misuse = misuseOf(leaf, use);
  if (misuse !== undefined) return { ok: false as const, problem: misuse };
  const verdict = verifyChain({ leaf, others, anchors, at, crls });
  return verdict.ok ? { ok: true as const, subject: subjectOf(leaf) } : verdict;
}

function misuseOf(certificate: Certificate, use: CertificateUse): string | undefined {
  const serial = certificate.x509.serialNumber;
  const has = (id: string) => certificate.pki.extensions?.some(({ extnID }) => extnID === id) ?? false;
  if (!has(oid.keyUsage)) return `certificate ${serial} does not say what its key is for`;
  if (use === 'document')
    return allowsUsage(certificate, 'contentCommitment')
      ? undefined
      : `certificate ${serial} is not for signing documents`;
  const forRecords =
    allowsUsage(certificate, 'digitalSignature') &&
    !allowsUsage(certificate, 'contentCommitment') &&
    !allowsUsage(certificate, 'keyCertSign') &&
    !has(oid.extendedKeyUsage);
  return forRecords ? undefined : `certificate ${serial} is not for digital signatures of records alone`;
}

/** The subject's names in one line, as node prints them. */
function subjectOf({ x509 }: Certificate): string {
  return x509.subject.replaceAll('\n', ', ');
}

function checkRevocationList(der: Uint8Array, authorities: readonly Uint8Array[], anchors: readonly Certificate[]) {
  const list = readList(der);
  const others = authorities.map(readCertificate);
  const at = list.facts.thisUpdate.value.getTime();
  const signer = [...anchors, ...others].find((authority) => isListOf(list, authority));
  if (signer === undefined) return { ok: false as const, problem: 'no known authority has signed it' };
  const verdict = verifyChain({ leaf: signer, others, anchors, at });
  return verdict.ok ? { ok: true as const } : verdict;
}
