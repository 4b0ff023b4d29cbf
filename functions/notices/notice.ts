import type { EventBody } from '../../schemas/events.ts';
import { secretOf } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import type { NoticeLanguage, NoticeName } from './texts.ts';
import type { Standing } from '../stages/standing.ts';

/** The event by which a notice goes out, or is passed on to the dossier that opened this one; none for an applicant who left no address. What it says is written when it is sent. */
export function noticeOf(
  platform: Pick<Platform, 'ids'>,
  { loaded, now }: Standing,
  notice: NoticeName,
  issue?: string,
): EventBody[] {
  const channel = loaded.dossier.parent ? 'parent' : contactOf(loaded) && 'email';
  if (!channel) return [];
  return [
    {
      type: 'NoticeIssued',
      data: {
        notice,
        message: `m${platform.ids.next(now)}`,
        party: 'submitter',
        channel,
        ...(issue !== undefined && { issue }),
      },
    },
  ];
}

/** Where notices go, and in which language; undefined for who left no address. */
export function contactOf(loaded: Standing['loaded']): { email: string; language: NoticeLanguage } | undefined {
  const contact = secretOf(loaded, loaded.dossier.secrets.contact)['contact'];
  if (typeof contact !== 'object' || contact === null) return undefined;
  const { email, language } = contact as { email?: unknown; language?: unknown };
  return typeof email === 'string' ? { email, language: language === 'en' ? 'en' : 'vi' } : undefined;
}
