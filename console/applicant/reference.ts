import { nameOfReference } from '../../functions/dossiers/classified.ts';
import { Reference } from '../../schemas/classified.ts';
import { dateIn } from '../forms/answers.ts';
import { dateField, type Fault, textField } from '../html/components.ts';
import { html, type Markup } from '../html/markup.ts';
import type { Texts } from '../languages/vi.ts';

/** How pages carry what is said of a classified document. */
const SAID = /^reference:([\w-]+)$/;

export function sayReference(reference: Reference): string {
  return `reference:${Buffer.from(JSON.stringify(reference)).toString('base64url')}`;
}

export function saidOf(upload: string): Reference | undefined {
  const [, text] = SAID.exec(upload) ?? [];
  if (text === undefined) return undefined;
  try {
    return Reference.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

type Sent = Readonly<Record<string, unknown>>;
const PARTS = ['number', 'day', 'month', 'year', 'keptBy'] as const;
type Typed = Record<(typeof PARTS)[number], string>;

const named = (document: string, part: string): string => `reference:${document}.${part}`;

/** As it was typed; undefined where the page had no such fields. */
function typedIn(document: string, sent: Sent): Typed | undefined {
  if (!(named(document, 'number') in sent)) return undefined;
  const text = (part: string): string => {
    const value = sent[named(document, part)];
    return typeof value === 'string' ? value.trim().normalize('NFC') : '';
  };
  return {
    number: text('number'),
    day: text('day'),
    month: text('month'),
    year: text('year'),
    keptBy: text('keptBy'),
  };
}

/** What was entered of a classified document: what is at fault, or what it says; null where every field was left blank, nothing where there were none. */
export function readReference(
  t: Texts,
  document: string,
  sent: Sent,
): { faults: Fault[]; said?: { upload: string; name: string } | null } {
  const typed = typedIn(document, sent);
  if (!typed) return { faults: [] };
  if (PARTS.every((part) => typed[part] === '')) return { faults: [], said: null };
  const { number, keptBy, day, month, year } = typed;
  const isDated = `${day}${month}${year}` !== '';
  const dated = dateIn({ day, month, year });
  const id = `document-${document}`;
  const faults = [
    ...(number === '' || number.length > 100 ? [{ field: id, text: t.reference.needNumber }] : []),
    ...(isDated && dated === undefined ? [{ field: `${id}-dated`, text: t.reference.wrongDate }] : []),
    ...(keptBy === '' || keptBy.length > 200 ? [{ field: `${id}-kept-by`, text: t.reference.needKeptBy }] : []),
  ];
  if (faults.length > 0) return { faults };
  const reference = { number, keptBy, ...(dated !== undefined && { dated }) };
  return { faults: [], said: { upload: sayReference(reference), name: nameOfReference(reference) } };
}

/** In place of a file: what whoever may read the document needs to find it. */
export function referenceFields(
  t: Texts,
  {
    document,
    title,
    known,
    sent,
    faults,
  }: { document: string; title: string; known: Reference | undefined; sent: Sent; faults: readonly Fault[] },
): Markup {
  const id = `document-${document}`;
  const [year = '', month = '', day = ''] = known?.dated?.split('-') ?? [];
  const kept = { number: known?.number ?? '', day, month, year, keptBy: known?.keptBy ?? '' };
  const value = typedIn(document, sent) ?? kept;
  return html`<fieldset class="govuk-fieldset">
    <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">${title}</legend>
    <p class="govuk-body">${t.reference.classified}</p>
    ${textField({ id, name: named(document, 'number'), label: t.reference.number, value: value.number, faults, t, width: 20 })}
    ${dateField({ id: `${id}-dated`, name: `reference:${document}`, label: `${t.reference.dated} (${t.optional})`, value, faults, t })}
    ${textField({ id: `${id}-kept-by`, name: named(document, 'keptBy'), label: t.reference.keptBy, value: value.keptBy, faults, t })}
  </fieldset>`;
}
