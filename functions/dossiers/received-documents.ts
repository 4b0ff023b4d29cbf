import type { Upload } from '../../domain/ports/dossier-store.ts';
import type { SignedFile } from '../../domain/ports/papers.ts';
import type { Reference } from '../../schemas/classified.ts';
import type { DocumentRef } from '../../schemas/dossier.ts';
import { type Acceptance, type DocumentNeed, evidenceOf } from '../../schemas/procedure/papers.ts';
import { type FieldError, refuse, type Refused } from '../../schemas/refusals.ts';
import type { PaperPlace, Reused } from '../../schemas/reuse.ts';
import type { Catalogue, Pinned } from '../procedures/catalogue.ts';
import { takeAgain, type TakenAgain } from '../reuse/take-again.ts';
import type { Platform } from '../runtime/platform.ts';
import { readUpload } from '../uploads/parts.ts';
import { findMismatches } from '../uploads/receive-upload.ts';
import { referenceFile, wrongWay } from './classified.ts';
import { writeDocument } from './documents.ts';
import type { Evaluator } from './evaluator.ts';

/** A document as handed in: which need it meets, by which upload, by which paper that the holder has already, or by a reference. */
export interface HandedIn {
  component: string;
  upload?: string | undefined;
  from?: PaperPlace | undefined;
  reference?: Reference | undefined;
  /** Which other evidence it is, where it is not the document itself. */
  evidence?: string | undefined;
  how: Acceptance;
}

/** What is personal of documents: it lies in the secret of their event, by digest. */
export interface DocumentSecrets {
  /** What their files are called. */
  names: Record<string, string>;
  /** Who signed them, as his certificate calls him. */
  signers: Record<string, string>;
}

export type Received = ({ ok: true; documents: DocumentRef[] } & DocumentSecrets) | Refused;

interface Handing {
  owners: readonly string[];
  /** Key of the applicant, where he himself hands in. */
  holder?: string | undefined;
  documents: readonly HandedIn[];
}

/** Checks what is handed in against what the procedure needs and keeps it under the dossier's key. Every fault is named, not the first alone. */
export async function receiveDocuments(
  platform: Platform,
  catalogue: Catalogue,
  pinned: Pinned,
  dossier: { id: string; key: Uint8Array },
  request: Handing,
): Promise<Received> {
  const repeated = repeatedIn(request.documents);
  const errors: FieldError[] = [...repeated.values()];
  const documents: DocumentRef[] = [];
  const names: Record<string, string> = {};
  const signers: Record<string, string> = {};
  for (const [index, handed] of request.documents.entries()) {
    const at = `/documents/${index}`;
    if (repeated.has(index)) continue;
    const judged = await judge(platform, catalogue, pinned, { ...request, to: dossier.id, handed });
    if ('refusal' in judged) return judged;
    if (!judged.ok) {
      errors.push(...judged.faults.map((fault) => ({ ...fault, at: `${at}${fault.at}` })));
      continue;
    }
    if (errors.length > 0) continue;
    const { mediaType, fileName, bytes, reused, signed } = judged;
    const sha256 = await writeDocument(platform, dossier, bytes);
    documents.push({
      component: handed.component,
      sha256,
      size: bytes.length,
      mediaType,
      how: handed.reference ? 'reference' : handed.how,
      ...(handed.evidence !== undefined && { evidence: handed.evidence }),
      ...(signed && { signature: signed.trust }),
      ...(reused && { reused }),
    });
    names[sha256] = fileName;
    if (signed?.signer !== undefined) signers[sha256] = signed.signer;
  }
  return errors.length > 0
    ? refuse('document-not-accepted', `${errors.length} of the documents cannot be accepted`, errors)
    : { ok: true, documents, names, signers };
}

/** Faults of documents whose upload one before names too, by place: an upload is one document, and a commit takes it once. */
function repeatedIn(documents: readonly HandedIn[]): Map<number, FieldError> {
  const seen = new Set<string>();
  const repeated = new Map<number, FieldError>();
  for (const [index, { upload }] of documents.entries()) {
    if (upload === undefined) continue;
    const expected = 'an upload that no document before it names';
    if (seen.has(upload)) repeated.set(index, { at: `/documents/${index}/upload`, expected, found: upload });
    seen.add(upload);
  }
  return repeated;
}

/** Who signed, as it goes into a secret: nothing where nobody did. */
export function signersIn({ signers }: DocumentSecrets): Partial<DocumentSecrets> {
  return Object.keys(signers).length > 0 ? { signers } : {};
}

/** The uploads among what is handed in: a commit takes them. */
export function uploadsOf(documents: readonly HandedIn[]): string[] {
  return documents.flatMap(({ upload }) => upload ?? []);
}

type Taken = Pick<TakenAgain, 'bytes' | 'mediaType' | 'fileName'> & { ok: true; reused?: Reused };
type Judged = (Taken & { signed?: Signed }) | Faulty;
type Signed = Extract<SignedFile, { ok: true }>;
interface Faulty {
  ok: false;
  faults: FieldError[];
}

const faulty = (...faults: FieldError[]): Faulty => ({ ok: false, faults });

