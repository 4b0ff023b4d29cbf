import type { RevocationSource } from '../../domain/ports/signing.ts';
import { readPart } from '../../schemas/environment.ts';
import { atFirstNeed } from './ports.ts';

/** Asks authorities at the public addresses that their certificates name, and wherever the operator says. */
export function openRevocation(): RevocationSource {
  const { ONETRACK_REVOCATION_LISTS: lists } = readPart('revocation', process.env);
  return atFirstNeed<RevocationSource>(async () => {
    const [{ createAskedSource }, { createGuardedDownload }, { AddressGuard }] = await Promise.all([
      import('../../adapters/revocation/asked-source.ts'),
      import('../../adapters/outbound/guarded-download.ts'),
      import('../../adapters/outbound/address-guard.ts'),
    ]);
    return createAskedSource({ download: createGuardedDownload({ guard: new AddressGuard([]) }), lists });
  });
}
