import { type Certificate, readPem } from '../../adapters/cms/certificate.ts';
import { readPart } from '../../schemas/environment.ts';
import { textIn } from './parameters.ts';

const { ONETRACK_TRUST } = readPart('trust', process.env);
const text = textIn(ONETRACK_TRUST);

/** Origins of trust for time-stamps and personal signatures. Loaded at first need. */
export async function trustAnchors(): Promise<Certificate[]> {
  return readPem(await text());
}
