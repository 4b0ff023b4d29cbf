import type { EventBody } from '../../schemas/events.ts';
import { secretOf } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import type { Standing } from '../stages/standing.ts';

/** Occasions on which an applicant is told something. */
export type NoticeName = 'accepted' | 'supplement' | 'asked' | 'payment' | 'result' | 'ended';

/** The event by which a notice goes out; none for an applicant who left no address. What it says is written when it is sent. */
export function noticeOf(platform: Pick<Platform, 'ids'>, { loaded, now }: Standing, notice: NoticeName): EventBody[] {
  return addressOf(loaded) === undefined
    ? []
    : [
        {
          type: 'NoticeIssued',
          data: { notice, message: `m${platform.ids.next(now)}`, party: 'submitter', channel: 'email' },
        },
      ];
}

export function addressOf(loaded: Standing['loaded']): string | undefined {
  const contact = secretOf(loaded, loaded.dossier.secrets.contact)['contact'];
  if (typeof contact !== 'object' || contact === null) return undefined;
  const { email } = contact as { email?: unknown };
  return typeof email === 'string' ? email : undefined;
}
