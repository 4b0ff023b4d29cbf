import { createHash } from 'node:crypto';
import { asTyped } from '../../domain/written-text.ts';
import type { Pinned } from '../../functions/procedures/catalogue.ts';
import { sniffMediaType } from '../../functions/uploads/sniff-media-type.ts';
import type { Reference } from '../../schemas/classified.ts';
import type { Acceptance, DocumentNeed } from '../../schemas/procedure/papers.ts';
import type { PaperPlace } from '../../schemas/reuse.ts';
import { codeOf } from '../ask-api.ts';
import { choiceField, details, errorMessage, type Fault } from '../html/components.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { filesAtOnce } from '../request-limits.ts';
import { tellSize } from '../tell.ts';
import { Names, type Visit } from '../visit.ts';
import { evidenceField, UNSAID, withEvidence } from './evidence.ts';
import { readReference, referenceFields, saidOf, sayReference } from './reference.ts';
import { factsOf, fitting, formOf, type OwnPaper, titleOf } from './papers.ts';

type Sent = Readonly<Record<string, unknown>>;
const USUAL = ['application/pdf', 'image/jpeg', 'image/png'];

/** A file that the platform holds, and which document it is meant to be. */
export interface Uploaded {
  component: string;
  /** Id of an upload; of a paper that the applicant has already: its dossier, its digest and the form in which it counts; or what is said of a classified one. */
  upload: string;
  name: string;
  /** Which other evidence it is, instead of the document; absent: the document itself; empty: not said yet. */
  evidence?: string | undefined;
}

/** How pages carry a paper that the applicant has already. */
const PAPER = /^(d[0-9a-z]{26})\/([0-9a-f]{64})\/([a-z-]+)$/;

/** As the API takes an upload, or a paper or a reference in its place. */
export function handedInBy(
  upload: string,
): { upload: string } | { from: PaperPlace; how: string } | { reference: Reference } {
  const reference = saidOf(upload);
  if (reference) return { reference };
  const [, dossier, document, how] = PAPER.exec(upload) ?? [];
  return dossier !== undefined && document !== undefined && how !== undefined
    ? { from: { dossier, document }, how }
    : { upload };
}

/** Back from there. */
export function carriedBy(file: {
  upload?: string | undefined;
  from?: PaperPlace | undefined;
  reference?: Reference | undefined;
  how?: string | undefined;
}): string {
  if (file.reference) return sayReference(file.reference);
  return file.from ? `${file.from.dossier}/${file.from.document}/${file.how ?? 'scan'}` : (file.upload ?? '');
}

/** The files that the pages before have handed over; their ids travel on. */
export function uploadsOf(sent: Sent): Uploaded[] {
  return [sent['uploaded']].flat().flatMap((each): Uploaded[] => {
    const [place, upload, ...name] = typeof each === 'string' ? each.split(' ') : [];
    if (place === undefined || upload === undefined) return [];
    const [component = '', evidence] = place.split('/');
    return [{ component, upload, name: name.join(' '), ...(evidence !== undefined && { evidence }) }];
  });
}

export function uploadFields(uploads: readonly Uploaded[]): Content {
  return uploads.map(
    ({ component, evidence, upload, name }) =>
      html`<input
        type="hidden"
        name="uploaded"
        value="${component}${evidence === undefined ? '' : `/${evidence}`} ${upload} ${name}"
      />`,
  );
}

/** As what a file counts that is sent along. */
function formOfUpload({ accept = ['scan'] }: Pick<DocumentNeed, 'accept'> = {}): Acceptance {
  return accept.includes('scan') ? 'scan' : (accept[0] ?? 'scan');
}

/** Whether nothing is taken of this document but a file with an electronic signature. */
export function mustBeSigned({ procedure }: Pick<Pinned, 'procedure'>, document: string): boolean {
  return formOfUpload(procedure.documents?.[document]) === 'signed';
}

/** As the API takes them. */
export function handedIn({ procedure }: Pinned, uploads: readonly Uploaded[]): Record<string, unknown>[] {
  return uploads.map(({ component, upload, evidence }) => {
    return {
      component,
      how: formOfUpload(procedure.documents?.[component]),
      ...(evidence !== undefined && evidence !== UNSAID && { evidence }),
      ...handedInBy(upload),
    };
  });
}

