import type { DraftAnswer, DraftSaved } from '../../schemas/drafts.ts';
import { codeOf } from '../ask-api.ts';
import { searchOf } from '../forms/area.ts';
import { FormReader, type Question } from '../forms/schema.ts';
import type { Visit } from '../visit.ts';
import { answersOf, type Application } from './application.ts';
import { carriedBy, handedInBy, type Uploaded } from './files.ts';

/** Others may save the same draft at the same time, in another window: so often what they did is taken in. */
const ATTEMPTS = 5;

/** The drafts of whoever is logged in; none where they cannot be had. */
export async function draftsOf({ api }: Visit): Promise<DraftSaved[]> {
  const listed = await api.get<{ items: DraftSaved[] }>('/drafts');
  return listed.ok ? listed.body.items : [];
}

export async function draftOf({ api }: Visit, id: string): Promise<DraftAnswer | undefined> {
  const found = await api.get<DraftAnswer>(`/drafts/${encodeURIComponent(id)}`);
  return found.ok ? found.body : undefined;
}

/** What was entered before joins what a page has just sent: its own questions are answered by the page, all others as they were saved last. */
export async function takeUp(visit: Visit, application: Application): Promise<void> {
  const draft = await draftOf(visit, application.once);
  application.draft.revision = draft?.revision ?? 0;
  if (!draft || !application.draft.kept) return;
  const { shown } = application;
  const isShown = standsOn(shown);
  const own = new Map([...application.entered].filter(([name]) => isShown(name)));
  const others = Object.entries(draft.entered).filter(([name]) => !isShown(name));
  application.entered = new Map([...others, ...own]);
  if (!shown.includes('unit')) application.unit = draft.unit;
  if (!shown.includes('email')) application.email = draft.email;
  const sent = application.uploads;
  application.uploads = [
    ...sent,
    ...draft.files
      .filter((file) => file.until !== null && sent.every(({ component }) => component !== file.component))
      .map(uploadedOf),
  ];
  if (draft.version !== application.pinned.record.version) await carryOver(visit, application, draft.version);
}

/** A file of a draft, as pages carry it. */
export function uploadedOf({ component, name, evidence, ...file }: DraftAnswer['files'][number]): Uploaded {
  return { component, upload: carriedBy(file), name, ...(evidence !== undefined && { evidence }) };
}

/** Back from there, as a draft keeps it. */
export function fileOf({ component, upload, name, evidence }: Uploaded): Record<string, unknown> {
  return { component, name, ...(evidence !== undefined && { evidence }), ...handedInBy(upload) };
}

/** A draft as its owner left it, by the version that is in force now. */
export async function resume(visit: Visit, application: Application, draft: DraftAnswer): Promise<void> {
  const { t } = visit;
  application.draft = { revision: draft.revision, kept: true };
  application.once = draft.id;
  application.entered = new Map(Object.entries(draft.entered));
  application.unit = draft.unit || application.unit;
  application.email = draft.email;
  application.uploads = draft.files.filter(({ until }) => until !== null).map(uploadedOf);
  const gone = draft.files.filter(({ until }) => until === null);
  if (gone.length > 0) application.notes.push(t.drafts.filesGone(gone.map(({ name }) => name).join(', ')));
  if (draft.version !== application.pinned.record.version) await carryOver(visit, application, draft.version);
}

/** Another version asks other questions: what still fits stays, what does not is named. */
async function carryOver(visit: Visit, application: Application, from: string): Promise<void> {
  const { t, language, parts } = visit;
  const { pinned, reader, units } = application;
  const asked = reader.questions(answersOf(visit, application).value);
  const fitting = new Map([...application.entered].filter(([name]) => labelOf(reader, asked, name) !== undefined));
  const left = [...application.entered].filter(([name, text]) => text !== '' && !fitting.has(name));
  const before = await parts.catalogue.pinned(pinned.record.id, from).catch(() => undefined);
  const old = before && new FormReader(before.definition, before.procedure.form ?? {}, language, visit.units);
  const oldQuestions = old?.questions(Object.fromEntries(left)) ?? [];
  const labels = left.map(([name]) => (old && labelOf(old, oldQuestions, name)) ?? name);
  const files = application.uploads.filter(({ component }) => pinned.procedure.documents?.[component] === undefined);
  const told = [...new Set([...labels, ...files.map(({ name }) => name)])];
  application.entered = fitting;
  application.uploads = application.uploads.filter((each) => !files.includes(each));
  if (units.every(({ id }) => id !== application.unit))
    application.unit = units.length === 1 ? (units[0]?.id ?? '') : '';
  application.notes.push(t.drafts.changed(from, pinned.record.version));
  if (told.length > 0) application.notes.push(t.drafts.leftOut(told.join(', ')));
}

