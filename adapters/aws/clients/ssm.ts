import { SSMClient } from '@aws-sdk/client-ssm';
import { type ClientOptions, settings } from './settings.ts';

export function ssmClient(options: ClientOptions = {}): SSMClient {
  return new SSMClient(settings(options, 'other'));
}
