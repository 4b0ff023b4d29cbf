import type { Upload } from '../../domain/ports/dossier-store.ts';
import type { DocumentRef } from '../../schemas/dossier.ts';
import type { DocumentNeed } from '../../schemas/procedure/papers.ts';
import { type FieldError, refuse, type Refused } from '../../schemas/refusals.ts';
import type { Pinned } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { findMismatches } from '../uploads/receive-upload.ts';
import { writeDocument } from './documents.ts';
import type { Evaluator } from './evaluator.ts';

/** A document as handed in: which need it meets, by which upload. */
export interface HandedIn {
  component: string;
  upload: string;
  how: DocumentRef['how'];
}

export type Received = { ok: true; documents: DocumentRef[]; names: Record<string, string> } | Refused;

/** Checks uploads against what the procedure needs and keeps them under the dossier's key. Every fault is named, not the first alone. */
export async function receiveDocuments(
  platform: Platform,
  pinned: Pinned,
  dossier: { id: string; key: Uint8Array },
  request: { owners: readonly string[]; documents: readonly HandedIn[] },
): Promise<Received> {
  const errors: FieldError[] = [];
  const documents: DocumentRef[] = [];
  const names: Record<string, string> = {};
  for (const [index, handed] of request.documents.entries()) {
    const at = `/documents/${index}`;
    const judged = await judgeUpload(platform, pinned, request.owners, handed);
    if (!judged.ok) {
      errors.push(...judged.faults.map((fault) => ({ ...fault, at: `${at}${fault.at}` })));
      continue;
    }
    if (errors.length > 0) continue;
    const { upload, bytes } = judged;
    const sha256 = await writeDocument(platform, dossier, bytes);
    documents.push({
      component: handed.component,
      sha256,
      size: bytes.length,
      mediaType: upload.mediaType,
      how: handed.how,
    });
    names[sha256] = upload.fileName;
  }
  return errors.length > 0
    ? refuse('document-not-accepted', `${errors.length} of the documents cannot be accepted`, errors)
    : { ok: true, documents, names };
}

type Judged = { ok: true; upload: Upload; bytes: Uint8Array } | { ok: false; faults: FieldError[] };

async function judgeUpload(
  platform: Platform,
  pinned: Pinned,
  owners: readonly string[],
  handed: HandedIn,
): Promise<Judged> {
  const needs = pinned.procedure.documents ?? {};
  const need = needs[handed.component];
  const known = Object.keys(needs).join(', ') || 'no document';
  const faults = (...found: FieldError[]): Judged => ({ ok: false, faults: found });
  if (!need) return faults({ at: '/component', expected: `one of ${known}`, found: handed.component });
  const upload = await platform.store.upload(handed.upload);
  const fault = findFault(upload, owners, platform.clock.now());
  if (!upload || fault !== undefined)
    return faults({ at: '/upload', expected: fault ?? 'an upload', found: handed.upload });
  const unfit = findUnfit(need, handed, upload);
  if (unfit) return faults({ at: '', ...unfit });
  const bytes = await platform.documents.getUpload(upload.id);
  if (!bytes) return faults({ at: '/upload', expected: 'an upload whose bytes have arrived', found: handed.upload });
  const mismatches = findMismatches(upload, bytes);
  return mismatches.length > 0
    ? faults(...mismatches.map((mismatch) => ({ ...mismatch, at: `/${mismatch.at}` })))
    : { ok: true, upload, bytes };
}

/** What was expected of the upload, if it is not so. Somebody else's upload is as good as none. */
function findFault(upload: Upload | undefined, owners: readonly string[], now: number): string | undefined {
  if (!upload || !owners.includes(upload.owner)) return 'an upload of the submitter';
  if (upload.state === 'taken') return 'an upload that is in no dossier yet';
  return upload.expires <= now ? 'an upload that has not expired' : undefined;
}

function findUnfit(
  need: DocumentNeed,
  handed: HandedIn,
  upload: { mediaType: string; size: number },
): Omit<FieldError, 'at'> | undefined {
  // Data come from the source itself, never from who applies.
  const accepted = (need.accept ?? ['scan']).filter((how) => need.source === undefined || how !== 'data');
  if (!accepted.includes(handed.how)) return { expected: `handed in as ${accepted.join(' or ')}`, found: handed.how };
  if (need.media && !need.media.includes(upload.mediaType))
    return { expected: need.media.join(' or '), found: upload.mediaType };
  if (need.maxBytes !== undefined && upload.size > need.maxBytes)
    return { expected: `at most ${need.maxBytes} bytes`, found: String(upload.size) };
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
    missing.push({ at: '/documents', expected: `document ${name} as ${(need.accept ?? ['scan']).join(' or ')}` });
  }
  return missing;
}
