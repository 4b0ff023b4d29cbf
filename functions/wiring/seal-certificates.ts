import type { Seals } from '../../domain/ports/signing.ts';
import { readPart } from '../../schemas/environment.ts';

/** The certificates of all seals, read page by page and not unit by unit: to show, and to sign nothing by. */
export async function readSealCertificates(): Promise<Pick<Seals, 'held'>> {
  const { ONETRACK_SEAL_CHAINS } = readPart('everySealChain', process.env);
  const { readTexts } = await import('./ssm-text.ts');
  const { readChain } = await import('../../adapters/cms/read-chain.ts');
  const chains = await readTexts(ONETRACK_SEAL_CHAINS);
  return {
    held: async (unit) => {
      const text = chains.get(unit);
      return text === undefined ? undefined : readChain(text);
    },
  };
}
