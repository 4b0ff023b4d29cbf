import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { kmsClient } from '../../adapters/aws/clients/kms.ts';
import { createKmsSeals } from '../../adapters/aws/kms/kms-seals.ts';
import type { Seals } from '../../domain/ports/signing.ts';
import { readPart } from '../../schemas/environment.ts';
import { certificatesIn } from './parameters.ts';

/** The units' seals. A function that is given `sealChains` alone can show certificates and not sign. */
export function openSeals(part: 'seals' | 'sealChains'): Seals {
  const { ONETRACK_SEALS: aliases, ONETRACK_SEAL_CHAINS: chains } = readPart(part, process.env);
  return createKmsSeals({
    client: kmsClient(clientOptions(process.env)),
    find: (unit) => ({ keyId: `${aliases}${unit}`, chain: certificatesIn(`${chains}${unit}`) }),
  });
}
