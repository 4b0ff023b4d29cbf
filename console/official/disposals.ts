import type * as z from 'zod';
import type { Problem } from '../../schemas/api.ts';
import type { DisposalList, ListedRecord, ListedRecords } from '../../schemas/archive.ts';
import { codeOf } from '../ask-api.ts';
import { type Row, summaryList, tag } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, when } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { plainPage, refusedPage } from '../refused.ts';
import { tellDate, tellInstant } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';
import type { DisposalAct } from './disposal-acts.ts';
import { keeps } from './holds.ts';
import { titlesOf } from './records.ts';
import type { OfficialWho } from './task.ts';

const LISTS = `${AT}/disposals`;

/** What the page of a list leads to; whether he may is the API’s to judge. */
function offeredActs(visit: Visit, { official, office }: OfficialWho, list: DisposalList): DisposalAct[] {
  if (list.status !== 'proposed' || !keeps(visit, office)) return [];
  const isOwn = list.unit === office.unit;
  const isAbove = visit.units.some(({ id, parent }) => id === list.unit && parent === office.unit);
  const mayJudge = (isOwn || isAbove) && list.proposed.by !== official.id;
  const hasApproved = list.approved.some(({ by }) => by === official.id);
  return [
    ...(mayJudge && !hasApproved ? (['approval'] as const) : []),
    ...(mayJudge ? (['refusal'] as const) : []),
    ...(isOwn ? (['withdrawal'] as const) : []),
  ];
}

/** Lists of the official's unit and of those whose lists it judges. */
export async function disposalsPage(visit: Visit): Promise<Response> {
  const { t, api, c } = visit;
  const after = c.req.query('after');
  const answer = await api.get<{ items: DisposalList[]; next?: string }>(
    `/disposals${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`,
  );
  if (!answer.ok) return refusedPage(visit, answer.problem, { back: `${AT}/find` });
  const { items, next } = answer.body;
  const names = new Names(visit);
  const rows = await Promise.all(
    items.map(async (list) => ({
      ...list,
      unitName: await names.unit(list.unit),
      by: await names.official(list.proposed.by),
    })),
  );
  return page(visit, {
    title: t.disposals.heading,
    at: 'find',
    back: `${AT}/find`,
    body: html`<h1 class="govuk-heading-l">${t.disposals.heading}</h1>
      <p class="govuk-body">${t.disposals.intro}</p>
      <p class="govuk-body"><a class="govuk-link" href="${AT}/records">${t.records.heading}</a></p>
      ${
        rows.length === 0
          ? html`<p class="govuk-body">${next === undefined ? t.disposals.none : t.disposals.noneHere}</p>`
          : dataTable(
              t.disposals.heading,
              [
                {
                  name: t.disposals.number,
                  cell: ({ id, number }) => html`<a class="govuk-link" href="${LISTS}/${id}">${number}</a>`,
                },
                { name: t.disposals.unit, cell: ({ unitName }) => unitName },
                {
                  name: t.disposals.fate,
                  cell: ({ fate, dossiers }) => `${t.disposals.fates[fate]}: ${t.disposals.count(dossiers.length)}`,
                },
                { name: t.disposals.proposedBy, cell: ({ by, proposed }) => `${by}, ${tellInstant(t, proposed.at)}` },
                { name: t.disposals.status, cell: (list) => statusTag(visit, list) },
              ],
              rows,
            )
      }
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${LISTS}?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}`,
  });
}

function statusTag({ t }: Visit, { status, approved }: DisposalList): Content {
  const colour = { proposed: 'blue', approved: 'green', declined: 'red', withdrawn: 'grey' } as const;
  const text = status === 'proposed' ? t.disposals.waits(approved.length) : t.disposals.statuses[status];
  return tag(text, colour[status]);
}

