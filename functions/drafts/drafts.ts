import { canonical } from '../../domain/chain.ts';
import { DRAFTS_KEPT_MS, type KeptDraft } from '../../domain/ports/drafts.ts';
import type { DraftAnswer, DraftContent, DraftSaved } from '../../schemas/drafts.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { applicantKeyOf } from '../dossiers/submit.ts';
import { removeOwnDetails } from '../sources/own-details.ts';
import type { Platform } from '../runtime/platform.ts';
import { decrypt, encrypt } from '../runtime/vault.ts';

/** Of one person at a time. */
export const MOST_DRAFTS = 20;

/** What drafts need of the platform. */
type Parts = Pick<Platform, 'drafts' | 'masterKey' | 'ids' | 'clock' | 'config'>;
interface Whose {
  /** `sub` of the access token. */
  subject: string;
  id: string;
}

/** Keeps what somebody has entered so far, under a key of the draft's own. What another window has saved meanwhile is not overwritten. */
export async function saveDraft(
  { drafts, masterKey, ids, clock, config }: Parts,
  { subject, id }: Whose,
  { follows, ...content }: DraftContent & { follows: number },
): Promise<{ ok: true; saved: DraftSaved } | Refused> {
  const owner = applicantKeyOf({ config }, subject);
  const now = clock.now();
  if (follows === 0) {
    const own = await drafts.list(owner, now);
    if (own.length >= MOST_DRAFTS && own.every((each) => each.id !== id))
      return refuse('too-many-drafts', `${MOST_DRAFTS} drafts are kept for one person; remove one first`);
  }
  const key = ids.random(32);
  const revision = follows + 1;
  const place = placeOf(owner, id);
  const draft: KeptDraft = {
    owner,
    id,
    procedure: content.procedure,
    ...(content.task !== undefined && { task: content.task }),
    version: content.version,
    revision,
    saved: now,
    expires: now + DRAFTS_KEPT_MS,
    wrappedKey: await masterKey.wrap(key, place),
    sealed: encrypt(key, Buffer.from(canonical(content)), `${place}:${revision}`, ids),
  };
  const put = await drafts.put(draft, now);
  return put === 'put'
    ? { ok: true, saved: shown(draft) }
    : refuse('conflict', `expected a draft of revision ${follows}; it was saved or removed meanwhile`);
}

/** A draft as its owner left it, with what became of its files. */
export async function readDraft(
  { store, ...parts }: Parts & Pick<Platform, 'store'>,
  { subject, id }: Whose,
): Promise<DraftAnswer | undefined> {
  const { drafts, masterKey, clock } = parts;
  const owner = applicantKeyOf(parts, subject);
  const now = clock.now();
  const draft = await drafts.get(owner, id, now);
  if (!draft) return undefined;
  const place = placeOf(owner, id);
  const plain = decrypt(await masterKey.unwrap(draft.wrappedKey, place), draft.sealed, `${place}:${draft.revision}`);
  const content = JSON.parse(Buffer.from(plain).toString('utf8')) as DraftContent;
  const files = content.files.map(async (file) => {
    // Whether it still holds is judged when it is handed in.
    if (file.from ?? file.reference) return { ...file, until: shown(draft).expires };
    const upload = file.upload === undefined ? undefined : await store.upload(file.upload);
    const held = upload !== undefined && upload.owner === subject && upload.expires > now;
    return { ...file, until: held ? new Date(upload.expires).toISOString() : null };
  });
  return { ...content, ...shown(draft), files: await Promise.all(files) };
}

/** Of a draft what is not sealed. */
export function readDraftHead(
  parts: Pick<Platform, 'drafts' | 'clock' | 'config'>,
  { subject, id }: Whose,
): Promise<KeptDraft | undefined> {
  return parts.drafts.get(applicantKeyOf(parts, subject), id, parts.clock.now());
}

/** What somebody has begun and not handed in, without what was entered. */
export async function listDrafts(parts: Parts, subject: string): Promise<DraftSaved[]> {
  const own = await parts.drafts.list(applicantKeyOf(parts, subject), parts.clock.now());
  return own.map(shown);
}

/** Erases a draft with its key, and what registers gave to it. */
export async function removeDraft(parts: Parts, { subject, id }: Whose): Promise<void> {
  const owner = applicantKeyOf(parts, subject);
  await removeOwnDetails(parts, owner, id);
  await parts.drafts.remove(owner, id);
}

/** What was begun to answer tasks of a dossier that is no more: its applicant's drafts go with it. Twice is once. */
export async function removeDraftsOf(
  { drafts, store, clock }: Pick<Platform, 'drafts' | 'store' | 'clock'>,
  dossier: string,
): Promise<void> {
  const head = await store.head(dossier);
  if (!head) return;
  const { applicantKey } = head;
  for (const { id, task } of await drafts.list(applicantKey, clock.now()))
    if (task?.startsWith(`${dossier}.`)) await drafts.remove(applicantKey, id);
}

/** A draft can be opened neither as another one nor as a dossier. */
function placeOf(owner: string, id: string): string {
  return `draft:${owner}:${id}`;
}

function shown({ id, procedure, task, version, revision, saved, expires }: KeptDraft): DraftSaved {
  return {
    id,
    procedure,
    ...(task !== undefined && { task }),
    version,
    revision,
    saved: new Date(saved).toISOString(),
    expires: new Date(expires).toISOString(),
  };
}
