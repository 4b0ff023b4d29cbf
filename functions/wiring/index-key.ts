import { kmsClient } from '../../adapters/aws/clients/kms.ts';
import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { deriveKey } from '../../adapters/aws/kms/kms-derived-key.ts';
import { readPart } from '../../schemas/environment.ts';

/** The key of the applicants' index and of signed addresses. */
export function openIndexKey(): Promise<Uint8Array> {
  const { ONETRACK_INDEX_KEY } = readPart('indexKey', process.env);
  const client = kmsClient(clientOptions(process.env));
  return deriveKey({ client, keyId: ONETRACK_INDEX_KEY, purpose: 'onetrack index key, version 1' });
}
