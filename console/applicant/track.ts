import { button, summaryList, textField } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, when } from '../html/markup.ts';
import { dateOf, tellDate } from '../tell.ts';
import { AT, type Visit } from '../visit.ts';

interface Tracked {
  code: string | null;
  completion: 'in-process' | 'complete';
  affected?: unknown[];
  valid?: { until: string }[];
}

/** How far a dossier is, for anybody who has its code; more to its applicant. */
export async function trackPage(visit: Visit): Promise<Response> {
  const { c, t, api, who } = visit;
  const asked = c.req.query('code');
  const code = (asked ?? '').trim().slice(0, 100);
  const tracked = code === '' ? undefined : await api.get<Tracked>(`/tracking/${encodeURIComponent(code)}`);
  const fault = asked === undefined || tracked?.ok === true ? undefined : code === '' ? t.find.enter : t.track.unknown;
  const own = tracked?.ok && who.kind === 'applicant' ? await ownDossier(visit, code) : undefined;
  return page(visit, {
    title: t.nav.track,
    at: 'track',
    faults: fault === undefined ? [] : [{ field: 'code', text: fault }],
    ...(fault !== undefined && { status: code === '' ? (422 as const) : (404 as const) }),
    body: html`<h1 class="govuk-heading-l">${t.nav.track}</h1>
      ${when(tracked?.ok, () => (tracked?.ok ? shown(visit, code, tracked.body, own) : ''))}
      <form method="get" action="${AT}/track" novalidate>
        ${textField({ id: 'code', name: 'code', label: t.find.label, hint: t.track.hint, value: code, faults: fault === undefined ? [] : [{ field: 'code', text: fault }], t, width: 20 })}
        ${button(t.find.button)}
      </form>`,
  });
}

async function ownDossier({ api }: Visit, code: string): Promise<string | undefined> {
  for (const name of ['code', 'reference']) {
    const found = await api.get<{ items: { id: string }[] }>(`/dossiers?${name}=${encodeURIComponent(code)}`);
    if (found.ok && found.body.items[0]) return found.body.items[0].id;
  }
  return undefined;
}

function shown({ t, who, parts }: Visit, code: string, tracked: Tracked, own: string | undefined): Content {
  const here = `${AT}/track?code=${encodeURIComponent(code)}`;
  return html`${summaryList([
    { key: t.dossier.code, value: tracked.code ?? t.track.noCode },
    { key: t.dossier.status, value: tracked.completion === 'complete' ? t.track.complete : t.track.inProcess },
    ...(tracked.affected ? [{ key: t.dossier.result, value: t.track.affected }] : []),
    ...(tracked.valid ?? []).map(({ until }) => ({
      key: t.track.validity,
      value: (Date.parse(until) < parts.clock.now() ? t.track.expired : t.track.valid)(
        tellDate(t, dateOf(Date.parse(until))),
      ),
    })),
  ])}
  ${
    own !== undefined
      ? html`<p class="govuk-body"><a class="govuk-link" href="${AT}/mine/${own}">${t.received.follow}</a></p>`
      : who.kind === 'anyone' && parts.login
        ? html`<p class="govuk-body">
            <a class="govuk-link" href="${AT}/login?to=${encodeURIComponent(here)}">${t.track.logIn}</a>
          </p>`
        : ''
  }`;
}
