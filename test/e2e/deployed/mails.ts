import type { MiniStack } from '../../oracles/ministack/start.ts';
import { ACCOUNT } from './cdk.ts';

/** Ids of the notices whose mails SES was given, to this address or to any, one for each time. */
export async function mailsOf({ url }: MiniStack, address?: string): Promise<string[]> {
  const answer = await fetch(`${url}/_ministack/ses/messages?account=${ACCOUNT}`);
  const { messages } = (await answer.json()) as { messages: Record<string, { To: string[]; Raw: string }[]> };
  const sent = (messages[ACCOUNT] ?? []).filter(({ To }) => address === undefined || To.includes(address));
  return sent.map(({ To, Raw }) => {
    const id = /^X-Onetrack-Message: (\S+)/m.exec(Buffer.from(Raw, 'base64').toString())?.[1];
    if (id === undefined) throw new Error(`a mail to ${To.join(', ')}: expected its header X-Onetrack-Message`);
    return id;
  });
}
