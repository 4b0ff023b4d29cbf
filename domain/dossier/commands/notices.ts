import type { Dossier } from '../state.ts';
import { accept, type Decision } from './decision.ts';

/** A notice has reached the applicant, as far as the sender can tell; with it the result, if it carried that. Once: what arrives twice changes nothing. */
export function noticeDelivered(
  d: Dossier,
  { message, how, hasResult }: { message: string; how: string; hasResult: boolean },
): Decision {
  const notice = d.notices[message];
  if (!notice || notice.status === 'delivered') return accept();
  return accept(
    { type: 'NoticeDelivered', data: { message, how } },
    ...(hasResult && d.delivery === 'ready'
      ? [{ type: 'ResultDelivered' as const, data: { how: 'email' as const } }]
      : []),
  );
}

/** A notice cannot be delivered, or passed on, and was given up. Once, until it is delivered after all. */
export function noticeFailed(d: Dossier, { message, reason }: { message: string; reason: string }): Decision {
  const status = d.notices[message]?.status;
  if (status !== 'issued' && status !== 'passed-on') return accept();
  return accept({ type: 'NoticeFailed', data: { message, reason } });
}
