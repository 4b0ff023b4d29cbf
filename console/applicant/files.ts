import { createHash } from 'node:crypto';
import type { Pinned } from '../../functions/procedures/catalogue.ts';
import { sniffMediaType } from '../../functions/uploads/sniff-media-type.ts';
import { errorMessage, type Fault } from '../html/components.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { tellSize } from '../tell.ts';
import { Names, type Visit } from '../visit.ts';

type Sent = Readonly<Record<string, unknown>>;
const USUAL = ['application/pdf', 'image/jpeg', 'image/png'];

/** A file that the platform holds, and which document it is meant to be. */
export interface Uploaded {
  component: string;
  upload: string;
  name: string;
}

/** The files that the pages before have handed over; their ids travel on. */
export function uploadsOf(sent: Sent): Uploaded[] {
  return [sent['uploaded']].flat().flatMap((each): Uploaded[] => {
    const [component, upload, ...name] = typeof each === 'string' ? each.split(' ') : [];
    return component === undefined || upload === undefined ? [] : [{ component, upload, name: name.join(' ') }];
  });
}

export function uploadFields(uploads: readonly Uploaded[]): Content {
  return uploads.map(
    ({ component, upload, name }) =>
      html`<input type="hidden" name="uploaded" value="${component} ${upload} ${name}" />`,
  );
}

/** As the API takes them. */
export function handedIn({ procedure }: Pinned, uploads: readonly Uploaded[]): Record<string, string>[] {
  return uploads.map(({ component, upload }) => {
    const accepted = procedure.documents?.[component]?.accept ?? ['scan'];
    return { component, upload, how: accepted.includes('scan') ? 'scan' : (accepted[0] ?? 'scan') };
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
    const file = sent[`file:${component}`];
    if (!(file instanceof File) || file.size === 0) continue;
    const taken = await takeFile(visit, file, need);
    if ('fault' in taken) faults.push({ field: fieldOf(component), text: taken.fault });
    else {
      const name = nameOf(file);
      uploads = [...uploads.filter((each) => each.component !== component), { component, upload: taken.upload, name }];
    }
  }
  return { uploads, faults };
}

type Need = { media?: readonly string[] | undefined; maxBytes?: number | undefined };

/** What the procedure takes of this document, as far as the platform takes it. */
function limitOf({ maxUploadBytes }: Visit['parts'], { maxBytes = maxUploadBytes }: Need): number {
  return Math.min(maxBytes, maxUploadBytes);
}

async function takeFile(
  { t, api, parts }: Visit,
  file: File,
  need: Need,
): Promise<{ upload: string } | { fault: string }> {
  const { media } = need;
  const limit = limitOf(parts, need);
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
  if (!announced.ok) return { fault: t.apply.notTaken };
  const { id, url, headers } = announced.body;
  const status = await api.send(url, bytes, { 'content-type': mediaType, ...headers });
  return status < 300 ? { upload: id } : { fault: t.apply.notTaken };
}

/** What comes last of a long name says what the file is. */
function nameOf({ name }: File): string {
  return name.slice(-255);
}

function kindsOf(media: readonly string[] | undefined): string {
  return (media ?? USUAL).map((each) => (each.split('/')[1] ?? each).toUpperCase()).join(', ');
}

export function fieldOf(document: string): string {
  return `document-${document}`;
}

export interface FileField {
  document: string;
  optional: boolean;
  known: Uploaded | undefined;
  faults: readonly Fault[];
}

export function fileField(visit: Visit, pinned: Pinned, { document, optional, known, faults }: FileField): Markup {
  const { t } = visit;
  const need = pinned.procedure.documents?.[document];
  const id = fieldOf(document);
  const wrong = faults.some(({ field }) => field === id);
  return html`<div class="govuk-form-group${wrong ? ' govuk-form-group--error' : ''}">
    <label class="govuk-label govuk-label--s" for="${id}"
      >${new Names(visit).document(pinned, document)}${optional ? ` (${t.optional})` : ''}</label
    >
    <div class="govuk-hint" id="${id}-hint">
      ${t.apply.fileHint(kindsOf(need?.media), tellSize(t, limitOf(visit.parts, need ?? {})))}
    </div>
    ${when(known, () => html`<p class="govuk-body ot-break">${t.apply.have(known?.name ?? '')}</p>`)}
    ${errorMessage(t, id, faults)}
    <input
      class="govuk-file-upload"
      type="file"
      id="${id}"
      name="file:${document}"
      aria-describedby="${id}-hint${wrong ? ` ${id}-error` : ''}"
      accept="${(need?.media ?? []).join(',')}"
    />
  </div>`;
}
