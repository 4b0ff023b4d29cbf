import type { DossierRead } from '../dossier.ts';
import { banner } from '../html/components.ts';
import { type Content, html, when } from '../html/markup.ts';
import { AT, type Visit } from '../visit.ts';

type WhatWasSent = 'answer' | 'withdrawal';

/** The address of a dossier after its applicant has sent something. */
export function afterSending(dossier: string, what: WhatWasSent): string {
  return `${AT}/mine/${dossier}?sent=${what}`;
}

/** That it has arrived: said once, and only where the record has it. */
export function sentBanner({ t, c }: Visit, { events }: DossierRead): Content {
  const what = (['answer', 'withdrawal'] as const).find((each) => each === c.req.query('sent'));
  const isRecorded = events.some(({ event }) =>
    what === 'answer'
      ? event.type === 'TaskDecided' && event.actor.kind === 'applicant'
      : event.type === 'WithdrawalRequested',
  );
  return when(what && isRecorded ? what : undefined, () =>
    banner(
      t.mine.sentHeading,
      html`<p class="govuk-notification-banner__heading">${t.mine.sent[what ?? 'answer']}</p>`,
      true,
    ),
  );
}
