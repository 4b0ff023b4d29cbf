import { SESv2Client } from '@aws-sdk/client-sesv2';
import { type ClientOptions, settings } from './settings.ts';

export function sesClient(options: ClientOptions = {}): SESv2Client {
  return new SESv2Client(settings(options, 'other'));
}
