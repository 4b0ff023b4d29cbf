import { randomUUID } from 'node:crypto';
import type { Problem } from '../../schemas/api.ts';
import type { DisposalList } from '../../schemas/archive.ts';
import { codeOf } from '../ask-api.ts';
import { button, choiceField, type Fault, onEnter, summaryList, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html } from '../html/markup.ts';
import { plainPage, refusedPage } from '../refused.ts';
import { dateOf } from '../tell.ts';
import { AT, type Visit } from '../visit.ts';
import { type Due, dueAt, type DuePage, showRecords, titlesOf } from './records.ts';
import { listOf, type Sent, textOf } from './sent.ts';

const RECORDS = `${AT}/records`;
const FIELDS = ['number', 'legalBasis', 'fate', 'to'] as const;
/** Most characters of each, as the API takes them. */
const MOST = { number: 100, legalBasis: 500, to: 200 } as const;

interface Entry {
  after: string;
  chosen: readonly Due[];
  sent: Sent;
}

/** A list of records to be disposed of: chosen, then by which decision, then what will happen; only then it is proposed. */
export async function proposalStep(visit: Visit, sent: Sent): Promise<Response> {
  const { t } = visit;
  const after = textOf(sent, 'after');
  const listed = await dueAt(visit, after);
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: RECORDS });
  const ids = listOf(sent, 'dossiers');
  const chosen = listed.body.items.filter(({ dossier, held }) => !held && ids.includes(dossier));
  const step = textOf(sent, 'step');
  if (step === 'confirm') return propose(visit, sent, { after, listed: listed.body });
  if (chosen.length === 0 || chosen.length < ids.length) {
    const text = ids.length === 0 ? t.disposals.chooseOne : t.disposals.changed;
    const faults = [{ field: 'dossiers', text }];
    return showRecords(visit, { after, listed: listed.body, chosen: chosen.map(({ dossier }) => dossier), faults });
  }
  const entry = { after, chosen, sent };
  if (step !== 'check') return formPage(visit, entry, []);
  const faults = faultsIn(visit, entry);
  return faults.length > 0 ? formPage(visit, entry, faults) : confirmPage(visit, entry);
}

function faultsIn({ t }: Visit, { chosen, sent }: Entry): Fault[] {
  const text = (name: (typeof FIELDS)[number]): string => textOf(sent, name);
  const say = t.disposals.say;
  const fate = text('fate');
  return [
    ...(['number', 'legalBasis'] as const)
      .filter((name) => text(name) === '' || text(name).length > MOST[name])
      .map((field) => ({ field, text: say[field] })),
    ...(fate === 'destroyed' || fate === 'transferred' ? [] : [{ field: 'fate', text: say.fate }]),
    ...(fate === 'destroyed' && chosen.some(({ then }) => then === 'archive')
      ? [{ field: 'fate', text: say.archive(codesOf(chosen.filter(({ then }) => then === 'archive'))) }]
      : []),
    ...(fate === 'transferred' && (text('to') === '' || text('to').length > MOST.to)
      ? [{ field: 'to', text: say.to }]
      : []),
    ...(fate === 'destroyed' && text('to') !== '' ? [{ field: 'to', text: say.notTo }] : []),
  ];
}

function codesOf(records: readonly Due[]): string {
  return records.map(({ code, reference }) => code ?? reference).join(', ');
}

function hiddenOf(visit: Visit, { after, chosen }: Entry): Content {
  return html`${csrfField(visit)}
    <input type="hidden" name="after" value="${after}" />
    ${chosen.map(({ dossier }) => html`<input type="hidden" name="dossiers" value="${dossier}" />`)}`;
}

async function chosenList(visit: Visit, chosen: readonly Due[]): Promise<Content> {
  const titles = await titlesOf(
    visit,
    chosen.map(({ procedure }) => procedure),
  );
  return html`<ul class="govuk-list govuk-list--bullet">
    ${chosen.map(({ code, reference, procedure }) => html`<li>${code ?? reference}, ${titles.get(procedure)}</li>`)}
  </ul>`;
}

