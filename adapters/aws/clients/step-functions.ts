import { SFNClient } from '@aws-sdk/client-sfn';
import { type ClientOptions, settings } from './settings.ts';

export function stepFunctionsClient(options: ClientOptions = {}): SFNClient {
  return new SFNClient(settings(options, 'other'));
}
