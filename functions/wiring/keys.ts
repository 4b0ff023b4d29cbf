import { kmsClient } from '../../adapters/aws/clients/kms.ts';
import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { createKmsMasterKey } from '../../adapters/aws/kms/kms-master-key.ts';
import { createKmsSigningKey } from '../../adapters/aws/kms/kms-signing-key.ts';
import { readPart } from '../../schemas/environment.ts';
import type { Platform } from '../runtime/platform.ts';

/**
 * The keys without which nothing is appended: the one that opens dossiers, the one that signs events. Its public half is asked for at once: each signature
 * names it. Its certificates are for evidence alone, and for who is given them.
 */
export async function openKeys(
  recordChain: () => Promise<readonly Uint8Array[]> = notGiven,
): Promise<Pick<Platform, 'masterKey' | 'recordKey'>> {
  const { ONETRACK_MASTER_KEY } = readPart('masterKey', process.env);
  const { ONETRACK_RECORD_KEY } = readPart('recordKey', process.env);
  const client = kmsClient(clientOptions(process.env));
  return {
    masterKey: createKmsMasterKey({ client, keyId: ONETRACK_MASTER_KEY }),
    recordKey: await createKmsSigningKey({ client, keyId: ONETRACK_RECORD_KEY, chain: recordChain }),
  };
}

function notGiven(): never {
  throw new Error('recordChain: this function is not given it; see FUNCTIONS in schemas/environment.ts');
}
