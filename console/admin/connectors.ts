import type { Connector } from '../../schemas/connector.ts';
import { page } from '../html/layout.ts';
import { type Content, html } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import { tellInstant } from '../tell.ts';
import type { Visit } from '../visit.ts';

type Described = Pick<Connector, 'id' | 'name' | 'authority' | 'readiness'>;

/** `GET /breakers`. */
interface Breaker {
  url: string;
  connectors: string[];
  state: 'closed' | 'open' | 'trying';
  since: string;
  until: string | null;
  failures: number;
  lastFailure: { at: string; why: string; detail: string } | null;
  lastAnswer: string | null;
}

/** Registers and systems that are described, and where their circuit breakers stand as this process knows it. */
export async function connectorsPage(visit: Visit): Promise<Response> {
  const { t, api, c } = visit;
  const after = c.req.query('after');
  const [listed, told] = await Promise.all([
    api.get<{ items: Described[]; next?: string }>(
      `/connectors?limit=50${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`,
    ),
    api.get<{ since: string; items: Breaker[] }>('/breakers'),
  ]);
  if (!listed.ok) return refusedPage(visit, listed.problem);
  if (!told.ok) return refusedPage(visit, told.problem);
  const { items, next } = listed.body;
  const breakers = told.body.items;
  const unnamed = breakers.filter(({ connectors }) => connectors.length === 0);
  const rows = [
    ...items.map((each) => ({
      name: html`<strong>${each.name}</strong><br />${each.authority}`,
      readiness: t.connectors.readiness[each.readiness],
      met: breakers.filter(({ connectors }) => connectors.includes(each.id)),
    })),
    ...unnamed.map((each) => ({
      name: html`<span class="ot-break">${new URL(each.url).host}</span>`,
      readiness: t.connectors.configured,
      met: [each],
    })),
  ];
  return page(visit, {
    title: t.connectors.heading,
    at: 'connectors',
    body: html`<h1 class="govuk-heading-l">${t.connectors.heading}</h1>
      <p class="govuk-body">${t.connectors.intro}</p>
      <p class="govuk-body">${t.connectors.process(tellInstant(t, told.body.since))}</p>
      ${
        rows.length === 0
          ? html`<p class="govuk-body">${t.connectors.none}</p>`
          : dataTable<(typeof rows)[number]>(
              t.connectors.heading,
              [
                { name: t.connectors.system, cell: ({ name }) => name },
                { name: t.connectors.described, cell: ({ readiness }) => readiness },
                { name: t.connectors.breaker, cell: ({ met }) => standing(visit, met) },
                { name: t.connectors.last, cell: ({ met }) => lastOf(visit, met) },
              ],
              rows,
            )
      }
      ${
        next === undefined
          ? ''
          : html`<p class="govuk-body">
              <a class="govuk-link" href="?after=${encodeURIComponent(next)}">${t.connectors.more}</a>
            </p>`
      }`,
  });
}

function standing({ t }: Visit, met: readonly Breaker[]): Content {
  if (met.length === 0) return t.connectors.notMet;
  return met.map(({ state, since, until }) => {
    const told = t.connectors.states[state](tellInstant(t, since), until === null ? '' : tellInstant(t, until));
    return html`<div>${state === 'closed' ? told : html`<strong>${told}</strong>`}</div>`;
  });
}

function lastOf({ t }: Visit, met: readonly Breaker[]): Content {
  return met.map(
    ({ lastFailure, lastAnswer, failures }) =>
      html`<div>
        ${lastFailure === null ? t.connectors.noFailure : t.connectors.failed(tellInstant(t, lastFailure.at), lastFailure.detail, failures)}
        ${lastAnswer === null ? '' : html`<br />${t.connectors.answered(tellInstant(t, lastAnswer))}`}
      </div>`,
  );
}
