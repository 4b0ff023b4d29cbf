import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { Platform } from '../runtime/platform.ts';

const PAGE = 200;

/** Takes up again the dead letters that are meant; answers how many. Each has all its attempts before it again. */
export async function redeliver(platform: Platform, isMeant: (row: OutboxRow) => boolean): Promise<number> {
  let after: string | undefined;
  let redelivered = 0;
  do {
    const page = await platform.store.outboxDead({ limit: PAGE, ...(after !== undefined && { after }) });
    for (const { id, error = '' } of page.items.filter(isMeant)) {
      await platform.store.outboxRetry({ id, error, at: platform.clock.now(), attempts: 0, dead: false });
      redelivered += 1;
    }
    after = page.next;
  } while (after !== undefined);
  if (redelivered > 0) platform.ring();
  return redelivered;
}
