import type * as z from 'zod';
import type { Pinned } from '../../functions/procedures/catalogue.ts';
import type { DispatchOfTask, PaperOfTask } from '../../schemas/outgoing.ts';
import type { Row } from '../html/components.ts';
import { html } from '../html/markup.ts';
import { tellInstant } from '../tell.ts';
import { AT, type Names, type Visit } from '../visit.ts';

/** Of which paper a print is to be sent, and where to fetch it. */
export function dispatchRows(
  { t }: Visit,
  names: Names,
  pinned: Pinned,
  { dossier, dispatch }: { dossier: string; dispatch?: z.infer<typeof DispatchOfTask> },
): Row[] {
  if (!dispatch) return [];
  const { issue, number, document, sealed } = dispatch;
  const title = names.issue(pinned, issue);
  return [
    {
      key: t.dispatch.paper,
      value: html`<a class="govuk-link" href="${AT}/dossiers/${dossier}/documents/${document}?print=true"
        >${t.dossier.open(title)}</a
      >`,
    },
    ...(number === null ? [] : [{ key: t.dispatch.number, value: number }]),
    { key: t.dispatch.since, value: tellInstant(t, sealed) },
    { key: t.dispatch.to, value: t.dispatch.toHint },
  ];
}

/** A paper that went to the unit: from whom, since when, and whether it still holds. */
export async function incomingRows(
  { t }: Visit,
  names: Names,
  pinned: Pinned,
  { incoming }: { incoming?: z.infer<typeof PaperOfTask> },
): Promise<Row[]> {
  if (!incoming) return [];
  const { issue, number, from, came, touched, affected } = incoming;
  const became = (what: Pick<(typeof affected)[number], 'effect' | 'by'>): string =>
    [t.papers.effects[what.effect], what.by === null ? '' : t.track.byNumber(what.by)].join(' ').trim();
  return [
    ...(touched ? [{ key: t.incoming.word, value: html`<strong>${became(touched)}</strong>` }] : []),
    { key: t.incoming.paper, value: names.issue(pinned, issue) },
    ...(number === null ? [] : [{ key: t.dispatch.number, value: number }]),
    { key: t.incoming.from, value: await names.unit(from) },
    { key: touched ? t.incoming.told : t.incoming.came, value: tellInstant(t, came) },
    ...affected
      .filter(({ effect, by }) => effect !== touched?.effect || by !== touched.by)
      .map((each) => ({ key: t.incoming.since, value: became(each) })),
  ];
}
