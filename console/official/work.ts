import type { OfficialsDecisions, RatedProcedure, StageWork, WeekOfResults, Work } from '../../schemas/work.ts';
import { barChart } from '../html/chart.ts';
import { details, summaryList } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import { tellDate, tellNumber } from '../tell.ts';
import { AT, Names, pinnedOf, type Visit } from '../visit.ts';
import { type Counts, countsOf, shownCount } from './inbox.ts';
import type { OfficialWho } from './task.ts';

/** Where the work of one's unit stands. */
export async function workPage(visit: Visit, who: OfficialWho): Promise<Response> {
  const { c, t, api } = visit;
  const after = c.req.query('after') ?? '';
  const { unit } = who.office;
  const [work, counts, parked] = await Promise.all([
    api.get<Work>(`/work?unit=${unit}`),
    api.get<Counts>(`/tasks/counts?unit=${unit}&limit=25${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`),
    api.get<{ items: unknown[]; next?: string }>('/dossiers?status=parked&limit=25'),
  ]);
  if (!work.ok) return refusedPage(visit, work.problem);
  const standing = parked.ok ? parked.body.items.length : 0;
  return page(visit, {
    title: t.work.heading,
    at: 'work',
    body: html`<span class="govuk-caption-l">${who.unitName}</span>
      <h1 class="govuk-heading-l">${t.work.heading}</h1>
      ${when(counts.ok, () => countsOf(visit, who, counts.ok ? counts.body : undefined))}
      ${when(
        standing > 0,
        () =>
          html`<div class="govuk-inset-text">
            <a class="govuk-link" href="${AT}/stalled"
              >${t.work.stalled(parked.ok && parked.body.next !== undefined ? `${standing}+` : String(standing))}</a
            >
          </div>`,
      )}
      ${await stagesOf(visit, work.body)} ${counts.ok ? await officialsOf(visit, counts.body, work.body.decisions) : ''}
      ${resultsOf(visit, work.body.results)} ${await ratingsOf(visit, work.body.ratings)}
      <p class="govuk-body"><a class="govuk-link" href="${AT}/stalled">${t.stalled.heading}</a></p>
      <p class="govuk-body"><a class="govuk-link" href="${AT}/paper-debt">${t.paperDebt.heading}</a></p>
      <p class="govuk-body"><a class="govuk-link" href="${AT}/money">${t.book.heading}</a></p>
      ${details(t.work.notShown, html`<p>${t.work.notShownText}</p>`)}`,
  });
}

interface NamedStage extends StageWork {
  title: string;
  name: string;
}

async function stagesOf(visit: Visit, { stages, stagesComplete }: Work): Promise<Markup> {
  const { t } = visit;
  const names = new Names(visit);
  const named = await Promise.all(
    stages.map(async (stage): Promise<NamedStage> => {
      const pinned = await pinnedOf(visit, stage.procedure);
      return {
        ...stage,
        title: pinned ? names.text(pinned.procedure.title) : stage.procedure,
        name: pinned ? names.stage(pinned, stage.stage) : stage.stage,
      };
    }),
  );
  const heading = html`<h2 class="govuk-heading-m">${t.work.byStage}</h2>`;
  if (named.length === 0)
    return html`${heading}
      <p class="govuk-body">${t.inbox.nothing}</p>`;
  return html`${heading} ${when(!stagesComplete, () => html`<p class="govuk-body">${t.work.notAll}</p>`)}
  ${barChart({
    id: 'stages',
    title: t.work.stagesChart,
    description: t.work.stagesChartText,
    bars: named.map(({ name, open, late }) => ({
      label: name,
      value: open,
      part: late,
      told: t.work.openLate(open, late),
    })),
  })}
  ${dataTable<NamedStage>(
    t.work.byStage,
    [
      { name: t.dossier.stage, cell: ({ title, name }) => html`${name}<br /><span class="ot-of">${title}</span>` },
      { name: t.work.open, numeric: true, cell: ({ open }) => open },
      { name: t.work.late, numeric: true, cell: ({ late }) => late },
      { name: t.work.soon, numeric: true, cell: ({ soon }) => soon },
      { name: t.work.taken, numeric: true, cell: ({ taken }) => taken },
      { name: t.work.waited, numeric: true, cell: ({ waitedDays }) => tellNumber(t, waitedDays) },
    ],
    named,
  )}`;
}

/** Weeks that are compared with as many before. */
const LATELY = 4;

