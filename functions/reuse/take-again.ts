import type { Head } from '../../schemas/dossier.ts';
import type { DocumentNeed } from '../../schemas/procedure/papers.ts';
import { type FieldError, refuseDisposed, type Refused } from '../../schemas/refusals.ts';
import type { PaperPlace, Reused } from '../../schemas/reuse.ts';
import { readDocument } from '../dossiers/documents.ts';
import { isOfItsApplicant } from '../dossiers/holder.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { countsAs, type OwnPaper, papersOf } from './own-papers.ts';

/** A paper that somebody has already, as the new dossier takes it. */
export interface TakenAgain {
  bytes: Uint8Array;
  mediaType: string;
  fileName: string;
  reused: Reused;
}

type Faulty = { ok: false; fault: FieldError };

/** Who hands in which paper, as what, to which dossier. */
interface HandedInAgain {
  /** Key of the applicant, where he himself hands in. */
  holder: string | undefined;
  /** The dossier to which it is handed in. */
  to: string;
  from: PaperPlace;
  how: OwnPaper['how'];
  need: DocumentNeed;
}

/**
 * A paper of an earlier dossier, for the holder himself, as long as it holds. Answers the fault by its place below the document; refuses where the record is gone. What
 * is not his is not told from what does not exist.
 */
export async function takeAgain(
  platform: Platform,
  catalogue: Catalogue,
  request: HandedInAgain,
): Promise<{ ok: true; taken: TakenAgain } | Faulty | Refused> {
  const { from, how, need, holder } = request;
  if (holder === undefined) return faulty('/from', 'an upload; only the holder himself hands in what he has already');
  const notHis = faulty('/from/dossier', 'an earlier dossier of the applicant', from.dossier);
  const head = from.dossier === request.to ? undefined : await platform.store.head(from.dossier);
  if (head?.applicantKey !== holder) return notHis;
  if (head.disposed) return refuseDisposed(head.id, head.disposed);
  const loaded = await platform.cache.load(head.id, platform.store, platform.masterKey);
  if (!loaded || !(await isOfItsApplicant(platform, loaded.dossier))) return notHis;
  const now = platform.clock.now();
  const paper = (await papersOf(catalogue, loaded, now)).find(({ document }) => document === from.document);
  const fault = paper ? (unfit(need, head, paper) ?? formFault(paper, how)) : noPaper(loaded, from);
  if (fault) return { ok: false, fault };
  const bytes = paper && (await readDocument(platform, loaded, paper.document));
  if (!paper || !bytes) return faulty('/from/document', 'a paper whose content is kept', from.document);
  const { mediaType, fileName } = paper;
  const judged = new Date(now).toISOString();
  const reused = { ...(await provenanceOf(platform, loaded, paper)), judged };
  return { ok: true, taken: { bytes, mediaType, fileName, reused } };
}

function faulty(at: string, expected: string, found?: string): Faulty {
  return { ok: false, fault: { at, expected, ...(found !== undefined && { found }) } };
}

function noPaper({ dossier }: Loaded, { document: found }: PaperPlace): FieldError {
  const first = dossier.documents.find(({ sha256 }) => sha256 === found)?.reused;
  const expected = first
    ? `the paper where it was first, in dossier ${first.dossier}`
    : 'a result that went out, or a document that an official accepted, of a dossier that is settled or closed';
  return { at: '/from/document', expected, found };
}

function unfit({ reuse }: DocumentNeed, { procedure }: Head, { validity, until }: OwnPaper): FieldError | undefined {
  if (validity !== 'valid')
    return {
      at: '/from/document',
      expected: 'a paper that still holds',
      found: validity === 'expired' && until !== undefined ? `expired ${until.slice(0, 10)}` : validity,
    };
  if (reuse === 'never') return { at: '/from', expected: 'an upload: the procedure takes no earlier paper for it' };
  if (reuse && !reuse.includes(procedure))
    return { at: '/from', expected: `a paper of ${reuse.join(' or ')}`, found: procedure };
  return undefined;
}

function formFault(paper: OwnPaper, how: OwnPaper['how']): FieldError | undefined {
  const counts = countsAs(paper);
  if (counts.includes(how)) return undefined;
  return { at: '/how', expected: counts.join(' or ') || 'an upload', found: how };
}

async function provenanceOf({ store }: Platform, { dossier }: Loaded, paper: OwnPaper): Promise<Reused> {
  const { id, procedure, procedureVersion, code } = dossier;
  const stored = (await store.events(id)).find(({ event: { seq, type, data } }) =>
    paper.kind === 'document' ? seq === paper.seq : type === 'IssueSealed' && data['document'] === paper.document,
  );
  if (!stored) throw new Error(`dossier ${id}: expected the event of paper ${paper.document}`);
  return {
    dossier: id,
    procedure,
    version: procedureVersion,
    code,
    place: { seq: stored.event.seq, hash: stored.hash },
    paper: paper.kind === 'result' ? issueOf(paper) : componentOf(paper),
    ...(paper.until !== undefined && { until: paper.until }),
  };
}

function issueOf({ name, copy, number }: Extract<OwnPaper, { kind: 'result' }>): Reused['paper'] {
  return { issue: name, copy, number };
}

function componentOf({ name, accepted }: Extract<OwnPaper, { kind: 'document' }>): Reused['paper'] {
  const { unit, role } = accepted.by.onBehalfOf ?? accepted.by;
  const by = accepted.by.id;
  return { component: name, accepted: { by, unit, role, at: accepted.at, seq: accepted.seq } };
}
