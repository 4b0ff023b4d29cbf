import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { ToSign } from '../../functions/api/routes/tasks.ts';
import type { Problem } from '../../schemas/api.ts';
import { codeOf } from '../ask-api.ts';
import { codeOfDossier, documentShown } from '../dossier.ts';
import {
  button,
  choiceField,
  dateField,
  errorMessage,
  type Fault,
  onEnter,
  type Row,
  summaryList,
  textField,
} from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { html, type Markup, when } from '../html/markup.ts';
import { refusalText, refusedPage } from '../refused.ts';
import { tellDate } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';
import {
  checkSaid,
  componentsOf,
  fieldOf,
  hiddenFields,
  type Keeps,
  NOTHING_SAID,
  ORIGINAL,
  type Said,
  saidIn,
} from './said-of-paper.ts';
import { signingAddress } from './signing-address.ts';
import { type OfficialWho, type OpenTask, openTask, scansAt } from './task.ts';
import { instrumentOf, queryOf } from './ways.ts';

type Sent = Readonly<Record<string, unknown>>;
/** What the signing service carries through, sealed: it learns nothing of it. */
interface Carried {
  task: string;
  subject: string | undefined;
  /** What he went to allow the signature over: it holds which scans. */
  hash: string | undefined;
  keeps: Keeps | undefined;
}

interface Signing {
  toSign: z.infer<typeof ToSign>;
  keeps: Keeps | undefined;
  activation?: string | undefined;
  faults?: readonly Fault[];
}

/** Scans that wait, each beside its paper. */
export async function intakePage(visit: Visit, who: OfficialWho, id: string): Promise<Response> {
  const opened = await openIntake(visit, who, id);
  return opened.ok ? formPage(visit, opened.open) : opened.answer;
}

/** Comparison in two steps, as a decision: what was entered is shown again with what follows; then it is signed. */
export async function intakeStep(visit: Visit, who: OfficialWho, id: string, sent: Sent): Promise<Response> {
  // Sent twice it gets the answer of the first: only the API knows.
  const { step } = sent;
  const opened = await openIntake(visit, who, id, { evenIfNothingWaits: step === 'confirm' });
  if (!opened.ok) return opened.answer;
  const { open } = opened;
  const said = saidIn(open, sent);
  if (step === 'back') return formPage(visit, open, { said });
  const checked = checkSaid(visit, open, said);
  if (checked.faults.length > 0) return formPage(visit, open, { said, faults: checked.faults });
  if (step === 'confirm') return takeIn(visit, who, open, { said, keeps: checked.keeps, sent });
  const prepared = await prepare(visit, open, checked.keeps);
  if (!prepared.ok) return refused(visit, open, prepared.problem, said);
  return confirmPage(visit, who, open, { toSign: prepared.toSign, keeps: checked.keeps });
}

/** The official is back from the signing service, which may now sign. */
export async function intakeSigned(visit: Visit, who: OfficialWho, id: string): Promise<Response> {
  const opened = await openIntake(visit, who, id);
  if (!opened.ok) return opened.answer;
  const { open } = opened;
  const { c, parts, session, t } = visit;
  const carried = parts.sealer.open('intake', c.req.query('said') ?? '') as Carried | undefined;
  if (carried?.task !== open.task.id || carried.subject !== session?.subject) return formPage(visit, open);
  const { keeps, hash } = carried;
  const prepared = await prepare(visit, open, keeps);
  if (!prepared.ok) return refused(visit, open, prepared.problem, NOTHING_SAID);
  const { toSign } = prepared;
  const [first] = scansAt(open);
  if (toSign.hash !== hash)
    return formPage(visit, open, {
      faults: [{ field: fieldOf('compared', first?.sha256 ?? ''), text: t.intake.changed }],
    });
  return confirmPage(visit, who, open, { toSign, keeps, activation: c.req.query('activation') ?? '' });
}

async function openIntake(
  visit: Visit,
  who: OfficialWho,
  id: string,
  { evenIfNothingWaits = false } = {},
): Promise<{ ok: true; open: OpenTask } | { ok: false; answer: Response }> {
  const opened = await openTask(visit, who, id);
  if (!opened.ok) return { ok: false, answer: await refusedPage(visit, opened.problem, { back: `${AT}/tasks` }) };
  const { open } = opened;
  if (scansAt(open).length > 0 || evenIfNothingWaits) return opened;
  return { ok: false, answer: await nothingLeft(visit, open) };
}

/** Somebody was faster, or there never was anything. */
function nothingLeft(visit: Visit, { task }: OpenTask): Promise<Response> {
  const { t } = visit;
  return page(visit, {
    title: t.intake.nothing,
    status: 409,
    at: 'tasks',
    body: html`<h1 class="govuk-heading-l">${t.intake.nothing}</h1>
      <p class="govuk-body">${t.intake.nothingText}</p>
      <p class="govuk-body"><a class="govuk-link" href="${AT}/tasks/${task.id}">${t.intake.toTask}</a></p>`,
  });
}

