import type * as z from 'zod';
import type { CountsAnswer } from '../../schemas/api.ts';
import type { ShownTask } from '../../schemas/dossier.ts';
import type { Pinned } from '../../functions/procedures/catalogue.ts';
import { button, selectField, tag } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import type { Texts } from '../languages/vi.ts';
import { refusedPage } from '../refused.ts';
import { dateOf, daysBetween, tellDate } from '../tell.ts';
import { AT, Names, type Visit, type Who } from '../visit.ts';

type OfficialWho = Extract<Who, { kind: 'official' }>;
export type Counts = z.infer<typeof CountsAnswer>;

const WHOSE = ['office', 'me', 'unit'] as const;
const STATUSES = ['open', 'late', 'unclaimed', 'claimed'] as const;

interface Filters {
  whose: (typeof WHOSE)[number];
  status: (typeof STATUSES)[number];
  procedure: string;
  after: string;
}

/** An unknown filter counts as none: an address may be old. */
function filtersOf({ c }: Visit): Filters {
  return {
    whose: WHOSE.find((each) => each === c.req.query('whose')) ?? 'office',
    status: STATUSES.find((each) => each === c.req.query('status')) ?? 'open',
    procedure: c.req.query('procedure') ?? '',
    after: c.req.query('after') ?? '',
  };
}

/** What waits for an official: late first, since what is due first comes first. */
export async function inboxPage(visit: Visit, who: OfficialWho): Promise<Response> {
  const { t, api } = visit;
  const filters = filtersOf(visit);
  const { unit } = who.office;
  const [tasks, counts, procedures] = await Promise.all([
    api.get<{ items: ShownTask[]; next?: string }>(`/tasks?${queryOf(filters, unit).toString()}`),
    api.get<Counts>(`/tasks/counts?unit=${unit}&limit=1`),
    procedureNames(visit),
  ]);
  if (!tasks.ok) return refusedPage(visit, tasks.problem);
  const { items, next } = tasks.body;
  const rows = await Promise.all(items.map((task) => taskItem(visit, who, task)));
  return page(visit, {
    title: t.inbox.heading,
    at: 'tasks',
    body: html`<h1 class="govuk-heading-l">${t.inbox.heading}</h1>
      ${when(counts.ok, () => countsOf(visit, who, counts.ok ? counts.body : undefined))}
      ${filterForm(visit, filters, procedures)}
      ${
        rows.length === 0
          ? html`<p class="govuk-body">${t.inbox.nothing}</p>`
          : html`<ul class="ot-work">
              ${rows}
            </ul>`
      }
      ${when(
        next,
        () =>
          html`<p class="govuk-body">
            <a class="govuk-link" href="${AT}/tasks?${addressOf({ ...filters, after: next ?? '' })}">${t.more}</a>
          </p>`,
      )}`,
  });
}

function queryOf({ whose, status, procedure, after }: Filters, unit: string): URLSearchParams {
  return new URLSearchParams({
    limit: '25',
    status,
    ...(whose === 'me' && { person: 'me' }),
    ...(whose === 'unit' && { unit }),
    ...(procedure !== '' && { procedure }),
    ...(after !== '' && { after }),
  });
}

function addressOf(filters: Filters): string {
  return new URLSearchParams({ ...filters }).toString();
}

export function countsOf({ t }: Visit, { office, unitName }: OfficialWho, counts: Counts | undefined): Content {
  const own = counts?.units.find(({ unit, role }) => unit === office.unit && role === undefined);
  return (
    own &&
    html`<h2 class="govuk-heading-s govuk-!-margin-bottom-1">${t.inbox.of(unitName)}</h2>
      <ul class="ot-counts govuk-body">
        <li><strong>${shownCount(t, own.open)}</strong> ${t.inbox.open}</li>
        <li class="${own.late > 0 ? 'ot-late' : ''}"><strong>${shownCount(t, own.late)}</strong> ${t.inbox.late}</li>
        <li><strong>${shownCount(t, own.soon)}</strong> ${t.inbox.soon}</li>
        ${when(own.notes > 0, () => html`<li><strong>${shownCount(t, own.notes)}</strong> ${t.inbox.notes}</li>`)}
      </ul>`
  );
}

/** The API counts up to a thousand. */
export function shownCount(t: Texts, n: number): string {
  return n >= 1000 ? t.inbox.many : String(n);
}

