import { sesClient } from '../../adapters/aws/clients/ses.ts';
import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { createSesNotifier } from '../../adapters/aws/ses/ses-notifier.ts';
import type { Notifier } from '../../domain/ports/notifier.ts';

/** Loaded at first need. */
export function openSesNotifier(from: string): Notifier {
  return createSesNotifier({ client: sesClient(clientOptions(process.env)), from });
}