/** What the API is told: the same bytes are signed as long as the same scans wait. */
function bodyOf({ way }: OpenTask, compared: readonly string[], keeps: Keeps | undefined): object {
  const onBehalfOf = instrumentOf(way);
  return {
    compared,
    ...(keeps && { keeps }),
    ...(onBehalfOf !== '' && { onBehalfOf }),
  };
}

async function prepare(
  { api }: Visit,
  open: OpenTask,
  keeps: Keeps | undefined,
): Promise<{ ok: true; toSign: Signing['toSign'] } | { ok: false; problem: Problem }> {
  const shown = await api.post<{ toSign: Signing['toSign'] }>(
    `/tasks/${open.task.id}/intake`,
    bodyOf(open, componentsOf(open), keeps),
  );
  return shown.ok ? { ok: true, toSign: shown.body.toSign } : shown;
}

function formPage(
  visit: Visit,
  open: OpenTask,
  { said = NOTHING_SAID, faults = [] }: { said?: Said; faults?: readonly Fault[] } = {},
): Promise<Response> {
  const { t } = visit;
  const { task, pinned } = open;
  const field = { t, faults };
  const names = new Names(visit);
  return page(visit, {
    title: t.intake.heading,
    at: 'tasks',
    back: `${AT}/tasks/${task.id}`,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<span class="govuk-caption-l">${names.text(pinned.procedure.title)} – ${codeOfDossier(task)}</span>
      <h1 class="govuk-heading-l">${t.intake.heading}</h1>
      <p class="govuk-body">${t.intake.intro}</p>
      <form method="post" action="${AT}/tasks/${task.id}/intake${queryOf(open)}" novalidate>
        ${onEnter('check')} ${csrfField(visit)}
        ${componentsOf(open).map((each) => scanSection(visit, open, each, { said, faults }))}
        <h2 class="govuk-heading-m">${t.intake.keeping}</h2>
        <p class="govuk-body">${t.intake.keepingText}</p>
        ${textField({ ...field, id: 'place', name: 'place', label: t.intake.place, hint: t.intake.placeHint, value: said.place })}
        ${dateField({ ...field, id: 'until', name: 'until', label: t.intake.until, hint: t.date.example, value: said.until })}
        ${button(t.intake.check, { name: 'step', value: 'check' })}
      </form>`,
  });
}

/** The scans of one document, what is said of them, and what becomes of their original. */
function scanSection(
  visit: Visit,
  { task, pinned, dossier }: OpenTask,
  component: string,
  { said, faults }: { said: Said; faults: readonly Fault[] },
): Markup {
  const { t } = visit;
  const title = new Names(visit).document(pinned, component);
  const handedIn = dossier?.detail.documents ?? [];
  const scans = (task.intake ?? []).filter((scan) => scan.component === component);
  return html`<h2 class="govuk-heading-m">${title}</h2>
    ${scans.map((scan) => {
      const name = handedIn.find(({ sha256 }) => sha256 === scan.sha256)?.name;
      const of = { ...scan, ...(name !== undefined && { name }) };
      return html`${documentShown(visit, new Names(visit).handedIn(pinned, scan), { id: task.dossier }, of)}
      ${choiceField({
        t,
        faults,
        id: fieldOf('compared', scan.sha256),
        name: 'compared',
        label: t.intake.compared,
        kind: 'checkboxes',
        legendSize: 's',
        chosen: said.compared,
        choices: [{ value: scan.sha256, label: t.intake.comparedLabel(name ?? title) }],
      })}`;
    })}
    ${choiceField({
      t,
      faults,
      id: fieldOf('original', component),
      name: `${ORIGINAL}${component}`,
      label: t.intake.original(title),
      kind: 'radios',
      legendSize: 's',
      chosen: [said.originals.get(component) ?? ''],
      choices: [
        { value: 'returned', label: t.intake.returned },
        { value: 'kept', label: t.intake.kept },
      ],
    })}`;
}

function confirmPage(
  visit: Visit,
  who: OfficialWho,
  open: OpenTask,
  { toSign, keeps, activation, faults = [] }: Signing,
): Promise<Response> {
  const { t } = visit;
  const { task, pinned } = open;
  const names = new Names(visit);
  const title = activation === undefined ? t.intake.checkHeading : t.intake.signedHeading;
  const components = componentsOf(open);
  const rows: Row[] = [
    ...components.map((component) => ({
      key: names.document(pinned, component),
      value: keeps?.components.includes(component) ? t.intake.kept : t.intake.returned,
    })),
    ...(keeps
      ? [
          { key: t.intake.place, value: keeps.place },
          { key: t.intake.until, value: tellDate(t, keeps.until) },
        ]
      : []),
    { key: t.decide.asOf, value: `${who.official.name}, ${who.title} – ${who.unitName}` },
  ];
  const happens = [
    t.intake.happensSigned,
    t.intake.happensCounts,
    ...(components.length > (keeps?.components.length ?? 0) ? [t.intake.happensReturned] : []),
    ...(keeps ? [t.intake.happensKept(tellDate(t, keeps.until))] : []),
  ];
  return page(visit, {
    title,
    at: 'tasks',
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<span class="govuk-caption-l">${names.text(pinned.procedure.title)} – ${codeOfDossier(task)}</span>
      <h1 class="govuk-heading-l">${title}</h1>
      ${summaryList(rows)}
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${happens.map((each) => html`<li>${each}</li>`)}
      </ul>
      ${signForm(visit, open, { toSign, keeps, activation, faults })}`,
  });
}

