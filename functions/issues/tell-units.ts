import { accept } from '../../domain/dossier/commands/decision.ts';
import { openIncoming } from '../../domain/dossier/commands/incoming.ts';
import { stillToBeTold } from '../../domain/dossier/outgoing.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { StoredEvent } from '../../domain/ports/dossier-store.ts';
import type { EventData } from '../../schemas/events.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { standingOf } from '../stages/standing.ts';
import { goToUnits } from './to-units.ts';

/**
 * Tells each unit that has a paper what later results did to it, by work to acknowledge; twice has the effect of once. Throws `TaskRetryable` where nobody stands in
 * the place of one: the others are told, and it is looked for again.
 */
export async function tellUnits(platform: Platform, catalogue: Catalogue, id: string): Promise<void> {
  await goToUnits(platform, id, {
    expected: 'expected one unit each that has a paper',
    propose: (loaded, nobody) => proposeTelling(platform, catalogue, loaded, nobody),
  });
}

async function proposeTelling(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  nobody: Set<string>,
): Promise<Proposal> {
  const { dossier } = loaded;
  const actor = { kind: 'platform' } as const;
  const waiting = Object.entries(dossier.issues).flatMap(([issue, state]) =>
    stillToBeTold(state).map((next) => ({ issue, copy: state.copy, ...next })),
  );
  if (waiting.length === 0) return { decision: accept(), actor };
  const { workOf } = await standingOf(catalogue, loaded, platform.clock.now());
  const events = await platform.store.events(dossier.id);
  for (const word of waiting) {
    if (nobody.has(word.to)) continue;
    const had = holderOf(dossier, events, word);
    const unit = had === null ? null : workOf(had);
    if (unit === null) nobody.add(word.to);
    else
      return {
        decision: accept({ type: 'PaperEffectTold', data: { ...word, ...openIncoming(dossier, unit) } }),
        actor,
      };
  }
  return { decision: accept(), actor };
}

/** The unit that got the paper, or that has taken the work over since; it is not looked for anew, since the dossier may have gone to another place. */
function holderOf(
  dossier: Dossier,
  events: readonly StoredEvent[],
  { issue, copy, to }: { issue: string; copy: number; to: string },
): string | null {
  const given = events.find(({ event: { type, data } }) => {
    const giving = data as EventData<'PaperGiven'>;
    return type === 'PaperGiven' && giving.issue === issue && giving.copy === copy && giving.to === to;
  });
  const task = given && (given.event.data as EventData<'PaperGiven'>).opening.task;
  return task === undefined ? null : (dossier.tasks[task]?.unit ?? null);
}