/** A list: on what authority, who judged it, and its records with what became of each. */
export async function disposalPage(visit: Visit, who: OfficialWho, id: string): Promise<Response> {
  const { t, api, c } = visit;
  const at = `/disposals/${encodeURIComponent(id)}`;
  const after = c.req.query('after');
  const read = await api.get<DisposalList>(at);
  if (!read.ok) return refusedList(visit, id, read.problem);
  const listed = await api.get<z.infer<typeof ListedRecords>>(
    `${at}/dossiers${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`,
  );
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: LISTS });
  const list = read.body;
  const { items, next } = listed.body;
  const acts = offeredActs(visit, who, list);
  return page(visit, {
    title: t.disposals.one(list.number),
    at: 'find',
    back: LISTS,
    body: html`<h1 class="govuk-heading-l">${t.disposals.one(list.number)}</h1>
      ${summaryList([{ key: t.disposals.status, value: statusTag(visit, list) }, ...(await rowsOf(visit, list))])}
      ${when(
        acts.length > 0,
        () =>
          html`<ul class="govuk-list">
            ${acts.map((act) => html`<li><a class="govuk-link" href="${LISTS}/${list.id}/${act}">${t.disposals.acts[act].heading}</a></li>`)}
          </ul>`,
      )}
      <h2 class="govuk-heading-m">${t.disposals.records}</h2>
      ${await recordTable(visit, who, { list, items })}
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${LISTS}/${list.id}?after=${encodeURIComponent(next ?? '')}">${t.records.more}</a></p>`)}`,
  });
}

/** What was refused, in the words of lists: elsewhere the same refusals are of dossiers. */
export function refusedList(visit: Visit, id: string, problem: Problem): Promise<Response> {
  const { t } = visit;
  const text = t.disposals.refused[codeOf(problem)];
  if (text === undefined) return refusedPage(visit, problem, { back: LISTS });
  return plainPage(visit, {
    title: t.refused.heading,
    text,
    status: problem.status === 409 ? 409 : 403,
    link: { href: `${LISTS}/${encodeURIComponent(id)}`, text: t.disposals.toIt },
  });
}

/** What the list says, and who said what about it. */
export async function rowsOf(visit: Visit, list: DisposalList): Promise<Row[]> {
  const { t } = visit;
  const names = new Names(visit);
  const hand = async ({ by, at, unit }: { by: string; at: string; unit: string }): Promise<string> =>
    `${await names.official(by)}, ${await names.unit(unit)}, ${tellInstant(t, at)}`;
  const approved = await Promise.all(list.approved.map(hand));
  return [
    { key: t.disposals.unit, value: await names.unit(list.unit) },
    { key: t.disposals.basis, value: list.legalBasis },
    { key: t.disposals.why, value: t.disposals.whys[list.why] },
    { key: t.disposals.fate, value: `${t.disposals.fates[list.fate]}: ${t.disposals.count(list.dossiers.length)}` },
    ...(list.to === undefined ? [] : [{ key: t.disposals.to, value: list.to }]),
    { key: t.disposals.proposedBy, value: await hand({ ...list.proposed, unit: list.unit }) },
    ...approved.map((value) => ({ key: t.disposals.approvedBy, value })),
    ...(list.declined
      ? [
          { key: t.disposals.declinedBy, value: await hand(list.declined) },
          { key: t.disposals.reason, value: list.declined.reason },
        ]
      : []),
  ];
}

async function recordTable(
  visit: Visit,
  { office }: OfficialWho,
  { list, items }: { list: DisposalList; items: ListedRecord[] },
): Promise<Content> {
  const { t } = visit;
  const titles = await titlesOf(
    visit,
    items.map(({ procedure }) => procedure),
  );
  const isOwn = list.unit === office.unit;
  return dataTable<ListedRecord>(
    t.disposals.records,
    [
      {
        name: t.records.dossier,
        cell: ({ dossier, code, reference, procedure, disposed }) => {
          const name = code ?? reference;
          const told =
            isOwn && disposed === undefined
              ? html`<a class="govuk-link" href="${AT}/dossiers/${dossier}">${name}</a>`
              : name;
          return html`${told}<br />${titles.get(procedure)}`;
        },
      },
      { name: t.records.closed, cell: ({ closed }) => tellInstant(t, closed) },
      {
        name: t.records.due,
        cell: ({ due, legalBasis }) =>
          due === undefined
            ? t.disposals.noTime
            : html`${tellDate(t, due)}<br />${[legalBasis ?? []].flat().join('; ')}`,
      },
      { name: t.disposals.state, cell: (record) => stateOf(visit, list, record) },
    ],
    items,
  );
}

/** What became of a record, or will. */
function stateOf({ t }: Visit, { status, fate }: DisposalList, { disposed, left, held }: ListedRecord): Content {
  if (disposed !== undefined) return t.disposals.gone(fate, tellInstant(t, disposed));
  if (left) {
    const why = left.fault === undefined ? left.why : t.disposals.faults[left.fault];
    return html`<strong>${t.disposals.spared}</strong><br />${why}`;
  }
  if (status === 'approved') return t.disposals.underWay;
  return held ? html`<strong>${t.records.held}</strong>` : t.disposals.there;
}