function signForm(visit: Visit, open: OpenTask, { toSign, keeps, activation, faults = [] }: Signing): Markup {
  const { t, parts } = visit;
  const { task } = open;
  const mayGo = activation === undefined && toSign.hash !== undefined && parts.signingPage !== undefined;
  return html`<form method="post" action="${AT}/tasks/${task.id}/intake${queryOf(open)}" novalidate>
    ${csrfField(visit)} ${hiddenFields(open, keeps)}
    <input type="hidden" name="once" value="${randomUUID()}" />
    <input type="hidden" name="credential" value="${toSign.credential ?? ''}" />
    ${when(activation !== undefined, () => html`<input type="hidden" name="activation" value="${activation}" />`)}
    ${
      mayGo
        ? html`<p class="govuk-body">${t.decide.signText}</p>
            ${errorMessage(t, 'activation', faults)}
            <p>
              <a
                class="govuk-button"
                id="activation"
                href="${signingAddress(visit, toSign, backOf(visit, open, { toSign, keeps }))}"
                >${t.decide.sign}</a
              >
            </p>`
        : html`${when(activation === undefined, () =>
              textField({
                id: 'activation',
                name: 'activation',
                label: t.decide.signElsewhere,
                hint: t.decide.signElsewhereHint(toSign.hash ?? toSign.digest),
                value: '',
                faults,
                t,
              }),
            )}
            <div class="govuk-warning-text">
              <span class="govuk-warning-text__icon" aria-hidden="true">!</span>
              <strong class="govuk-warning-text__text">${t.intake.once}</strong>
            </div>
            ${button(t.intake.confirm, { name: 'step', value: 'confirm' })}`
    }
    ${button(t.change, { secondary: true, name: 'step', value: 'back' })}
  </form>`;
}

/** Where the signing service leads back to, with what was said. */
function backOf({ parts, session }: Visit, open: OpenTask, { toSign, keeps }: Signing): string {
  const { task } = open;
  const query = queryOf(open);
  const carried: Carried = { task: task.id, subject: session?.subject, hash: toSign.hash, keeps };
  return `/tasks/${task.id}/intake/signed${query === '' ? '?' : `${query}&`}said=${parts.sealer.seal('intake', carried)}`;
}

/** What is wrong with a signature, not with what was said: signed again it may be right. */
const OF_SIGNATURE: ReadonlySet<string> = new Set(['signature-invalid', 'signer-refused']);

async function takeIn(
  visit: Visit,
  who: OfficialWho,
  open: OpenTask,
  { said, keeps, sent }: { said: Said; keeps: Keeps | undefined; sent: Sent },
): Promise<Response> {
  const { t, api } = visit;
  const text = (field: string): string => (typeof sent[field] === 'string' ? sent[field].trim() : '');
  const [activation, once] = [text('activation'), text('once')];
  if (activation === '') return signAgain(visit, who, open, { said, keeps, text: t.intake.activation });
  const body = {
    ...bodyOf(open, [...said.originals.keys()], keeps),
    signature: { credential: text('credential'), activation },
  };
  const taken = await api.post<unknown>(`/tasks/${open.task.id}/intake`, body, once === '' ? undefined : once);
  if (taken.ok) return visit.c.redirect(`${AT}/tasks/${open.task.id}`, 303);
  const { problem } = taken;
  if (OF_SIGNATURE.has(codeOf(problem)))
    return signAgain(visit, who, open, { said, keeps, text: refusalText(visit, problem) });
  return refused(visit, open, problem, said);
}

/** Nothing was recorded; the same is to be signed once more. */
async function signAgain(
  visit: Visit,
  who: OfficialWho,
  open: OpenTask,
  { said, keeps, text }: { said: Said; keeps: Keeps | undefined; text: string },
): Promise<Response> {
  const prepared = await prepare(visit, open, keeps);
  if (!prepared.ok) return refused(visit, open, prepared.problem, said);
  const { toSign } = prepared;
  return confirmPage(visit, who, open, { toSign, keeps, faults: [{ field: 'activation', text }] });
}

/** What can be mended is shown at its field; the rest in words. */
function refused(visit: Visit, open: OpenTask, problem: Problem, said: Said): Promise<Response> | Response {
  const { t } = visit;
  if (codeOf(problem) === 'wrong-status' && !open.dossier?.detail.parked) return nothingLeft(visit, open);
  const faults = (problem.errors ?? []).flatMap(({ at }): Fault[] =>
    at === '/keeps/until'
      ? [{ field: 'until', text: t.intake.untilOver }]
      : at === '/keeps/place'
        ? [{ field: 'place', text: t.intake.needPlace }]
        : [],
  );
  if (faults.length > 0) return formPage(visit, open, { said, faults });
  return refusedPage(visit, problem, { back: `${AT}/tasks/${open.task.id}` });
}
