import type { Mail } from '../../domain/ports/notifier.ts';
import type { Platform } from '../../functions/runtime/platform.ts';

/** What is mailed from now on, as it goes out. */
export function watchMails(platform: Pick<Platform, 'notifier'>): Mail[] {
  const { notifier } = platform;
  const mails: Mail[] = [];
  platform.notifier = {
    ...notifier,
    send: (mail) => {
      mails.push(mail);
      return notifier.send(mail);
    },
  };
  return mails;
}
