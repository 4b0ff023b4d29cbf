import type { KMSClient } from '@aws-sdk/client-kms';
import { TaskTerminal } from '../../../domain/failures.ts';
import type { Seals } from '../../../domain/ports/signing.ts';
import { rememberedSeals } from '../../seals.ts';
import { nameOf } from '../failures.ts';
import { createKmsSigningKey, type KmsSigningKeyOptions } from './kms-signing-key.ts';

export interface KmsSealsOptions {
  client: KMSClient;
  /** Where a unit's key and its certificates are: an alias named after the unit will do. */
  find: (unit: string) => Pick<KmsSigningKeyOptions, 'keyId' | 'chain'>;
}

/** The seals of all units: a key in KMS for each. */
export function createKmsSeals({ client, find }: KmsSealsOptions): Seals {
  return rememberedSeals(async (unit) => {
    try {
      return await createKmsSigningKey({ client, ...find(unit) });
    } catch (error) {
      if (nameOf(error) === 'NotFoundException') throw new TaskTerminal(`seal: unit ${unit} has no key`);
      throw error;
    }
  });
}
