import type { Validity } from '../../schemas/events/sources.ts';
import type { Reused } from '../../schemas/reuse.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { papersOf } from './own-papers.ts';

/** Whether a result that was handed in again holds today; undefined where nobody can tell: its record was disposed of, or it is no result. */
export async function standsToday(
  platform: Platform,
  catalogue: Catalogue,
  sha256: string,
  { dossier, paper }: Reused,
): Promise<Validity | undefined> {
  if (!('issue' in paper)) return undefined;
  const head = await platform.store.head(dossier);
  if (!head || head.disposed) return undefined;
  const loaded = await platform.cache.load(dossier, platform.store, platform.masterKey);
  if (!loaded) return undefined;
  const papers = await papersOf(catalogue, loaded, platform.clock.now());
  return papers.find(({ document }) => document === sha256)?.validity;
}