async function formPage(visit: Visit, entry: Entry, faults: readonly Fault[]): Promise<Response> {
  const { t } = visit;
  const { chosen, sent } = entry;
  const field = { t, faults };
  const onlyArchive = chosen.every(({ then }) => then === 'archive');
  const back = entry.after === '' ? RECORDS : `${RECORDS}?after=${encodeURIComponent(entry.after)}`;
  return page(visit, {
    title: t.disposals.propose,
    at: 'find',
    back,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<h1 class="govuk-heading-l">${t.disposals.propose}</h1>
      <p class="govuk-body">${t.disposals.chosen(chosen.length)}</p>
      ${await chosenList(visit, chosen)}
      <form method="post" action="${RECORDS}" novalidate>
        ${onEnter('check')} ${hiddenOf(visit, entry)}
        ${textField({ ...field, id: 'number', name: 'number', label: t.disposals.number, hint: t.disposals.numberHint, value: textOf(sent, 'number'), width: 20 })}
        ${textField({ ...field, id: 'legalBasis', name: 'legalBasis', label: t.disposals.law, hint: t.disposals.lawHint, value: textOf(sent, 'legalBasis') })}
        ${choiceField({
          ...field,
          id: 'fate',
          name: 'fate',
          label: t.disposals.fate,
          kind: 'radios',
          chosen: [textOf(sent, 'fate') || (onlyArchive ? 'transferred' : '')],
          choices: (['destroyed', 'transferred'] as const).map((fate) => ({
            value: fate,
            label: t.disposals.fates[fate],
            hint: t.disposals.fateHints[fate],
          })),
        })}
        ${textField({ ...field, id: 'to', name: 'to', label: t.disposals.to, hint: t.disposals.toHint, value: textOf(sent, 'to') })}
        <div class="govuk-button-group">
          ${button(t.continue, { name: 'step', value: 'check' })}
          <a class="govuk-link" href="${back}">${t.disposals.keep}</a>
        </div>
      </form>`,
  });
}

async function confirmPage(visit: Visit, entry: Entry): Promise<Response> {
  const { t } = visit;
  const { sent, chosen } = entry;
  const fate = textOf(sent, 'fate') === 'transferred' ? 'transferred' : 'destroyed';
  const to = textOf(sent, 'to');
  return page(visit, {
    title: t.disposals.confirmHeading,
    at: 'find',
    body: html`<h1 class="govuk-heading-l">${t.disposals.confirmHeading}</h1>
      ${summaryList([
        { key: t.disposals.records, value: await chosenList(visit, chosen) },
        { key: t.disposals.number, value: textOf(sent, 'number') },
        { key: t.disposals.basis, value: textOf(sent, 'legalBasis') },
        { key: t.disposals.fate, value: t.disposals.fates[fate] },
        ...(fate === 'transferred' ? [{ key: t.disposals.to, value: to }] : []),
      ])}
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${t.disposals.proposed.map((each) => html`<li>${each}</li>`)}
      </ul>
      <form method="post" action="${RECORDS}" novalidate>
        ${hiddenOf(visit, entry)}
        ${[
          ...FIELDS.map((name) => [name, textOf(sent, name)] as const),
          ['list', `list-${dateOf(visit.now)}-${randomUUID().slice(0, 8)}`] as const,
        ].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <div class="govuk-button-group">
          ${button(t.disposals.propose, { name: 'step', value: 'confirm' })}
          ${button(t.change, { secondary: true, name: 'step', value: 'back' })}
        </div>
      </form>`,
  });
}

/** Proposes it under an id that the page before made: sent twice it is one list. */
async function propose(
  visit: Visit,
  sent: Sent,
  { after, listed }: { after: string; listed: DuePage },
): Promise<Response> {
  const to = textOf(sent, 'to');
  const dossiers = listOf(sent, 'dossiers');
  const id = textOf(sent, 'list');
  const done = await visit.api.post<DisposalList>('/disposals', {
    id,
    number: textOf(sent, 'number'),
    legalBasis: textOf(sent, 'legalBasis'),
    why: 'retention',
    fate: textOf(sent, 'fate'),
    ...(to !== '' && { to }),
    dossiers,
  });
  if (done.ok || (await isThere(visit, id, done.problem))) return visit.c.redirect(`${AT}/disposals/${id}`, 303);
  if (codeOf(done.problem) !== 'not-due') return refusedPage(visit, done.problem, { back: RECORDS });
  return tellNotDue(visit, done.problem, { after, listed });
}

async function isThere({ api }: Visit, id: string, problem: Problem): Promise<boolean> {
  return codeOf(problem) === 'conflict' && (await api.get(`/disposals/${encodeURIComponent(id)}`)).ok;
}

/** Which of the records may not be disposed of after all. */
function tellNotDue(
  visit: Visit,
  { errors = [] }: Problem,
  { after, listed }: { after: string; listed: DuePage },
): Promise<Response> {
  const { t } = visit;
  const found = new Set(errors.map((each) => each.found));
  const named = codesOf(listed.items.filter(({ dossier }) => found.has(dossier)));
  return plainPage(visit, {
    title: t.refused.heading,
    text: t.disposals.notDue(named),
    status: 422,
    link: {
      href: after === '' ? RECORDS : `${RECORDS}?after=${encodeURIComponent(after)}`,
      text: t.records.heading,
    },
  });
}
