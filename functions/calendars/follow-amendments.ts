import { TaskTerminal } from '../../domain/failures.ts';
import type { Cursors } from '../../domain/ports/cursors.ts';
import type { Calendar } from '../../schemas/calendar.ts';
import type { Head } from '../../schemas/dossier.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { recomputeDeadline } from './recompute-deadline.ts';

const PAGE = 100;
/** A place in the walk over all open dossiers: the versions of procedures in order of name, in each its dossiers in order of id. Absent: at the beginning. */
export interface Place {
  version: string;
  after?: string | undefined;
}
/** How far the walk for a calendar's version has come. */
interface Progress {
  calendar: string;
  at: Place | null | undefined;
  /** Some could not be written: after the end it begins again. */
  again?: boolean;
  /** Of the walk for stragglers, after which there is none: the instant before which it does not begin. */
  last?: number;
}
const DONE = null;
/** What was written just before may be in no list yet: so long after the walk all are looked at once more. */
const STRAGGLERS_MS = 5 * 60_000;

/**
 * Lets open dossiers follow the latest version of each calendar; answers how many have another date. The place is kept after each page, so that a walk that
 * was cut off goes on there; a dossier that was reached twice is recomputed to the same. One that fails stops no other: the
 * failures are thrown, and after its end the walk begins again for those that could not be written. A clock that cannot be reckoned at all is told of by each
 * walk; a person has to look when it moves. Minutes after its end it goes once more, for dossiers that no list showed yet.
 */
export async function followAmendments(
  platform: Platform,
  catalogue: Catalogue,
  cursors: Cursors,
  goOn: () => boolean = () => true,
): Promise<number> {
  let changed = 0;
  const failures: unknown[] = [];
  for (const calendar of await catalogue.calendars()) {
    // Of a first version there is nothing to follow.
    if (!calendar.amends) continue;
    const { promises } = calendar.amends;
    const name = `calendar:${calendar.id}`;
    const kept = await cursors.get(name);
    const progress = progressOf(calendar, kept);
    if (progress.last !== undefined && platform.clock.now() < progress.last) continue;
    let before = kept;
    let again = progress.again ?? false;
    for (let at = progress.at; at !== DONE && goOn();) {
      const page = await openDossiers(platform, at);
      // All of a page at once: their commits share what makes them durable.
      const recomputed = page.heads.map(async (head) => {
        const unit = await catalogue.unit(head.unit ?? head.receivingUnit);
        return unit?.calendar === calendar.id && (await recomputeDeadline(platform, catalogue, head.id, promises));
      });
      for (const one of await Promise.allSettled(recomputed)) {
        if (one.status === 'fulfilled') changed += Number(one.value);
        else {
          failures.push(one.reason);
          again ||= !(one.reason instanceof TaskTerminal);
        }
      }
      at = page.next;
      const after = JSON.stringify(
        at === DONE ? afterWalk(progress, again, platform.clock.now()) : { ...progress, at, again },
      );
      await cursors.advance(name, before, after);
      before = after;
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} dates could not be recomputed`);
  return changed;
}

function afterWalk({ calendar, last }: Progress, again: boolean, now: number): Progress {
  if (again) return { calendar, at: undefined, ...(last !== undefined && { last }) };
  return last === undefined ? { calendar, at: undefined, last: now + STRAGGLERS_MS } : { calendar, at: DONE };
}

function versionOf({ id, version }: Calendar): string {
  return `${id}@${version}`;
}

function progressOf(calendar: Calendar, kept: string | undefined): Progress {
  const begins = { calendar: versionOf(calendar), at: undefined };
  if (kept === undefined) return begins;
  const progress = JSON.parse(kept) as Progress;
  return progress.calendar === begins.calendar ? progress : begins;
}

/** A page of all open dossiers, each once, whatever changes meanwhile. `next` is null at the end. */
export async function openDossiers(
  { registry, store }: Pick<Platform, 'registry' | 'store'>,
  at: Place | undefined,
): Promise<{ heads: Head[]; next: Place | null }> {
  const version = at?.version ?? (await versionAfter(registry, undefined));
  if (version === undefined) return { heads: [], next: null };
  const [procedure = '', number = ''] = version.split('@');
  const page = await store.openDossiers(
    { procedure, version: number },
    { limit: PAGE, ...(at?.after !== undefined && { after: at.after }) },
  );
  if (page.next !== undefined) return { heads: page.items, next: { version, after: page.next } };
  const following = await versionAfter(registry, version);
  return { heads: page.items, next: following === undefined ? null : { version: following } };
}

async function versionAfter(registry: Platform['registry'], version: string | undefined): Promise<string | undefined> {
  const { items } = await registry.list('procedure', { limit: 1, ...(version !== undefined && { after: version }) });
  return items[0]?.id;
}