async function officialsOf(
  visit: Visit,
  { officials: { items, next } }: Counts,
  { officials, complete }: Work['decisions'],
): Promise<Content> {
  const { t } = visit;
  const names = new Names(visit);
  const made = new Map(officials.map((each) => [each.official, each]));
  const named = await Promise.all(
    items.map(async (item) => {
      const own = made.get(item.official);
      const decided = (ago: number): number | undefined => (own ? decidedIn(own.weeks, ago) : complete ? 0 : undefined);
      const name = await names.official(item.official);
      return { ...item, name, medianDays: own?.medianDays ?? null, lately: decided(0), before: decided(LATELY) };
    }),
  );
  const shown = (count: number | undefined): Content => count ?? '–';
  return html`<h2 class="govuk-heading-m">${t.work.byOfficial}</h2>
    <p class="govuk-body">${t.work.byOfficialHint}</p>
    ${when(!complete, () => html`<p class="govuk-body">${t.work.notAllDecisions}</p>`)}
    ${when(
      named.some(({ lately = 0 }) => lately > 0),
      () =>
        barChart({
          id: 'officials',
          title: t.work.officialsChart,
          description: t.work.officialsChartText,
          bars: named.map(({ name, lately = 0, before = 0 }) => ({
            label: name,
            value: lately,
            part: 0,
            told: t.work.decidedBefore(lately, before),
          })),
        }),
    )}
    ${dataTable(
      t.work.byOfficial,
      [
        { name: t.work.official, cell: ({ name }) => name },
        { name: t.work.open, numeric: true, cell: ({ open }) => shownCount(t, open) },
        { name: t.work.late, numeric: true, cell: ({ late }) => shownCount(t, late) },
        { name: t.work.soon, numeric: true, cell: ({ soon }) => shownCount(t, soon) },
        { name: t.work.decidedLately, numeric: true, cell: ({ lately }) => shown(lately) },
        { name: t.work.decidedEarlier, numeric: true, cell: ({ before }) => shown(before) },
        {
          name: t.work.decisionDays,
          numeric: true,
          cell: ({ medianDays }) => (medianDays === null ? '–' : tellNumber(t, medianDays)),
        },
      ],
      named,
    )}
    ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/work?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}`;
}

/** Decided in four weeks that end so many weeks ago; nothing is said of weeks that were not counted. */
function decidedIn(weeks: OfficialsDecisions['weeks'], ago: number): number | undefined {
  if (weeks.length < ago + LATELY) return undefined;
  const those = weeks.slice(weeks.length - ago - LATELY, weeks.length - ago);
  return those.reduce((sum, { decided }) => sum + decided, 0);
}

function resultsOf({ t }: Visit, { dossiers, late, medianDays, complete, weeks }: Work['results']): Markup {
  const heading = html`<h2 class="govuk-heading-m">${t.work.results}</h2>`;
  if (dossiers === 0)
    return html`${heading}
      <p class="govuk-body">${t.work.noResults}</p>`;
  const days = (value: number | null): string => (value === null ? '–' : tellNumber(t, value));
  return html`${heading}
    <p class="govuk-body">${complete ? t.work.allResults(dossiers) : t.work.someResults(dossiers)}</p>
    ${summaryList([
      {
        key: t.work.median,
        value: html`${days(medianDays)}<br /><span class="govuk-hint">${t.work.medianHint}</span>`,
      },
      { key: t.work.inTime, value: t.work.share(dossiers - late, dossiers) },
    ])}
    ${when(
      weeks.length > 0,
      () =>
        html`${barChart({
          id: 'weeks',
          title: t.work.weeksChart,
          description: t.work.weeksChartText,
          bars: weeks.map((week) => ({
            label: shortDate(week.from),
            value: week.dossiers,
            part: week.late,
            told: t.work.resultsLate(week.dossiers, week.late),
          })),
        })}
        ${dataTable<WeekOfResults>(
          t.work.weeks,
          [
            { name: t.work.week, cell: ({ from }) => tellDate(t, from) },
            { name: t.work.resultsGiven, numeric: true, cell: (week) => week.dossiers },
            { name: t.work.afterPromise, numeric: true, cell: (week) => week.late },
            { name: t.work.median, numeric: true, cell: (week) => days(week.medianDays) },
          ],
          weeks,
        )}`,
    )}`;
}

/** What applicants said, where somebody did. */
async function ratingsOf(visit: Visit, ratings: readonly RatedProcedure[]): Promise<Content> {
  const { t } = visit;
  const names = new Names(visit);
  const rated = await Promise.all(
    ratings
      .filter((each) => each.rated > 0)
      .map(async (each) => {
        const pinned = await pinnedOf(visit, each.procedure);
        return { ...each, title: pinned ? names.text(pinned.procedure.title) : each.procedure };
      }),
  );
  return html`<h2 class="govuk-heading-m">${t.work.ratings}</h2>
    <p class="govuk-body">${rated.length === 0 ? t.work.noRatings : t.work.ratingsHint}</p>
    ${when(rated.length > 0, () =>
      dataTable<(typeof rated)[number]>(
        t.work.ratings,
        [
          { name: t.work.procedure, cell: ({ title }) => title },
          { name: t.work.rated, numeric: true, cell: (each) => t.work.share(each.rated, each.dossiers) },
          { name: t.work.mean, numeric: true, cell: ({ mean }) => (mean === null ? '–' : tellNumber(t, mean)) },
          { name: t.work.low, numeric: true, cell: ({ low }) => low },
        ],
        rated,
      ),
    )}`;
}

function shortDate(date: string): string {
  const [, month = '', day = ''] = date.split('-');
  return `${day}/${month}`;
}
