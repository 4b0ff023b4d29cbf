import type { Notifier } from '../../domain/ports/notifier.ts';
import { readPart } from '../../schemas/environment.ts';
import { atFirstNeed } from './ports.ts';

/** Mail by SES. */
export function openNotifier(): Notifier {
  const { ONETRACK_MAIL_FROM: from } = readPart('mail', process.env);
  return atFirstNeed<Notifier>(async () => {
    const { openSesNotifier } = await import('./ses-notifier.ts');
    return openSesNotifier(from);
  });
}
