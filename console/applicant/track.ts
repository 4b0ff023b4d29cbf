import { button, type Fault, summaryList, textField } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html } from '../html/markup.ts';
import { dateOf, tellDate } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';

interface Tracked {
  code: string | null;
  completion: 'in-process' | 'complete';
  affected?: unknown[];
  valid?: { until: string }[];
  paper?: Paper;
}

interface Paper {
  issued: boolean;
  number?: string | null;
  unit?: string | null;
  sealed?: string;
  until?: string | null;
  void?: boolean;
  affected?: { effect: keyof Visit['t']['papers']['effects']; by: string | null }[];
}

/** How far a dossier is, for anybody who has its code, and whether a paper that he holds is one of it; more to its applicant. */
export async function trackPage(visit: Visit): Promise<Response> {
  const { c, t, who } = visit;
  const asked = c.req.query('code');
  const code = typed(asked);
  const number = typed(c.req.query('number'));
  const { tracked, isLimited } = code === '' ? NOT_ASKED : await askedFor(visit, code, number);
  const wrong = isLimited ? limitFaults(visit) : numberFaults(visit, tracked?.paper);
  const unknown =
    asked === undefined || tracked ? [] : [{ field: 'code', text: code === '' ? t.find.enter : t.track.unknown }];
  const own = tracked && who.kind === 'applicant' ? await ownDossier(visit, code) : undefined;
  return page(visit, {
    title: t.nav.track,
    at: 'track',
    faults: [...unknown, ...wrong],
    ...(isLimited && { status: 429 as const }),
    ...(unknown.length > 0 && { status: code === '' ? (422 as const) : (404 as const) }),
    body: html`<h1 class="govuk-heading-l">${t.nav.track}</h1>
      ${tracked ? [shown(visit, code, tracked, own), await compared(visit, { code, number, paper: tracked.paper, wrong })] : ''}
      <form method="get" action="${AT}/track" novalidate>
        ${textField({ id: 'code', name: 'code', label: t.find.label, hint: t.track.hint, value: code, faults: unknown, t, width: 20 })}
        ${button(t.find.button)}
      </form>`,
  });
}

const NOT_ASKED = { tracked: undefined, isLimited: false } as const;

/** How far it is, and what its number comes to unless too many were tried. */
async function askedFor(
  { api }: Visit,
  code: string,
  number: string,
): Promise<{ tracked: Tracked | undefined; isLimited: boolean }> {
  const at = `/tracking/${encodeURIComponent(code)}`;
  const checked = await api.get<Tracked>(number === '' ? at : `${at}?number=${encodeURIComponent(number)}`);
  const isLimited = checked.status === 429;
  const answer = isLimited ? await api.get<Tracked>(at) : checked;
  return { tracked: answer.ok ? answer.body : undefined, isLimited };
}

function typed(value: string | undefined): string {
  return [...(value ?? '').trim()].slice(0, 100).join('');
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

/** Who is logged in is counted by himself: others' tries do not stand in his way. */
function limitFaults({ t, who, parts }: Visit): Fault[] {
  const canLogIn = who.kind === 'anyone' && parts.login !== undefined;
  return [{ field: 'number', text: canLogIn ? t.track.tooManyLogIn : t.track.tooMany }];
}

function numberFaults({ t }: Visit, paper: Paper | undefined): Fault[] {
  return paper?.issued === false ? [{ field: 'number', text: t.track.notIssued }] : [];
}

/** What a paper in somebody's hand can be compared with, and where its number is asked for. */
async function compared(
  visit: Visit,
  { code, number, paper, wrong }: { code: string; number: string; paper: Paper | undefined; wrong: Fault[] },
): Promise<Content> {
  const { t } = visit;
  return html`<h2 class="govuk-heading-m">${t.track.paper}</h2>
    ${paper?.issued ? await found(visit, paper) : ''}
    <form method="get" action="${AT}/track" novalidate>
      <input type="hidden" name="code" value="${code}" />
      ${textField({ id: 'number', name: 'number', label: t.track.number, hint: t.track.numberHint, value: number, faults: wrong, t, width: 20 })}
      ${button(t.track.check, { secondary: true })}
    </form>`;
}

async function found(visit: Visit, paper: Paper): Promise<Content> {
  const { t } = visit;
  const { number = null, unit, sealed } = paper;
  return html`${summaryList([
      ...(number === null ? [] : [{ key: t.track.number, value: number }]),
      { key: t.track.issuedBy, value: await new Names(visit).unit(unit) },
      ...(sealed === undefined ? [] : [{ key: t.track.sealed, value: tellDate(t, dateOf(Date.parse(sealed))) }]),
      { key: t.track.holds, value: standing(visit, paper) },
    ])}
    <p class="govuk-body">${t.track.compare}</p>`;
}

function standing({ t, parts }: Visit, { void: isVoid, until = null, affected = [] }: Paper): string {
  if (isVoid) return t.track.void;
  const effects = affected.map(({ effect, by }) =>
    [t.papers.effects[effect], ...(by === null ? [] : [t.track.byNumber(by)])].join(' '),
  );
  const isOver = until !== null && Date.parse(until) < parts.clock.now();
  const end =
    until === null ? [] : [(isOver ? t.track.expired : t.track.valid)(tellDate(t, dateOf(Date.parse(until))))];
  return effects.length + end.length === 0 ? t.track.good : [...effects, ...end].join('; ');
}
