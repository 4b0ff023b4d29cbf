import type { Pinned } from '../../functions/procedures/catalogue.ts';
import { type DocumentNeed, evidenceOf } from '../../schemas/procedure/papers.ts';
import { choiceField, type Fault } from '../html/components.ts';
import { type Content, html, when } from '../html/markup.ts';
import { Names, type Visit } from '../visit.ts';

type Sent = Readonly<Record<string, unknown>>;
/** What is handed in, as far as it is said what it is. */
interface Handed {
  component: string;
  evidence?: string | undefined;
}

/** The document itself, where a page says what was handed in. */
const ITSELF = 'itself';

/** What is kept as the kind of a file as long as nobody has said whether it is the document itself, or which other evidence instead. */
export const UNSAID = '';

/** Faults of files of which nobody has said what they are, where more than one counts. */
export function unsaidIn({ t }: Visit, { procedure }: Pinned, uploads: readonly Handed[]): Fault[] {
  return uploads
    .filter(
      ({ component, evidence }) => evidence === UNSAID && evidenceOf(procedure.documents?.[component] ?? {}).size > 0,
    )
    .map(({ component }) => ({ field: idOf(component), text: t.apply.whichEvidence }));
}

/** What a page says that was handed in: the document, or which other evidence instead. Nothing is handed in unsaid where more than one counts. */
export function withEvidence<H extends Handed>(
  { t }: Visit,
  uploads: readonly H[],
  { component, need, sent }: { component: string; need: DocumentNeed; sent: Sent },
): { uploads: H[]; faults: Fault[] } {
  const kinds = evidenceOf(need);
  const chosen = sent[nameOf(component)];
  const said = (evidence: string | undefined): H[] =>
    uploads.map((each) => (each.component === component ? { ...each, evidence } : each));
  const isThere = uploads.some((each) => each.component === component);
  // Pages that do not show the document leave it as it was said.
  if (kinds.size === 0 || !isThere || sent[shownBy(component)] === undefined)
    return { uploads: [...uploads], faults: [] };
  if (typeof chosen !== 'string' || (chosen !== ITSELF && !kinds.has(chosen)))
    return { uploads: said(UNSAID), faults: [{ field: idOf(component), text: t.apply.whichEvidence }] };
  return { uploads: said(chosen === ITSELF ? undefined : chosen), faults: [] };
}

/** Beside a document instead of which other evidence counts: what it is that is handed in. Nothing is chosen beforehand. */
export function evidenceField(
  visit: Visit,
  pinned: Pinned,
  {
    document,
    known,
    sent,
    faults,
  }: { document: string; known: Handed | undefined; sent: Sent; faults: readonly Fault[] },
): Content {
  const { t } = visit;
  const names = new Names(visit);
  const kinds = [...evidenceOf(pinned.procedure.documents?.[document] ?? {}).keys()];
  const said = sent[nameOf(document)];
  const before = known && (known.evidence ?? ITSELF);
  return when(kinds.length > 0, () => [
    html`<input type="hidden" name="${shownBy(document)}" value="1" />`,
    choiceField({
      id: idOf(document),
      name: nameOf(document),
      label: t.apply.evidence(names.document(pinned, document)),
      hint: t.apply.evidenceHint,
      kind: 'radios',
      chosen: [typeof said === 'string' ? said : (before ?? '')],
      faults,
      t,
      choices: [
        { value: ITSELF, label: names.document(pinned, document) },
        ...kinds.map((kind) => ({ value: kind, label: names.evidence(pinned, document, kind) })),
      ],
    }),
  ]);
}

function nameOf(document: string): string {
  return `evidence:${document}`;
}

function shownBy(document: string): string {
  return `evidence-shown:${document}`;
}

function idOf(document: string): string {
  return `evidence-${document}`;
}
