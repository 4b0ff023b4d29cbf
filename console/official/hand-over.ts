import { randomUUID } from 'node:crypto';
import { codeOf } from '../ask-api.ts';
import { codeOfDossier } from '../dossier.ts';
import {
  banner,
  button,
  choiceField,
  type Fault,
  onEnter,
  type Row,
  summaryList,
  textField,
} from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, when } from '../html/markup.ts';
import { plainPage, refusalText, refusedPage } from '../refused.ts';
import type { Problem } from '../../schemas/api.ts';
import { longWords } from '../long-words.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { dueOf, taskName } from './inbox.ts';
import { type Giving, givingOf, GIVINGS, receiversOf } from './giving.ts';
import { type OfficialWho, type OpenTask, openTask, taskPage, type TaskRead } from './task.ts';
import { queryOf, tellWay, waysOf, workOfTask } from './ways.ts';

type Sent = Readonly<Record<string, unknown>>;

/** In a form: back to the unit, for whoever is free. */
const QUEUE = 'queue';
interface Entered {
  to: string;
  reason: string;
  /** Who had it when this was entered. */
  holder: string;
}

const NOTHING: Pick<Entered, 'to' | 'reason'> = { to: '', reason: '' };

/** To whom one gives a task that one has taken, or that one heads: first whom and why. */
export async function handOverPage(visit: Visit, who: OfficialWho, id: string): Promise<Response> {
  const opened = await openTask(visit, who, id);
  if (!opened.ok) return refusedPage(visit, opened.problem, { back: `${AT}/tasks` });
  const { open } = opened;
  if (open.task.status !== 'open') return taskPage(visit, open);
  const giving = await givingOf(visit, open);
  return giving ? formPage(visit, open, giving, { entered: NOTHING, faults: [] }) : notHis(visit, open);
}

/** Then what will happen; only then it passes. */
export async function handOverStep(visit: Visit, who: OfficialWho, id: string, sent: Sent): Promise<Response> {
  const opened = await openTask(visit, who, id);
  if (!opened.ok) return refusedPage(visit, opened.problem, { back: `${AT}/tasks` });
  const { open } = opened;
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name] : '');
  const entered = {
    to: text('to'),
    reason: text('reason').replaceAll('\r\n', '\n').trim(),
    holder: text('holder'),
  };
  if (text('step') === 'confirm') return give(visit, open, entered, sent);
  if (open.task.status !== 'open') return taskPage(visit, open);
  const giving = await givingOf(visit, open);
  if (!giving) return notHis(visit, open);
  if (text('step') === 'back') return formPage(visit, open, giving, { entered, faults: [] });
  const choices = await choicesOf(visit, open, giving);
  const faults = [
    ...(choices.some(({ value }) => value === entered.to) ? [] : [{ field: 'to', text: visit.t.handOver.choose }]),
    ...(entered.reason === '' ? [{ field: 'reason', text: visit.t.handOver.sayWhy }] : []),
    ...longWords(visit, { field: 'reason', label: visit.t.handOver.reason, words: entered.reason }),
  ];
  return faults.length > 0
    ? formPage(visit, open, giving, { entered, faults })
    : confirmPage(visit, who, open, { giving, entered });
}

async function choicesOf(
  visit: Visit,
  open: OpenTask,
  { verb }: Giving,
): Promise<{ value: string; label: string; hint?: string }[]> {
  const { unit, role, claimedBy } = open.task;
  const { t, language } = visit;
  const officials = (await receiversOf(visit, open)).map(({ id, name, appointments }) => ({
    value: id,
    label: [name, appointments.find((each) => each.unit === unit && each.role === role)?.title]
      .filter((each) => each !== undefined)
      .join(', '),
  }));
  officials.sort((a, b) => a.label.localeCompare(b.label, language));
  const back = verb === 'reassign' && claimedBy !== null;
  return [...officials, ...(back ? [{ value: QUEUE, label: t.handOver.queue, hint: t.handOver.queueHint }] : [])];
}