/** The label of the question that a field answers. */
export function labelOf(reader: FormReader, questions: readonly Question[], name: string): string | undefined {
  return askedBy(reader, questions, name)?.label;
}

/** The question that a field answers, and the label under which it is told: of a list, the list's. */
export function askedBy(
  reader: FormReader,
  questions: readonly Question[],
  name: string,
): { label: string; question: Question } | undefined {
  for (const question of questions) {
    const found = askedIn(reader, question, name);
    if (found) return found;
  }
  return undefined;
}

function askedIn(
  reader: FormReader,
  question: Question,
  name: string,
): { label: string; question: Question } | undefined {
  const { at, label } = question;
  switch (question.kind) {
    case 'group':
      return askedBy(reader, question.questions, name);
    case 'list': {
      if (!name.startsWith(`${at}/`)) return undefined;
      const index = Number(name.slice(at.length + 1).split('/')[0]);
      const item = Number.isInteger(index) && index < question.maxItems && reader.ofItem(question, index, {});
      const found = item && askedIn(reader, item, name);
      return found ? { ...found, label } : undefined;
    }
    case 'date':
      return name.startsWith(`${at}.`) ? { label, question } : undefined;
    case 'area':
      return name === at || name === searchOf(at) ? { label, question } : undefined;
    case 'text':
    case 'number':
    case 'yes-no':
    case 'choice':
      return name === at ? { label, question } : undefined;
  }
}

/** Tells whether a field stands on the page that shows these questions: a browser says which, so there may be thousands of them and of fields. */
export function standsOn(shown: readonly string[]): (name: string) => boolean {
  const places = new Set(shown);
  const lengths = new Set(shown.map(({ length }) => length));
  return (name) => {
    // Of the place itself, or of what is below or a part of it.
    for (const { index } of name.matchAll(/[/.]|$/g))
      if (lengths.has(index) && places.has(name.slice(0, index))) return true;
    return false;
  };
}

/** What is kept of something that is not handed in yet. */
export type Kept = Pick<Application, 'once' | 'draft' | 'notes'>;

/** Saves what is entered so far. */
export function keep(visit: Visit, application: Application, place: number): Promise<void> {
  return keepDraft(visit, application, {
    content: () => contentOf(application, place),
    takeUp: () => takeUp(visit, application),
  });
}

/** Saves a draft; what somebody else has saved meanwhile is taken in first. Where that cannot be, it says so, and goes on with what the pages carry. */
export async function keepDraft(
  { t, api }: Visit,
  kept: Kept,
  { content, takeUp: takeIn }: { content: () => unknown; takeUp: () => Promise<unknown> },
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const saved = await api.put<DraftSaved>(`/drafts/${encodeURIComponent(kept.once)}`, content());
    if (saved.ok) {
      kept.draft = { revision: saved.body.revision, kept: true, saved: saved.body.saved };
      return;
    }
    const code = codeOf(saved.problem);
    if (code === 'conflict') await takeIn();
    else {
      kept.draft.kept = false;
      kept.notes.push(code === 'too-many-drafts' ? t.drafts.tooMany : t.drafts.notKept);
      return;
    }
  }
  kept.draft.kept = false;
  kept.notes.push(t.drafts.notKept);
}

function contentOf(application: Application, place: number): unknown {
  const { pinned, unit, email, entered, uploads, draft } = application;
  return {
    procedure: pinned.record.id,
    version: pinned.record.version,
    unit: unit.slice(0, 64),
    email: email.slice(0, 1000),
    entered: Object.fromEntries(entered),
    files: uploads.map(fileOf),
    place,
    follows: draft.revision,
  };
}

/** After it is handed in. A draft that stays because this failed is handed in once all the same: its id is the submission's. */
export async function forget({ api }: Visit, { once }: Pick<Kept, 'once'>): Promise<void> {
  await api.delete(`/drafts/${encodeURIComponent(once)}`);
}
