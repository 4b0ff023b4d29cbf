import type { RevocationEvidence } from './signing.ts';
import type { EvidenceFault } from '../../schemas/evidence.ts';

/** Where a package is written to, file by file. */
export interface ArchiveWriter {
  /** Resolves when the next file may come. */
  add(path: string, bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
}

/** What the verifier of evidence packages needs beyond hashing: archives, certificates, time-stamps, signed papers. */
export interface EvidenceTools {
  /** Reads an archive into memory, within bounds. Refuses what an archive of this kind never holds: traversal, duplicates, links, bombs. */
  unpack(archive: Uint8Array): Unpacked;
  /** Proofs against the trust anchors that these tools were made with. The revocation lists may come from the package: each is itself signed. */
  proofs(revocationLists: readonly Uint8Array[]): Proofs;
}

export type Unpacked = { ok: true; files: Map<string, Uint8Array> } | { ok: false; faults: EvidenceFault[] };

type Problem = { ok: false; problem: string };

/**
 * What a certificate is used for here. `record`: a key that signs events; it must be for digital signatures and for nothing else, so that neither an official's
 * nor a time-stamp authority's certificate of the same origin can pass for it. `document`: a key that signs papers (content commitment).
 */
export type CertificateUse = 'record' | 'document';

export interface Proofs {
  /** DER certificates of a PEM text, in its order. */
  readPem(text: string): { ok: true; chain: Uint8Array[] } | Problem;
  /** Whether the first certificate leads to a trust anchor at this instant (milliseconds since the epoch), unrevoked. */
  trace(chain: readonly Uint8Array[], use: CertificateUse, at: number): { ok: true; subject: string } | Problem;
  /** Checks an RFC 3161 token over a SHA-256 digest. `authority` is its certificate's subject. */
  timestamp(token: Uint8Array, digest: Uint8Array): { ok: true; time: number; authority: string } | Problem;
  /** Checks all signatures of a PDF, with their time-stamps. With what they were judged by when they were made, it must prove how the certificates stood then. */
  signedPdf(pdf: Uint8Array, judgedBy?: RevocationEvidence): SignedPaperProof;
  /** The same of a container, with what is in it beside the signatures. */
  signedContainer(container: Uint8Array, judgedBy?: RevocationEvidence): SignedContainerProof;
  /** Checks a detached CMS over these bytes, with its time-stamp, by what it was judged by when it was made. */
  signedBytes(cms: Uint8Array, content: Uint8Array, judgedBy: RevocationEvidence): SignedBytesProof;
  /** Whether a revocation list is signed by a trust anchor, or by an authority that leads to one. */
  revocationList(der: Uint8Array, authorities: readonly Uint8Array[]): { ok: true } | Problem;
}

/** `certificate`: lower-case hexadecimal SHA-256; `time`: in milliseconds since the epoch. */
export type SignedBytesProof = { ok: true; certificate: string; signer: string | undefined; time: number } | Problem;

export interface SignedPaperProof {
  valid: boolean;
  problems: string[];
  /** In the order of signing. Lower-case hexadecimal SHA-256 of each certificate; times in milliseconds since the epoch. */
  signatures: { certificate: string | undefined; signer: string | undefined; time: number | undefined }[];
  /** Digests of the files that a PDF carries. */
  enclosed?: string[];
}

/** `registrations`: what each signature says of unit and number, in the order of signing; only the organisation's has it, and only as the last one. */
export interface SignedContainerProof extends SignedPaperProof {
  files: ReadonlyMap<string, Uint8Array>;
  registrations: ({ unit: string; number: string } | undefined)[];
}
