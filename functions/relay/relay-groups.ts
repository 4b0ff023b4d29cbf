import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { dealWith } from './relay.ts';

/** Groups that are dealt with beside each other. */
const BESIDE = 16;

/**
 * Deals with all due rows of the groups that these rows name, in order: what a stream tells of, perhaps twice, late or without its predecessor. What stands
 * first is read from the store each time, so a row that is done, put off or behind another is left alone. Heads are not stamped here: the sweep puts many
 * under one time-stamp. Answers how many rows it dealt with. `goOn`: asked before each row; what is left then is still there for the next.
 */
export async function relayGroups(
  platform: Platform,
  catalogue: Catalogue,
  rows: readonly Pick<OutboxRow, 'group' | 'kind'>[],
  goOn: () => boolean = () => true,
): Promise<number> {
  const groups = [...new Set(rows.filter(({ kind }) => kind !== 'anchor').map(({ group }) => group))];
  let dealt = 0;
  const workers = Array.from({ length: Math.min(BESIDE, groups.length) }, async () => {
    for (let group = groups.shift(); group !== undefined; group = groups.shift())
      dealt += await relayGroup(platform, catalogue, group, goOn);
  });
  await Promise.all(workers);
  return dealt;
}

async function relayGroup(
  platform: Platform,
  catalogue: Catalogue,
  group: string,
  goOn: () => boolean,
): Promise<number> {
  for (let dealt = 0; ; dealt += 1) {
    if (!goOn()) return dealt;
    const first = (await platform.store.outboxByGroup(group)).find(({ dead }) => dead !== true);
    if (!first || first.at > platform.clock.now()) return dealt;
    if (await dealWith(platform, catalogue, first)) await platform.store.outboxDone([first.id]);
  }
}
