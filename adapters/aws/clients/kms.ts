import { KMSClient } from '@aws-sdk/client-kms';
import { type ClientOptions, settings } from './settings.ts';

export function kmsClient(options: ClientOptions = {}): KMSClient {
  return new KMSClient(settings(options, 'other'));
}
