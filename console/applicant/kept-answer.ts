import { createHash } from 'node:crypto';
import type { DraftAnswer, DraftSaved } from '../../schemas/drafts.ts';
import type { AskPurpose } from '../../schemas/procedure/closed-sets.ts';
import type { DossierRead } from '../dossier.ts';
import type { Entered } from '../forms/answers.ts';
import { FormReader, type Question } from '../forms/schema.ts';
import type { Fault, Row } from '../html/components.ts';
import { longWords } from '../long-words.ts';
import { Names, type Visit } from '../visit.ts';
import { askedBy, draftOf, draftsOf, fileOf, keepDraft, type Kept, uploadedOf } from './begun.ts';
import type { Uploaded } from './files.ts';

/** What somebody types to answer what his dossier asks him: one draft for each task, on whatever device, until it is sent. */
export interface Answering extends Kept {
  read: DossierRead;
  task: string;
  /** By the name of the field: those of the form, and beside them `comment` and `outcome`. */
  entered: Entered;
  uploads: Uploaded[];
}

/** The id of the draft that answers a task, which is the key of the answer too: however often it is sent, from wherever, it is one. */
export function draftIdOf(task: string): string {
  return createHash('sha256').update(`answer ${task}`).digest('hex').slice(0, 40);
}

/** What a page was sent with; or, where nothing was sent yet, what is kept. */
export function answering(
  read: DossierRead,
  task: string,
  {
    entered,
    uploads,
    since,
  }: { entered: Entered; uploads: Uploaded[]; since: Pick<Answering['draft'], 'revision' | 'saved'> },
): Answering {
  const draft = { revision: since.revision, saved: since.saved, kept: since.revision > 0 };
  return { read, task, entered, uploads, once: draftIdOf(task), draft, notes: [] };
}

/** The draft from which a page was drawn, as the page carries it. */
export function carriedDraft({ draft: { revision, saved } }: Pick<Kept, 'draft'>): string {
  return saved === undefined ? String(revision) : `${revision} ${saved}`;
}

/** Back from there. */
export function draftCarried(carried: unknown): Pick<Answering['draft'], 'revision' | 'saved'> {
  const [, revision, saved] = (typeof carried === 'string' && /^(\d{1,9})(?: (\S{1,40}))?$/.exec(carried)) || [];
  return { revision: Number(revision ?? 0), saved };
}

/** As it was left. Nothing where nothing is kept. */
export async function resumeAnswer(visit: Visit, read: DossierRead, task: string): Promise<Answering | undefined> {
  const draft = await draftOf(visit, draftIdOf(task));
  return draft?.task === task ? answeringOf(visit, read, draft) : undefined;
}

/** What a draft holds, with what became of its files. */
export function answeringOf({ t }: Visit, read: DossierRead, draft: DraftAnswer): Answering {
  const held = draft.files.filter(({ until }) => until !== null);
  const gone = draft.files.filter(({ until }) => until === null);
  const resumed = answering(read, draft.task ?? '', {
    entered: new Map(Object.entries(draft.entered)),
    uploads: held.map(uploadedOf),
    since: draft,
  });
  const version = read.pinned.record.version;
  if (gone.length > 0) resumed.notes.push(t.drafts.filesGone(gone.map(({ name }) => name).join(', ')));
  if (draft.version !== version) resumed.notes.push(t.drafts.changed(draft.version, version));
  return { ...resumed, once: draft.id };
}

/** Drafts of supplements that this dossier asks for no more; the one that was saved last first. */
export async function lateSupplements(visit: Visit, { detail, pinned }: DossierRead): Promise<DraftSaved[]> {
  return (await draftsOf(visit)).filter(({ task = '' }) => {
    const [dossier, stage = ''] = task.split('.');
    if (dossier !== detail.id || detail.tasks.some(({ id }) => id === task)) return false;
    const asking = pinned.procedure.stages[stage];
    // A stage that the dossier's present version does not have any more may have been one.
    return asking === undefined || (asking.kind === 'ask' && asking.for === 'supplement');
  });
}

/**
 * What was saved since the page was drawn: files that the page does not know join it; whatever else is otherwise there, emptied too, is told, and the page counts, as it was
 * sent last. Answers whether there was anything.
 */
export async function takeUpAnswer(visit: Visit, sent: Answering): Promise<boolean> {
  const draft = await draftOf(visit, sent.once);
  const since = sent.draft;
  sent.draft = { ...since, revision: draft?.revision ?? 0, saved: draft?.saved };
  // One that was erased and begun anew may have any revision, also the same.
  if (!draft || (draft.revision === since.revision && draft.saved === since.saved)) return false;
  const { told, joining } = otherwiseIn(visit, sent, draft);
  sent.uploads = [...sent.uploads, ...joining];
  if (told.length > 0)
    sent.notes.push(visit.t.drafts.meanwhile(told.map(({ key, value }) => `${key}: ${value}`).join('; ')));
  return told.length > 0 || joining.length > 0;
}