async function formPage(
  visit: Visit,
  open: OpenTask,
  giving: Giving,
  { entered, faults }: { entered: Pick<Entered, 'to' | 'reason'>; faults: readonly Fault[] },
): Promise<Response> {
  const { t } = visit;
  const { task } = open;
  const field = { t, faults };
  const choices = await choicesOf(visit, open, giving);
  const title = t.handOver.verbs[giving.verb];
  return page(visit, {
    title,
    at: 'tasks',
    back: `${AT}/tasks/${task.id}${queryOf(open)}`,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`${await headOf(visit, open, title)}
    ${
      choices.length === 0
        ? html`<p class="govuk-body">${t.handOver.nobody}</p>`
        : html`<form method="post" action="${AT}/tasks/${task.id}/hand-over${queryOf(open)}" novalidate>
            ${onEnter('check')} ${csrfField(visit)}
            ${choiceField({
              ...field,
              id: 'to',
              name: 'to',
              label: t.handOver.to,
              hint: t.handOver.toHint,
              legendSize: 'm',
              kind: 'radios',
              chosen: [entered.to],
              choices,
            })}
            ${textField({ ...field, id: 'reason', name: 'reason', label: t.handOver.reason, hint: t.handOver.reasonHint, value: entered.reason, rows: 3 })}
            ${button(t.continue, { name: 'step', value: 'check' })}
          </form>`
    }`,
  });
}

async function headOf(visit: Visit, { task, pinned }: OpenTask, title: string): Promise<Content> {
  const names = new Names(visit);
  const { t, now } = visit;
  const holder = task.claimedBy === null ? t.inbox.free : await names.official(task.claimedBy);
  return html`<span class="govuk-caption-l">${names.text(pinned.procedure.title)} – ${codeOfDossier(task)}</span>
    <h1 class="govuk-heading-l">${title}</h1>
    ${summaryList([
      { key: t.dossier.stage, value: taskName(visit, names, pinned, task) },
      { key: t.dossier.byWhen, value: dueOf(visit, task.due, now) },
      { key: t.dossier.claimedBy, value: holder },
    ])}`;
}

async function confirmPage(
  visit: Visit,
  who: OfficialWho,
  open: OpenTask,
  { giving, entered }: { giving: Giving; entered: Entered },
): Promise<Response> {
  const { t } = visit;
  const { task, pinned } = open;
  const names = new Names(visit);
  const { to, reason } = entered;
  const receiver = to === QUEUE ? undefined : await names.official(to);
  const holder = task.claimedBy === null ? undefined : await names.official(task.claimedBy);
  const head = giving.verb === 'reassign' ? (await visit.parts.catalogue.unit(task.unit ?? ''))?.head : undefined;
  const work = { ...workOfTask(task), ...(head !== undefined && { role: head }) };
  const way = (await waysOf(visit, who, work)).find(({ by }) => by?.instrument.id === giving.onBehalfOf);
  const rows: Row[] = [
    { key: t.dossier.stage, value: taskName(visit, names, pinned, task) },
    { key: t.handOver.from, value: holder ?? t.inbox.free },
    { key: t.handOver.to, value: receiver ?? t.handOver.queue },
    { key: t.handOver.reason, value: reason },
    { key: t.handOver.asOf, value: `${who.official.name}, ${who.title} – ${who.unitName}` },
    ...(way ? [{ key: t.ways.heading, value: await tellWay(visit, way) }] : []),
  ];
  const happens = t.handOver.happens({ receiver, holder, isOwn: task.claimedBy === who.official.id });
  const hidden = {
    to,
    reason,
    holder: task.claimedBy ?? '',
    verb: giving.verb,
    onBehalfOf: giving.onBehalfOf,
    once: randomUUID(),
  };
  return page(visit, {
    title: t.handOver.confirmHeading,
    at: 'tasks',
    body: html`<span class="govuk-caption-l">${names.text(pinned.procedure.title)} – ${codeOfDossier(task)}</span>
      <h1 class="govuk-heading-l">${t.handOver.confirmHeading}</h1>
      ${summaryList(rows)}
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${happens.map((each) => html`<li>${each}</li>`)}
      </ul>
      <form method="post" action="${AT}/tasks/${task.id}/hand-over${queryOf(open)}" novalidate>
        ${csrfField(visit)}
        ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <div class="govuk-button-group">
          ${button(t.handOver.confirm, { name: 'step', value: 'confirm' })}
          ${button(t.change, { secondary: true, name: 'step', value: 'back' })}
        </div>
      </form>`,
  });
}

