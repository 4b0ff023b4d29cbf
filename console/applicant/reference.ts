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

/** What was entered of a classified document: nothing, what is at fault, or what it says. */
export function readReference(
  t: Texts,
  document: string,
  sent: Readonly<Record<string, unknown>>,
): { faults: Fault[]; said?: { upload: string; name: string } } {
  const text = (part: string): string => {
    const value = sent[`reference:${document}.${part}`];
    return typeof value === 'string' ? value.trim().normalize('NFC') : '';
  };
  const parts = { day: text('day'), month: text('month'), year: text('year') };
  const isDated = Object.values(parts).some((each) => each !== '');
  const [number, keptBy, dated] = [text('number'), text('keptBy'), dateIn(parts)];
  if (number === '' && keptBy === '' && !isDated) return { faults: [] };
  const id = `document-${document}`;
  const faults = [
    ...(number === '' || number.length > 100 ? [{ field: id, text: t.reference.needNumber }] : []),
    ...(isDated && dated === undefined ? [{ field: `${id}-dated`, text: t.reference.wrongDate }] : []),
    ...(keptBy === '' || keptBy.length > 200 ? [{ field: `${id}-kept-by`, text: t.reference.needKeptBy }] : []),
  ];
  if (faults.length > 0) return { faults };
  const reference = { number, keptBy, ...(dated !== undefined && { dated }) };
  const name = [number, ...(dated === undefined ? [] : [dated]), keptBy].join(', ').slice(0, 255);
  return { faults: [], said: { upload: sayReference(reference), name } };
}

/** In place of a file: what whoever may read the document needs to find it. */
export function referenceFields(
  t: Texts,
  {
    document,
    title,
    known,
    faults,
  }: { document: string; title: string; known: Reference | undefined; faults: readonly Fault[] },
): Markup {
  const id = `document-${document}`;
  const [year = '', month = '', day = ''] = known?.dated?.split('-') ?? [];
  const named = (part: string): string => `reference:${document}.${part}`;
  return html`<fieldset class="govuk-fieldset">
    <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">${title}</legend>
    <p class="govuk-body">${t.reference.classified}</p>
    ${textField({ id, name: named('number'), label: t.reference.number, value: known?.number ?? '', faults, t, width: 20 })}
    ${dateField({ id: `${id}-dated`, name: `reference:${document}`, label: `${t.reference.dated} (${t.optional})`, value: { day, month, year }, faults, t })}
    ${textField({ id: `${id}-kept-by`, name: named('keptBy'), label: t.reference.keptBy, value: known?.keptBy ?? '', faults, t })}
  </fieldset>`;
}
