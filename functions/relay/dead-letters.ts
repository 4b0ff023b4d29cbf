import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { DeadLetter, SetAside } from '../../schemas/dead-letters.ts';
import type { Platform } from '../runtime/platform.ts';

const PAGE = 200;

/** A dead letter as it is told. */
export function deadLetterOf({ id, kind, dossier, attempts, error = '', body }: OutboxRow): DeadLetter {
  const { subscription, message } = body;
  return {
    id,
    kind: kind as DeadLetter['kind'],
    dossier,
    attempts,
    error,
    ...(typeof subscription === 'string' && { subscription }),
    ...(typeof message === 'string' && { message }),
  };
}

/**
 * Sets dead letters aside for good; answers how many. Who did it and why is kept before the row goes, under its id: a crash between leaves the letter listed,
 * and setting it aside again changes nothing of what was kept. One that was taken up again meanwhile stays.
 */
export async function setAside(
  { store, registry }: Pick<Platform, 'store' | 'registry'>,
  ids: readonly string[],
  said: Pick<SetAside, 'by' | 'at' | 'reason'>,
): Promise<number> {
  const wanted = new Set(ids);
  const dead = await deadLetters({ store }, ({ id }) => wanted.has(id));
  let count = 0;
  for (const row of dead) {
    const rows = await store.outboxByGroup(row.group);
    if (!rows.some(({ id, dead: isDead }) => id === row.id && isDead === true)) continue;
    await registry.put('setAside', row.id, { ...deadLetterOf(row), ...said }, 0);
    await store.outboxDone([row.id]);
    count += 1;
  }
  return count;
}

/** Those dead letters that are meant. */
export async function deadLetters(
  { store }: Pick<Platform, 'store'>,
  isMeant: (row: OutboxRow) => boolean,
): Promise<OutboxRow[]> {
  const found: OutboxRow[] = [];
  let after: string | undefined;
  do {
    const page = await store.outboxDead({ limit: PAGE, ...(after !== undefined && { after }) });
    found.push(...page.items.filter(isMeant));
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** Takes up again the dead letters that are meant; answers how many. Each has all its attempts before it again. */
export async function redeliver(platform: Platform, isMeant: (row: OutboxRow) => boolean): Promise<number> {
  const dead = await deadLetters(platform, isMeant);
  for (const { id, error = '' } of dead)
    await platform.store.outboxRetry({ id, error, at: platform.clock.now(), attempts: 0, dead: false });
  if (dead.length > 0) platform.ring();
  return dead.length;
}