async function judge(
  platform: Platform,
  catalogue: Catalogue,
  pinned: Pinned,
  { owners, holder, to, handed }: Handing & { to: string; handed: HandedIn },
): Promise<Judged | Refused> {
  const { component, upload, from, reference, evidence, how } = handed;
  const needs = pinned.procedure.documents ?? {};
  const need = needs[component];
  const known = Object.keys(needs).join(', ') || 'no document';
  if (!need) return faulty({ at: '/component', expected: `one of ${known}`, found: component });
  const otherwise = wrongWay(need, reference) ?? otherEvidence(need, component, evidence);
  if (otherwise) return faulty(otherwise);
  if (reference) return { ok: true, ...referenceFile(platform.ids, reference) };
  if (!from) return judgeUpload(platform, need, owners, { upload: upload ?? '', how });
  const again = await takeAgain(platform, catalogue, { holder, to, from, how, need });
  if ('fault' in again) return faulty(again.fault);
  if (!again.ok) return again;
  const { taken } = again;
  const unfit = findUnfit(need, how, { mediaType: taken.mediaType, size: taken.bytes.length });
  if (unfit) return faulty({ at: '', ...unfit });
  // A result is the authority's own: nobody has to look at its signatures.
  return 'issue' in taken.reused.paper ? { ok: true, ...taken } : withSignature(platform, how, { ok: true, ...taken });
}

/** What is handed in as signed must be so: whose certificate it is, is for whoever decides. */
async function withSignature(platform: Platform, how: HandedIn['how'], taken: Taken): Promise<Judged> {
  if (how !== 'signed') return taken;
  const signed = await platform.papers.judgeSigned(taken.bytes, platform.clock.now());
  return signed.ok ? { ...taken, signed } : faulty({ at: '', expected: SIGNED, found: signed.found });
}

const SIGNED = 'a file with an electronic signature that holds, and after which nothing was changed';

/** What the procedure takes instead of the document, where something else is said to be. */
function otherEvidence(need: DocumentNeed, component: string, evidence: string | undefined): FieldError | undefined {
  const kinds = evidenceOf(need);
  if (evidence === undefined || kinds.has(evidence)) return undefined;
  const expected = ['nothing, for it is the document itself', ...kinds.keys()].join(', or ');
  return { at: '/evidence', expected: `instead of ${component}: ${expected}`, found: evidence };
}

async function judgeUpload(
  platform: Platform,
  need: DocumentNeed,
  owners: readonly string[],
  handed: { upload: string; how: HandedIn['how'] },
): Promise<Judged> {
  const upload = await platform.store.upload(handed.upload);
  const fault = findFault(upload, owners, platform.clock.now());
  if (!upload || fault !== undefined)
    return faulty({ at: '/upload', expected: fault ?? 'an upload', found: handed.upload });
  const unfit = findUnfit(need, handed.how, upload);
  if (unfit) return faulty({ at: '', ...unfit });
  const bytes = await readUpload(platform, upload);
  if (!bytes) return faulty({ at: '/upload', expected: 'an upload whose bytes have arrived', found: handed.upload });
  const mismatches = findMismatches(upload, bytes);
  return mismatches.length > 0
    ? faulty(...mismatches.map((mismatch) => ({ ...mismatch, at: `/${mismatch.at}` })))
    : withSignature(platform, handed.how, { ok: true, mediaType: upload.mediaType, fileName: upload.fileName, bytes });
}

/** What was expected of the upload, if it is not so. Somebody else's upload is as good as none. */
function findFault(upload: Upload | undefined, owners: readonly string[], now: number): string | undefined {
  if (!upload || !owners.includes(upload.owner)) return 'an upload of the submitter';
  if (upload.state === 'taken') return 'an upload that is in no dossier yet';
  return upload.expires <= now ? 'an upload that has not expired' : undefined;
}

function findUnfit(
  need: DocumentNeed,
  how: HandedIn['how'],
  file: { mediaType: string; size: number },
): Omit<FieldError, 'at'> | undefined {
  // Data come from the source itself, never from who applies.
  const accepted = (need.accept ?? ['scan']).filter((form) => need.source === undefined || form !== 'data');
  if (!accepted.includes(how)) return { expected: `handed in as ${accepted.join(' or ')}`, found: how };
  if (need.media && !need.media.includes(file.mediaType))
    return { expected: need.media.join(' or '), found: file.mediaType };
  if (need.maxBytes !== undefined && file.size > need.maxBytes)
    return { expected: `at most ${need.maxBytes} bytes`, found: String(file.size) };
  return undefined;
}

/** Documents that are needed by the first stage and were not handed in. */
export async function findMissing(
  pinned: Pinned,
  evaluator: Evaluator,
  handed: readonly { component: string }[],
): Promise<FieldError[]> {
  const [first] = Object.keys(pinned.procedure.stages);
  const missing: FieldError[] = [];
  for (const [name, need] of Object.entries(pinned.procedure.documents ?? {})) {
    // What a source holds is fetched, not asked for.
    if (need.source !== undefined || (need.at !== undefined && need.at !== first)) continue;
    if (handed.some(({ component }) => component === name)) continue;
    if (need.when !== undefined && !(await evaluator.test(need.when))) continue;
    const forms = need.classified ? ['a reference'] : (need.accept ?? ['scan']);
    const instead = [...evidenceOf(need).keys()].map((kind) => `, or ${kind} instead`).join('');
    missing.push({ at: '/documents', expected: `document ${name} as ${forms.join(' or ')}${instead}` });
  }
  return missing;
}
