import { SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import { TaskRetryable, TaskTerminal } from '../../../domain/failures.ts';
import type { Notifier } from '../../../domain/ports/notifier.ts';
import { toEml } from '../../mail/compose.ts';
import { nameOf } from '../failures.ts';

export interface SesOptions {
  client: SESv2Client;
  /** `Name <address>` of a verified identity. */
  from: string;
  /** Configuration set whose event destinations hear of bounces and complaints. */
  configurationSet?: string;
}

/** This message can never go out. Every other error is a state of the service or the account, which its operator can mend while the message waits. */
const TERMINAL = new Set(['MessageRejected', 'BadRequestException']);

/**
 * Sends mail by Amazon SES, as raw MIME of at most 40 MB. SES puts a Message-ID of its own in the place of ours (developer guide, header fields), so a
 * second copy is known by `X-Onetrack-Message`. What it throws quotes names alone: SES's own texts quote addresses.
 */
export function createSesNotifier({ client, from, configurationSet }: SesOptions): Notifier {
  return {
    async send(mail) {
      const command = new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [mail.to] },
        Content: { Raw: { Data: await toEml(mail, from) } },
        ...(configurationSet !== undefined && { ConfigurationSetName: configurationSet }),
      });
      try {
        await client.send(command);
        return { how: 'ses' };
      } catch (error) {
        const name = nameOf(error) ?? 'no answer';
        if (TERMINAL.has(name)) throw new TaskTerminal(`mail ${mail.id}: SES refused it, ${name}`);
        throw new TaskRetryable(`mail ${mail.id}: SES did not take it, ${name}`);
      }
    },
    // SES keeps none.
    forget: () => Promise.resolve(),
  };
}
