import { ANSWERS_KEPT_MS } from '../../domain/ports/dossier-store.ts';
import type { Platform } from '../runtime/platform.ts';

const PAGE = 1_000;

/** Removes the answers to repeated requests that are older than they are kept for. Answers how many. */
export async function forgetAnswers({ store, clock }: Pick<Platform, 'store' | 'clock'>): Promise<number> {
  const before = clock.now() - ANSWERS_KEPT_MS;
  let forgotten = 0;
  for (let page = PAGE; page === PAGE; forgotten += page) page = await store.forgetAnswers(before, PAGE);
  return forgotten;
}