/** Hands the files of a page to the platform; says what is wrong with those that it does not take. */
export async function takeFiles(
  visit: Visit,
  { procedure }: Pinned,
  sent: Sent,
): Promise<{ uploads: Uploaded[]; faults: Fault[] }> {
  const faults: Fault[] = [];
  let uploads = uploadsOf(sent);
  for (const [component, need] of Object.entries(procedure.documents ?? {})) {
    if (need.classified === true) {
      const read = readReference(visit.t, component, sent);
      faults.push(...read.faults);
      if (read.said !== undefined) uploads = uploads.filter((each) => each.component !== component);
      if (read.said) uploads = [...uploads, { component, ...read.said }];
      continue;
    }
    const file = sent[`file:${component}`];
    const left = faultOfLeft(visit, need, sent[`left:${component}`]);
    if (left !== undefined) faults.push({ field: fieldOf(component), text: left });
    if (!(file instanceof File) || file.size === 0) uploads = withPaper(uploads, component, sent[`paper:${component}`]);
    else {
      const taken = await takeFile(visit, file, need);
      if ('fault' in taken) faults.push({ field: fieldOf(component), text: taken.fault });
      else {
        const name = nameOf(file);
        const others = uploads.filter((each) => each.component !== component);
        uploads = [...others, { component, upload: taken.upload, name }];
      }
    }
    const said = withEvidence(visit, uploads, { component, need, sent });
    uploads = said.uploads;
    faults.push(...said.faults);
  }
  return { uploads, faults };
}

/** What was chosen of the papers that the applicant has already; a file that is sent with it counts instead. */
function withPaper(uploads: readonly Uploaded[], component: string, chosen: unknown): Uploaded[] {
  if (typeof chosen !== 'string') return [...uploads];
  const [upload = '', ...name] = chosen.split(' ');
  if (PAPER.test(upload))
    return [...uploads.filter((each) => each.component !== component), { component, upload, name: name.join(' ') }];
  return uploads.filter((each) => each.component !== component || !PAPER.test(each.upload));
}

type Need = { media?: readonly string[] | undefined; maxBytes?: number | undefined };

/** What the procedure takes of this document, as far as the platform takes it. */
function limitOf({ maxUploadBytes }: Visit['parts'], { maxBytes = maxUploadBytes }: Need): number {
  return Math.min(maxBytes, maxUploadBytes);
}

/** The same, as far as a form can bring it. */
function formLimitOf(parts: Visit['parts'], need: Need): number {
  return Math.min(limitOf(parts, need), filesAtOnce(parts));
}

/** Said beforehand where a request as a whole is limited: one that is larger gets no answer of ours. */
export function togetherHint({ t, parts }: Visit): Content {
  return when(
    parts.maxRequestBytes,
    () => html`<p class="govuk-body ot-together">${t.apply.together(tellSize(t, filesAtOnce(parts)))}</p>`,
  );
}

/** What is wrong with a file that the page's script could not bring, and that is too large for the form: its size, why, and its name. */
function faultOfLeft({ t, parts }: Visit, need: Need, left: unknown): string | undefined {
  const [, size = '', why, name = ''] =
    (typeof left === 'string' ? /^(\d{1,15}) (kind|other) (.{0,255})$/s.exec(left) : null) ?? [];
  if (why === undefined) return undefined;
  const limit = limitOf(parts, need);
  if (Number(size) > limit) return t.apply.tooLarge(name, tellSize(t, Number(size)), tellSize(t, limit));
  return why === 'kind' ? t.apply.wrongKind(kindsOf(need.media)) : t.apply.notTaken;
}

async function takeFile(
  { t, api, parts }: Visit,
  file: File,
  need: Need,
): Promise<{ upload: string } | { fault: string }> {
  const { media } = need;
  const limit = formLimitOf(parts, need);
  if (file.size > limit) return { fault: t.apply.tooLarge(nameOf(file), tellSize(t, file.size), tellSize(t, limit)) };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const mediaType = sniffMediaType(bytes);
  if (mediaType === undefined || !(media ?? USUAL).includes(mediaType))
    return { fault: t.apply.wrongKind(kindsOf(media)) };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const announcement = { fileName: nameOf(file), mediaType, size: bytes.length, sha256 };
  const announced = await api.post<{ id: string; url: string; headers: Record<string, string> }>(
    '/uploads',
    announcement,
  );
  if (!announced.ok)
    return { fault: codeOf(announced.problem) === 'too-many-uploads' ? t.apply.tooMuchToday : t.apply.notTaken };
  const { id, url, headers } = announced.body;
  const status = await api.send(url, bytes, { 'content-type': mediaType, ...headers });
  return status < 300 ? { upload: id } : { fault: t.apply.notTaken };
}