/** Titles of the procedures in force, by id. */
async function procedureNames(visit: Visit): Promise<{ value: string; label: string }[]> {
  const listed = await visit.api.get<{ items: { id: string }[] }>('/procedures');
  const ids = listed.ok ? [...new Set(listed.body.items.map(({ id }) => id))] : [];
  const { catalogue } = visit.parts;
  const names = new Names(visit);
  const found = await Promise.all(
    ids.map(async (id) => {
      const current = await catalogue.current(id, visit.now);
      const pinned = current && (await catalogue.pinned(id, current.version));
      return pinned ? [{ value: id, label: names.text(pinned.procedure.title) }] : [];
    }),
  );
  return found.flat().toSorted((a, b) => a.label.localeCompare(b.label, visit.language));
}

function filterForm({ t }: Visit, filters: Filters, procedures: { value: string; label: string }[]): Markup {
  const { whose, status, procedure } = filters;
  const isFiltered = whose !== 'office' || status !== 'open' || procedure !== '';
  const field = { faults: [], t };
  return html`<details class="govuk-details ot-filters" ${isFiltered ? html`open` : ''}>
    <summary class="govuk-details__summary"><span class="govuk-details__summary-text">${t.inbox.filter}</span></summary>
    <form class="govuk-details__text" method="get" action="${AT}/tasks">
      ${selectField({
        ...field,
        id: 'whose',
        name: 'whose',
        label: t.inbox.whose,
        chosen: whose,
        choices: WHOSE.map((value) => ({ value, label: t.inbox[value] })),
      })}
      ${selectField({
        ...field,
        id: 'status',
        name: 'status',
        label: t.inbox.status,
        chosen: status,
        choices: STATUSES.map((value) => ({ value, label: t.inbox.statuses[value] })),
      })}
      ${selectField({
        ...field,
        id: 'procedure',
        name: 'procedure',
        label: t.inbox.procedure,
        chosen: procedure,
        choices: [{ value: '', label: t.inbox.allProcedures }, ...procedures],
      })}
      ${button(t.inbox.show, { secondary: true })}
    </form>
  </details>`;
}

async function taskItem(visit: Visit, { official, office }: OfficialWho, task: ShownTask): Promise<Markup> {
  const { t, now } = visit;
  const names = new Names(visit);
  const pinned = await definitionOf(visit, task);
  const title = pinned ? names.text(pinned.procedure.title) : task.procedure;
  const taken =
    task.claimedBy === null
      ? t.inbox.free
      : task.claimedBy === official.id
        ? t.inbox.claimedByMe
        : t.inbox.claimedBy(await names.official(task.claimedBy));
  const isOwn = task.unit === office.unit && task.role === office.role;
  const foreign = isOwn ? '' : ` (${names.role(task.role)} – ${await names.unit(task.unit)})`;
  return html`<li>
    <h2 class="govuk-heading-s">
      <a class="govuk-link govuk-link--no-visited-state" href="${AT}/tasks/${task.id}"
        >${title} – ${task.code ?? task.reference}</a
      >
    </h2>
    ${when(task.label, () => html`<p class="govuk-body govuk-!-font-weight-bold">${task.label}</p>`)}
    <p class="govuk-body">${taskName(visit, names, pinned, task)}${foreign}</p>
    <p class="govuk-body">
      ${task.due === null ? t.inbox.noDue : html`${t.inbox.due(tellDate(t, task.due))} ${lateFlag(visit, task.due, now)}`}
      <span class="govuk-!-margin-left-2">${taken}</span>
    </p>
  </li>`;
}

/** The definition a listed task belongs to, as far as its title: the version in force stands for an older one. */
async function definitionOf(
  { parts: { catalogue }, now }: Visit,
  { procedure }: ShownTask,
): Promise<Pinned | undefined> {
  const version = (await catalogue.current(procedure, now)) ?? (await catalogue.published(procedure)).at(-1);
  return version && catalogue.pinned(procedure, version.version);
}

/** What is to be done: the stage, and of a signature which part of it. */
export function taskName(
  { t }: Pick<Visit, 't'>,
  names: Names,
  pinned: Pinned | undefined,
  { stage, step }: { stage: string; step: string },
): string {
  const name = pinned ? names.stage(pinned, stage) : stage;
  const part = step.startsWith('personal')
    ? t.steps.personal
    : step.startsWith('initials')
      ? t.steps.initials
      : step === 'organisation'
        ? t.steps.organisation
        : undefined;
  return part === undefined ? name : `${name}: ${part}`;
}

/** A due date, and whether it is late: in words, never by colour alone. */
export function dueOf({ t }: Pick<Visit, 't'>, due: string | null, now: number): Content {
  return due === null ? t.inbox.noDue : html`${tellDate(t, due)} ${lateFlag({ t }, due, now)}`;
}

function lateFlag({ t }: Pick<Visit, 't'>, due: string, now: number): Content {
  const late = daysBetween(due, dateOf(now));
  return late > 0 ? tag(t.inbox.lateBy(late), 'red') : late === 0 ? tag(t.inbox.dueToday, 'yellow') : '';
}
