import { button, type Fault, summaryList, textField } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, when } from '../html/markup.ts';
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
  original?: boolean;
  /** The original carries files, and there is a PDF of all pages. */
  print?: boolean;
  affected?: { effect: keyof Visit['t']['papers']['effects']; by: string | null }[];
}

/** How far a dossier is, for anybody who has its code, and whether a paper that he holds is one of it; more to its applicant. */
export async function trackPage(visit: Visit): Promise<Response> {
  const { c, t, who } = visit;
  const asked = c.req.query('code');
  const code = typed(asked);
  const number = typed(c.req.query('number'));
  const mark = number === '' ? typed(c.req.query('mark')) : '';
  const held = { number, mark };
  const { tracked, isLimited } = code === '' ? NOT_ASKED : await askedFor(visit, code, held);
  const wrong = isLimited ? limitFaults(visit) : paperFaults(visit, held, tracked?.paper);
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
      ${tracked ? [shown(visit, code, tracked, own), await compared(visit, { code, held, paper: tracked.paper, wrong })] : ''}
      <form method="get" action="${AT}/track" novalidate>
        ${textField({ id: 'code', name: 'code', label: t.find.label, hint: t.track.hint, value: code, faults: unknown, t, width: 20 })}
        ${button(t.find.button)}
      </form>`,
  });
}

const NOT_ASKED = { tracked: undefined, isLimited: false } as const;

/** What is known of the paper in somebody's hand: what he typed, or else what its QR code says; empty: nothing. */
interface HeldPaper {
  number: string;
  mark: string;
}

/** How far it is, and what its paper comes to unless too many were tried. */
async function askedFor(
  { api }: Visit,
  code: string,
  { number, mark }: HeldPaper,
): Promise<{ tracked: Tracked | undefined; isLimited: boolean }> {
  const at = `/tracking/${encodeURIComponent(code)}`;
  const query =
    number !== '' ? `?number=${encodeURIComponent(number)}` : mark !== '' ? `?mark=${encodeURIComponent(mark)}` : '';
  const checked = await api.get<Tracked>(`${at}${query}`);
  const isLimited = checked.status === 429;
  const answer = isLimited || checked.status === 400 ? await api.get<Tracked>(at) : checked;
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

function paperFaults({ t }: Visit, { mark }: HeldPaper, paper: Paper | undefined): Fault[] {
  if (mark !== '' && !paper?.issued) return [{ field: 'number', text: t.track.unknownMark }];
  return paper?.issued === false ? [{ field: 'number', text: t.track.notIssued }] : [];
}

/** What a paper in somebody's hand can be compared with, and where its number is asked for. */
async function compared(
  visit: Visit,
  { code, held, paper, wrong }: { code: string; held: HeldPaper; paper: Paper | undefined; wrong: Fault[] },
): Promise<Content> {
  const { t } = visit;
  return html`<h2 class="govuk-heading-m">${t.track.paper}</h2>
    ${paper?.issued ? await found(visit, paper, originalAt(code, held, paper)) : ''}
    <form method="get" action="${AT}/track" novalidate>
      <input type="hidden" name="code" value="${code}" />
      ${textField({ id: 'number', name: 'number', label: t.track.number, hint: t.track.numberHint, value: held.number, faults: wrong, t, width: 20 })}
      ${button(t.track.check, { secondary: true })}
    </form>`;
}

/** Where the electronic original of a print can be read, if its QR code was followed. */
function originalAt(code: string, { mark }: HeldPaper, { original = false }: Paper): string | undefined {
  return original ? `/v1/tracking/${encodeURIComponent(code)}/paper?mark=${encodeURIComponent(mark)}` : undefined;
}

async function found(visit: Visit, paper: Paper, original: string | undefined): Promise<Content> {
  const { t } = visit;
  const { number = null, unit, sealed, print = false } = paper;
  return html`${summaryList([
    ...(number === null ? [] : [{ key: t.track.number, value: number }]),
    { key: t.track.issuedBy, value: await new Names(visit).unit(unit) },
    ...(sealed === undefined ? [] : [{ key: t.track.sealed, value: tellDate(t, dateOf(Date.parse(sealed))) }]),
    { key: t.track.holds, value: standing(visit, paper) },
  ])}
  ${
    original === undefined
      ? html`<p class="govuk-body">${t.track.compare}</p>`
      : html`<p class="govuk-body">${t.track.compareOriginal}</p>
          ${when(
            print,
            () =>
              html`<p class="govuk-body">
                <a class="govuk-link" href="${original}&amp;print=true">${t.track.print}</a>
              </p>`,
          )}
          <p class="govuk-body">
            <a class="govuk-link" href="${original}">${print ? t.track.originalWithFiles : t.track.original}</a>
          </p>`
  }`;
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