/** What comes last of a long name says what the file is. */
function nameOf({ name }: File): string {
  return asTyped(name).slice(-255);
}

function kindsOf(media: readonly string[] | undefined): string {
  return (media ?? USUAL).map((each) => (each.split('/')[1] ?? each).toUpperCase()).join(', ');
}

/** That no file was chosen for a document which is needed. */
export function missingFile(visit: Visit, pinned: Pinned, document: string): Fault {
  const { needDocument, needSigned } = visit.t.apply;
  const need = mustBeSigned(pinned, document) ? needSigned : needDocument;
  return { field: fieldOf(document), text: need(new Names(visit).document(pinned, document)) };
}

export function fieldOf(document: string): string {
  return `document-${document}`;
}

export interface FileField {
  document: string;
  optional: boolean;
  known: Uploaded | undefined;
  faults: readonly Fault[];
  /** Of the application or request: a file that is chosen for it again goes on where it was. */
  place: string;
  /** Papers that the applicant has already. */
  papers: readonly OwnPaper[];
  /** What the page was sent with, where it is shown again. */
  sent: Sent;
}

export function fileField(
  visit: Visit,
  pinned: Pinned,
  { document, optional, known, faults, place, papers, sent }: FileField,
): Markup {
  const { t } = visit;
  const need = pinned.procedure.documents?.[document];
  if (need?.classified === true) {
    const title = `${new Names(visit).document(pinned, document)}${optional ? ` (${t.optional})` : ''}`;
    return referenceFields(t, { document, title, known: saidOf(known?.upload ?? ''), sent, faults });
  }
  const id = fieldOf(document);
  const wrong = faults.some(({ field }) => field === id);
  const [limit, most] = [formLimitOf(visit.parts, need ?? {}), limitOf(visit.parts, need ?? {})];
  const hint = mustBeSigned(pinned, document) ? t.apply.signedHint : t.apply.fileHint;
  const hintOf = (bytes: number): string => hint(kindsOf(need?.media), tellSize(t, bytes));
  return html`<div class="govuk-form-group${wrong ? ' govuk-form-group--error' : ''}">
      <label class="govuk-label govuk-label--s" for="${id}"
        >${new Names(visit).document(pinned, document)}${optional ? ` (${t.optional})` : ''}</label
      >
      <div class="govuk-hint" id="${id}-hint">${hintOf(limit)}</div>
      ${when(known, () => html`<p class="govuk-body ot-break">${t.apply.have(known?.name ?? '')}</p>`)}
      ${errorMessage(t, id, faults)}
      <input
        class="govuk-file-upload"
        type="file"
        id="${id}"
        name="file:${document}"
        aria-describedby="${id}-hint${wrong ? ` ${id}-error` : ''}"
        accept="${(need?.media ?? USUAL).join(',')}"
        data-place="${place}/${document}"
        data-max="${most}"
        ${when(most > limit, () => html`data-hint="${hintOf(most)}" data-form="${limit}"`)}
      />
    </div>
    ${paperChoice(visit, pinned, { document, known, papers })}
    ${evidenceField(visit, pinned, { document, known, sent, faults })}`;
}

/** Beside a file: one of the papers that the applicant has already. */
function paperChoice(
  visit: Visit,
  pinned: Pinned,
  { document, known, papers }: Pick<FileField, 'document' | 'known' | 'papers'>,
): Content {
  const { t } = visit;
  const fit = fitting(pinned, document, papers);
  const choices = fit.map((paper) => {
    const upload = carriedBy({ from: paper, how: formOf(pinned, document, paper) });
    const title = titleOf(visit, paper);
    return { upload, value: `${upload} ${title.slice(0, 255)}`, label: title, hint: factsOf(visit, paper) };
  });
  const chosen = choices.find(({ upload }) => upload === known?.upload)?.value ?? '';
  return when(fit.length > 0, () =>
    details(
      t.papers.use(fit.length),
      choiceField({
        id: `paper-${document}`,
        name: `paper:${document}`,
        label: t.papers.choose(new Names(visit).document(pinned, document)),
        kind: 'radios',
        chosen: [chosen],
        faults: [],
        t,
        choices: [...choices, { value: '', label: t.papers.another }],
      }),
    ),
  );
}
