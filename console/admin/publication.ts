import { randomUUID } from 'node:crypto';
import type { Impact } from '../../schemas/impact.ts';
import { dateIn, timeOf } from '../forms/answers.ts';
import { button, dateField, type Fault } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { html, type Markup, when } from '../html/markup.ts';
import { refusedPage } from '../refused.ts';
import { OFFSET } from '../tell.ts';
import type { Visit } from '../visit.ts';
import { changesShown } from './changes.ts';
import { addressOf, instant, pathOf, readVersion, statusTag, type Version } from './version.ts';

type Sent = Readonly<Record<string, unknown>>;

/** What publishing a draft would do, before it is done. */
export async function publishPage(visit: Visit, id: string, version: string): Promise<Response> {
  const { t, api } = visit;
  const of = { id, version };
  const back = addressOf(of);
  const wanted = wantedIn(visit);
  const faults = wanted.faults;
  const [found, foreseen] = await Promise.all([
    readVersion(visit, id, version),
    api.post<Impact>(`${pathOf(of)}/impact`, { effectiveFrom: wanted.at }),
  ]);
  if (!found.ok) return refusedPage(visit, found.problem, { back });
  if (!foreseen.ok) return refusedPage(visit, foreseen.problem, { back });
  const impact = foreseen.body;
  const title = t.definitions.publishing(id, version);
  const isReady = impact.refused === null && impact.status === 'draft' && faults.length === 0;
  return page(visit, {
    title,
    at: 'definitions',
    back,
    faults,
    status: faults.length > 0 ? 422 : 200,
    body: html`<h1 class="govuk-heading-l">${title}</h1>
      ${when(impact.status === 'draft', () => instantForm(visit, { action: `${back}/publish`, wanted }))}
      ${faults.length > 0 ? '' : whatHappens(visit, impact)}
      ${when(isReady, () =>
        confirmForm(visit, {
          action: `${back}/publish`,
          back,
          text: t.definitions.publish,
          fields: { digest: found.body.digest, ...(wanted.at !== undefined && { effectiveFrom: wanted.at }) },
        }),
      )}`,
  });
}

interface Wanted {
  /** Absent: as the text announces, at once if that has passed. */
  at: string | undefined;
  typed: Record<'day' | 'month' | 'year' | 'time', string>;
  faults: Fault[];
}

/** The instant that the address asks for; without a time it is the beginning of the day. */
function wantedIn({ c, t }: Visit): Wanted {
  const part = (name: string): string => (c.req.query(`from.${name}`) ?? '').trim();
  const typed = { day: part('day'), month: part('month'), year: part('year'), time: part('time') };
  if (Object.values(typed).every((each) => each === '')) return { at: undefined, typed, faults: [] };
  const date = dateIn(typed);
  const time = typed.time === '' ? '00:00' : timeOf(typed.time);
  if (date === undefined || time === undefined)
    return { at: undefined, typed, faults: [{ field: 'from', text: t.forms.dateTime(t.definitions.from) }] };
  return { at: new Date(`${date}T${time}:00${OFFSET}`).toISOString(), typed, faults: [] };
}

/** Asks what would happen from another instant; publishes nothing. */
function instantForm(visit: Visit, { action, wanted }: { action: string; wanted: Wanted }): Markup {
  const { t } = visit;
  const { typed, faults } = wanted;
  return html`<form method="get" action="${action}" novalidate>
    ${dateField({ id: 'from', name: 'from', label: t.definitions.from, hint: t.definitions.fromHint, value: typed, time: typed.time, faults, t })}
    ${button(t.definitions.foresee, { secondary: true })}
  </form>`;
}

function whatHappens(visit: Visit, impact: Impact): Markup {
  const { t } = visit;
  const { refused } = impact;
  return html`${
    refused
      ? html`<div class="govuk-inset-text">
          ${t.definitions.wouldRefuse}: ${refusedWhy(visit, refused)} <span lang="en">${refused.detail}</span>
        </div>`
      : html`<h2 class="govuk-heading-m">${t.decide.happens}</h2>
          <ul class="govuk-list govuk-list--bullet">
            ${impactTold(visit, impact).map((each) => html`<li>${each}</li>`)}
          </ul>`
  }
  ${impact.versions.map(
    (other) =>
      html`<h2 class="govuk-heading-m">${t.definitions.since(other.version)}</h2>
        <p class="govuk-body">${t.definitions.openDossiers(other.complete ? String(other.open) : `${other.open}+`)}</p>
        ${changesShown(visit, other.changes)}`,
  )}`;
}

/** In the words of the reader, where there are any. */
function refusedWhy({ t }: Visit, { code }: { code: string }): string {
  return t.refused[code] ?? '';
}

function impactTold(visit: Visit, { effectiveFrom, replaces }: Impact): string[] {
  const { t } = visit;
  return [
    t.definitions.starts(instant(visit, effectiveFrom)),
    ...(replaces === null ? [] : [t.definitions.instead(replaces)]),
    t.definitions.openStay,
    t.definitions.forGood,
  ];
}

function confirmForm(
  visit: Visit,
  { action, back, text, fields = {} }: { action: string; back: string; text: string; fields?: Record<string, string> },
): Markup {
  return html`<form method="post" action="${action}" novalidate>
    ${csrfField(visit)} <input type="hidden" name="once" value="${randomUUID()}" />
    ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <div class="govuk-button-group">
      ${button(text, { name: 'step', value: 'confirm' })}
      <a class="govuk-link" href="${back}">${visit.t.stalled.leave}</a>
    </div>
  </form>`;
}

export async function retirePage(visit: Visit, id: string, version: string): Promise<Response> {
  const { t } = visit;
  const back = addressOf({ id, version });
  const found = await readVersion(visit, id, version);
  if (!found.ok) return refusedPage(visit, found.problem, { back });
  const title = t.definitions.retiring(id, version);
  return page(visit, {
    title,
    at: 'definitions',
    back,
    body: html`<h1 class="govuk-heading-l">${title}</h1>
      ${
        found.body.status === 'published'
          ? html`<h2 class="govuk-heading-m">${t.decide.happens}</h2>
              <ul class="govuk-list govuk-list--bullet">
                ${t.definitions.retireHappens.map((each) => html`<li>${each}</li>`)}
              </ul>
              ${confirmForm(visit, { action: `${back}/retire`, back, text: t.definitions.retire })}`
          : html`<p class="govuk-body">${statusTag(visit, found.body.status)}</p>`
      }`,
  });
}

/** Publishes the very draft that was looked at, from the instant that was shown, or retires a version now. */
export async function versionStep(
  visit: Visit,
  { id, version, what }: Pick<Version, 'id' | 'version'> & { what: 'publish' | 'retire' },
  sent: Sent,
): Promise<Response> {
  const text = (name: string): string | undefined => {
    const value = sent[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const back = addressOf({ id, version });
  const body = what === 'publish' ? { digest: text('digest'), effectiveFrom: text('effectiveFrom') } : {};
  const done = await visit.api.post(`${pathOf({ id, version })}/${what}`, body, text('once'));
  return done.ok ? visit.c.redirect(back, 303) : refusedPage(visit, done.problem, { back });
}