/** Sent twice it gets the answer of the first. Where another has the task by now, it is said, and nothing passes. */
async function give(visit: Visit, open: OpenTask, { to, reason, holder }: Entered, sent: Sent): Promise<Response> {
  const { t, api } = visit;
  const { task } = open;
  const names = new Names(visit);
  const verb = GIVINGS.find((each) => each === sent['verb']) ?? 'hand-over';
  const onBehalfOf = typeof sent['onBehalfOf'] === 'string' ? sent['onBehalfOf'] : '';
  const once = typeof sent['once'] === 'string' && sent['once'] !== '' ? sent['once'] : undefined;
  const receiver = to === QUEUE ? null : to;
  const isElsewhere = task.status === 'open' && ![holder, to === QUEUE ? '' : to].includes(task.claimedBy ?? '');
  if (isElsewhere) return movedMeanwhile(visit, open);
  const body = { to: receiver, reason, ...(onBehalfOf !== '' && { onBehalfOf }) };
  const given = await api.post(`/tasks/${task.id}/${verb}`, body, once);
  if (!given.ok) return refused(visit, open, given.problem, { to, reason });
  const since = await goneOn(visit, open, receiver);
  if (since) return movedMeanwhile(visit, since);
  const told = receiver === null ? t.handOver.backInQueue : t.handOver.has(await names.official(receiver));
  return page(visit, {
    title: t.handOver.done,
    at: 'tasks',
    body: html`<h1 class="govuk-heading-l">${t.handOver.done}</h1>
      ${banner(codeOfDossier(task), html`<p class="govuk-notification-banner__heading">${told}</p>`, true)}
      <ul class="govuk-list">
        <li><a class="govuk-link" href="${AT}/tasks">${t.decide.toInbox}</a></li>
        ${when(open.dossier, () => html`<li><a class="govuk-link" href="${AT}/dossiers/${task.dossier}">${t.decide.toDossier}</a></li>`)}
      </ul>`,
  });
}

/** Sent again it is answered as it was then: since, the task may have gone on to another. */
async function goneOn({ api }: Visit, open: OpenTask, receiver: string | null): Promise<OpenTask | undefined> {
  const now = await api.get<TaskRead>(`/tasks/${encodeURIComponent(open.task.id)}`);
  if (!now.ok || now.body.status !== 'open' || (now.body.claimedBy ?? null) === receiver) return undefined;
  return { ...open, task: now.body };
}

async function refused(
  visit: Visit,
  open: OpenTask,
  problem: Problem,
  entered: Pick<Entered, 'to' | 'reason'>,
): Promise<Response> {
  const back = `${AT}/tasks/${open.task.id}`;
  if (problem.claimedBy !== undefined) return movedMeanwhile(visit, open);
  if (problem.decided) return taskPage(visit, open);
  const giving = await givingOf(visit, open);
  // Another may do where this one may not.
  const isOfReceiver = codeOf(problem) === 'duties-not-separate' || problem.errors?.some(({ at }) => at === '/to');
  if (!giving || !isOfReceiver) return refusedPage(visit, problem, { back });
  const text = visit.t.handOver.unfit(refusalText(visit, problem));
  return formPage(visit, open, giving, { entered, faults: [{ field: 'to', text }] });
}

async function movedMeanwhile(visit: Visit, { task }: OpenTask): Promise<Response> {
  const { t } = visit;
  const holder = task.claimedBy === null ? undefined : await new Names(visit).official(task.claimedBy);
  return plainPage(visit, {
    title: t.refused.heading,
    text: t.handOver.moved(holder),
    status: 409,
    link: { href: `${AT}/tasks/${task.id}`, text: t.handOver.toTask },
  });
}

function notHis(visit: Visit, { task }: OpenTask): Promise<Response> {
  const { t } = visit;
  return plainPage(visit, {
    title: t.refused.heading,
    text: t.handOver.notHis,
    status: 403,
    link: { href: `${AT}/tasks/${task.id}`, text: t.handOver.toTask },
  });
}