/** What a draft has otherwise than a page that was sent, under the labels of its questions; and the files that only the draft has. */
function otherwiseIn(
  visit: Visit,
  sent: Answering,
  draft: DraftAnswer,
): { told: (Row & { value: string })[]; joining: Uploaded[] } {
  const { t } = visit;
  const there = new Map(Object.entries(draft.entered));
  const names = [...new Set([...there.keys(), ...sent.entered.keys()])];
  const others = names.filter((name) => (there.get(name) ?? '') !== (sent.entered.get(name) ?? ''));
  const held = draft.files.filter(({ until }) => until !== null).map(uploadedOf);
  const files = sent.uploads.flatMap((here): Uploaded[] => {
    const other = held.find(({ component }) => component === here.component);
    if (!other)
      return draft.files.some(({ component }) => component === here.component)
        ? []
        : [{ ...here, name: t.drafts.emptied }];
    if (other.upload === here.upload && other.evidence === here.evidence) return [];
    const isNamesake = other.upload !== here.upload && other.name === here.name;
    return [{ ...other, name: isNamesake ? t.drafts.namesake(other.name) : other.name }];
  });
  return {
    told: rowsOf(visit, {
      read: sent.read,
      task: sent.task,
      entered: new Map(others.map((name) => [name, (there.get(name) ?? '').trim() || t.drafts.emptied])),
      uploads: files,
    }),
    joining: held.filter(({ component }) => sent.uploads.every((each) => each.component !== component)),
  };
}

/** Saves it as far as it is entered; nothing of it is judged. */
export async function keepAnswer(visit: Visit, sent: Answering): Promise<void> {
  const { record } = sent.read.pinned;
  await keepDraft(visit, sent, {
    content: () => ({
      procedure: record.id,
      version: record.version,
      task: sent.task,
      entered: Object.fromEntries(sent.entered),
      files: sent.uploads.map(fileOf),
      follows: sent.draft.revision,
    }),
    takeUp: () => takeUpAnswer(visit, sent),
  });
}

/** What was entered, as it was typed, under the labels of its questions; then the files. */
export function rowsOf(
  visit: Visit,
  { read, task, entered, uploads }: Pick<Answering, 'read' | 'task' | 'entered' | 'uploads'>,
): (Row & { value: string })[] {
  const { t, language, units } = visit;
  const { pinned, detail } = read;
  const reader = new FormReader(pinned.definition, pinned.procedure.form ?? {}, language, units);
  const questions = reader.questions(detail.form ?? {});
  const beside: Record<string, string> = { comment: t.drafts.message, outcome: t.mine.answer };
  const said = new Map<string, string>();
  for (const [name, text] of entered) {
    if (text.trim() === '') continue;
    const asked = askedBy(reader, questions, name);
    const label = beside[name] ?? asked?.label ?? name;
    const before = said.get(label);
    const shown =
      name === 'outcome' ? answerInWords(visit, text, askedFor(read, task)) : inWords(t, asked?.question, text);
    said.set(label, before === undefined ? shown : `${before}${/\.(month|year)$/.test(name) ? '/' : ', '}${shown}`);
  }
  const names = new Names(visit);
  return [
    ...[...said].map(([key, value]) => ({ key, value })),
    ...uploads.map((upload) => ({ key: names.handedIn(pinned, upload), value: upload.name })),
  ];
}

/** What was picked, as the page calls it; anything else as it was typed. */
function inWords(t: Visit['t'], question: Question | undefined, text: string): string {
  if (question?.kind === 'choice' || question?.kind === 'area')
    return question.choices.find(({ value }) => value === text)?.label ?? text;
  if (question?.kind !== 'yes-no') return text;
  return text === 'true' ? t.yes : text === 'false' ? t.no : text;
}

/** The fault of a comment that is longer than the API takes: it is kept whole, and not sent. */
export function longComment(t: Visit['t'], label: string, { entered }: Pick<Answering, 'entered'>): Fault[] {
  return longWords({ t }, { field: 'comment', label, words: entered.get('comment') ?? '' });
}

/** A yes or a no of the applicant, as the page that asks for this puts it. */
export function answerInWords(visit: Visit, outcome: string, purpose: AskPurpose = 'confirmation'): string {
  if (outcome !== 'answered' && outcome !== 'declined') return new Names(visit).outcome(outcome);
  return visit.t.asked.outcomes[purpose][outcome];
}

/** What a task of this procedure asks for; undefined: it is no request. */
export function askedFor({ pinned }: Pick<DossierRead, 'pinned'>, task: string): AskPurpose | undefined {
  const asking = pinned.procedure.stages[task.split('.')[1] ?? ''];
  return asking?.kind === 'ask' ? asking.for : undefined;
}

/** What is answered on the page of the dossier itself. */
export function isYesOrNo(purpose: AskPurpose | undefined): boolean {
  return purpose === 'confirmation' || purpose === 'consent';
}
