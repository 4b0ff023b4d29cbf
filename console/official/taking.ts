import { csrfField } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { refusedPage } from '../refused.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { givingOf } from './giving.ts';
import { type Acting, handsOf, instrumentOf, isAbandoned, queryOf } from './ways.ts';

type Sent = Readonly<Record<string, unknown>>;

/** Takes a task, or gives it back, for himself or for whom he acts. */
export async function takingStep(visit: Visit, task: string, verb: 'claim' | 'release', sent: Sent): Promise<Response> {
  const at = encodeURIComponent(task);
  const onBehalfOf = typeof sent['onBehalfOf'] === 'string' ? sent['onBehalfOf'] : '';
  const by = visit.c.req.query('by');
  // As whom he has chosen to act he goes on acting.
  const back = `${AT}/tasks/${at}${by === undefined ? '' : `?by=${encodeURIComponent(by)}`}`;
  const taken = await visit.api.post(`/tasks/${at}/${verb}`, onBehalfOf === '' ? {} : { onBehalfOf });
  return taken.ok ? visit.c.redirect(back, 303) : refusedPage(visit, taken.problem, { back });
}

/** Who has taken a task, and what the official who looks can do about that. */
export async function takenBy(visit: Visit, open: Acting): Promise<Content> {
  const { t, who } = visit;
  const { task, way } = open;
  const { claimedBy } = task;
  const own = who.kind === 'official' ? who.official.id : '';
  const order = (verb: 'claim' | 'release', text: string): Markup =>
    html`<form method="post" action="${AT}/tasks/${task.id}/${verb}${queryOf(open)}">
      ${csrfField(visit)} <input type="hidden" name="onBehalfOf" value="${instrumentOf(way)}" />
      <button type="submit" class="govuk-button govuk-button--secondary govuk-!-margin-bottom-1 govuk-!-margin-top-1">
        ${text}
      </button>
    </form>`;
  const giving = await givingOf(visit, open);
  const give = when(
    giving,
    () =>
      html`<br /><a class="govuk-link" href="${AT}/tasks/${task.id}/hand-over${queryOf(open)}"
          >${t.handOver.verbs[giving?.verb ?? 'hand-over']}</a
        >`,
  );
  if (claimedBy === null) return html`${t.inbox.free} ${order('claim', t.dossier.claim)}${give}`;
  if (claimedBy === own) return html`${t.inbox.claimedByMe} ${order('release', t.dossier.release)}${give}`;
  const name = await new Names(visit).official(claimedBy);
  if (way && (await isAbandoned(visit, task)))
    return html`${name} (${t.ways.gone}) ${order('claim', t.dossier.claim)}${give}`;
  const isMine = way && handsOf(way, own).includes(claimedBy);
  return html`${name} ${when(isMine, () => order('claim', t.dossier.claim))}${give}`;
}
