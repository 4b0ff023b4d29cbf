import type { RemoteSigner } from '../../domain/ports/signing.ts';
import { readPart } from '../../schemas/environment.ts';
import { textIn } from './parameters.ts';
import { atFirstNeed } from './ports.ts';

/** The service that holds officials' keys. */
export function openSigner(): RemoteSigner {
  const { ONETRACK_SIGNER: url, ONETRACK_SIGNER_TOKEN } = readPart('signer', process.env);
  const token = textIn(ONETRACK_SIGNER_TOKEN);
  return atFirstNeed<RemoteSigner>(async () => {
    const { createCscSigner } = await import('../../adapters/signer/csc-signer.ts');
    return createCscSigner({ url, token: await token() });
  });
}
