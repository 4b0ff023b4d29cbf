import { once } from './ports.ts';

/** The text of a parameter, read at first need. */
export function textIn(name: string): () => Promise<string> {
  return once(async () => {
    const { readText } = await import('./ssm-text.ts');
    return readText(name);
  });
}

/** The DER certificates of a PEM text in a parameter, in its order. */
export function certificatesIn(name: string): () => Promise<Uint8Array[]> {
  const text = textIn(name);
  return async () => {
    const { readChain } = await import('../../adapters/cms/read-chain.ts');
    return readChain(await text());
  };
}
