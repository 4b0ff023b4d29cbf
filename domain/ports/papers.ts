import type { SignatureTrust } from '../../schemas/dossier.ts';
import type { SignatureFault } from '../../schemas/refusals.ts';
import type { CertificateOwner, PersonalSignature, RevocationEvidence } from './signing.ts';

/** Makes and signs papers: PDF/A from a template, PAdES signatures in the order of law; or containers (ASiC-E) of such a PDF and its data, with XAdES signatures. */
export interface Papers {
  /** Draws a paper. The same request gives the same bytes. Throws `TaskTerminal` for a placeholder without a value. */
  render(paper: Paper): Promise<Uint8Array>;
  /** Puts a paper that was drawn and its data into a container that nobody has signed. The same parts give the same bytes. */
  contain(paper: ContainedPaper): Promise<Uint8Array>;
  /** Prepares a person's signature of a PDF or a container. The same inputs give the same hashes. */
  preparePersonal(paper: Uint8Array, signer: PersonalSigner): Promise<PreparedPersonal>;
  /** Prepares a person's detached signature over bytes that are no paper. The same inputs give the same hashes. */
  prepareBytes(content: Uint8Array, certificateChain?: readonly Uint8Array[]): Promise<PreparedBytes>;
  /**
   * Applies the organisation's signature, with number, place and date in its appearance, or in what it says where it is a container's. Throws `TaskTerminal` for a paper that lacks a valid
   * personal signature, or one whose certificate turns out to have been revoked by then, unless a law makes it automatic (Decree 30/2020 art. 32(2)(d)).
   * It puts in what was said of all certificates, its own too (B-LT); throws `TaskRetryable` while that cannot be learned.
   */
  applySeal(paper: Uint8Array, seal: PaperSeal): Promise<Uint8Array>;
  /**
   * Draws a PDF for paper of one that carries files: its pages and theirs, each with the QR code. The paper itself stays as it is. The same request gives
   * the same bytes. Refused where a file has no pages that can be shown as they are.
   */
  print(paper: Uint8Array, request: PrintRequest): Promise<Print>;
  /**
   * Judges a file that somebody hands in as signed: whether its last signature holds and is over all of it. `at`: when it was handed in, milliseconds since
   * the epoch. Nobody outside is asked. Never throws for what is in the file.
   */
  judgeSigned(file: Uint8Array, at: number): Promise<SignedFile>;
}

/** A file with a signature that holds, or what was found instead. */
export type SignedFile =
  | { ok: true; /** As the certificate names him. */ signer: string | undefined; trust: SignatureTrust }
  | { ok: false; /** In identifiers, never a name. */ found: string };

export interface PrintRequest {
  /** Where the QR code leads. */
  link: string;
  /** Code of the dossier, for whoever cannot follow it. */
  code: string;
  /** Number of the paper; null: it has none. */
  number: string | null;
  title: string;
  /** Where the paper does not say in which language it is. */
  lang: string;
}

/** Why there is no print: `media`: neither PDF nor picture; `layers`: which of them is seen is the viewer's choice; `broken`: not as the standard of PDF says. */
export type PrintFault = 'encrypted' | 'layers' | 'too-many-pages' | 'too-large' | 'media' | 'broken';

export type Print =
  | { ok: true; pdf: Uint8Array }
  | { ok: false; fault: PrintFault; /** Name of the file within the paper. */ file: string; problem: string };

export interface Paper {
  /** As in the procedure's definition; see schemas/template.ts. */
  template: unknown;
  data: Readonly<Record<string, unknown>>;
  /** Written into the file, milliseconds since the epoch. */
  at: number;
  id: string;
  /** Files that it carries, whatever they are. */
  enclosed?: readonly EnclosedFile[];
}

export interface EnclosedFile {
  /** Unique within the paper. */
  name: string;
  mediaType: string;
  title: string;
  content: Uint8Array;
}

/** What goes into a container: the PDF for people, canonical JSON for machines, as `name.pdf` and `name.json`. */
export interface ContainedPaper {
  name: string;
  readable: Uint8Array;
  data: Uint8Array;
}

export interface PreparedPersonal {
  /** SHA-256 of the document as it is signed: the message digest of a detached CMS. Of a container, which takes none: of its bytes. */
  digest: Uint8Array;
  /** SHA-256 that the official authorises at the signing service; it is of the certificate that was named. */
  hash?: Uint8Array;
  /**
   * Judges the signature that came back and puts it in, with its time-stamp. Nothing is accepted that is not known to hold at the time of the time-stamp;
   * throws `TaskRetryable` while that cannot be learned.
   */
  accept(signature: PersonalSignature, owner: CertificateOwner): Promise<AcceptedSignature | RefusedSignature>;
}

export interface PreparedBytes extends Pick<PreparedPersonal, 'digest' | 'hash'> {
  /** Judges the signature that came back, as of a paper, and gives it its time-stamp. */
  accept(
    signature: PersonalSignature,
    owner: CertificateOwner,
  ): Promise<(Omit<AcceptedSignature, 'paper'> & { /** Detached, DER. */ cms: Uint8Array }) | RefusedSignature>;
}

export interface AcceptedSignature {
  ok: true;
  /** The paper with the signature: the PDF, or the container. */
  paper: Uint8Array;
  /** DER. */
  certificate: Uint8Array;
  /** By what the certificates were judged. */
  evidence: RevocationEvidence;
}

export interface RefusedSignature {
  ok: false;
  fault: SignatureFault;
  /** In identifiers, never a name. */
  problem: string;
}

export interface PersonalSigner {
  /** DER, the official's own first; absent where it is not known before the signature comes. */
  certificateChain?: readonly Uint8Array[];
  name: string;
  /** In what capacity, as printed above the name, one line each. */
  capacity: readonly string[];
  agency: string;
  /** Role whose place on the paper it is. */
  role: string;
  /** Claimed instant of signing, milliseconds since the epoch; the time-stamp proves it. */
  at: number;
}

export interface PaperSeal {
  /** Id of the unit whose organisation's signature it is. */
  unit: string;
  template: unknown;
  /** What number and place are filled from: `number`, `date`, `unit`. */
  data: Readonly<Record<string, unknown>>;
  agency: string;
  at: number;
  /** The law that lets the paper go out without a person's signature. */
  automatic?: string;
}
