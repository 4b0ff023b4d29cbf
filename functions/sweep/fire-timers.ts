import { leaveStage } from '../../domain/dossier/commands/tasks.ts';
import type { Timer } from '../../domain/ports/dossier-store.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { recordChildTerm } from '../children/record-term.ts';
import { soundAlarm } from '../clock/sound-alarm.ts';
import { remindHolder } from '../issues/remind-holder.ts';
import { isPaidAt } from '../payments/owed.ts';
import { recordSilence } from '../stages/opinions.ts';
import { planLeaving } from '../stages/leaving.ts';
import { parkFor } from '../stages/park.ts';
import { stageOf, standingOf } from '../stages/standing.ts';

/** Timers looked at in one page. */
const PAGE = 200;
/** Dossiers whose timers fire beside each other: their commits share what makes them durable, or wait for the table side by side. */
const BESIDE = 32;

/**
 * Fires every timer whose instant has come, as long as `goOn` says; answers how many it tried. One that fails stops no other, however many they are: it stays,
 * and the failures are thrown at the end. Those of one dossier fire in order. Firing twice has the effect of once: the stage has been left, or it was another
 * visit.
 */
export async function fireTimers(
  platform: Platform,
  catalogue: Catalogue,
  goOn: () => boolean = () => true,
): Promise<number> {
  const now = platform.clock.now();
  const tried = new Set<string>();
  const failures: unknown[] = [];
  for (let more = true; more && goOn();) {
    // Those that failed are still due, before the others.
    const due = await platform.store.timersDue(now, PAGE + failures.length);
    const untried = due.filter((timer) => !tried.has(keyOf(timer)));
    more = untried.length > 0;
    await besideEachOther(untried, goOn, async (timer) => {
      tried.add(keyOf(timer));
      await fire(platform, catalogue, timer).catch((error: unknown) => failures.push(error));
    });
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${tried.size} timers failed`);
  return tried.size;
}

/** One dossier's after each other. `goOn`: asked before each; what is left then is still there for the next sweep. */
async function besideEachOther(
  timers: readonly Timer[],
  goOn: () => boolean,
  each: (timer: Timer) => Promise<void>,
): Promise<void> {
  const dossiers = [...Map.groupBy(timers, ({ dossier }) => dossier).values()];
  const workers = Array.from({ length: Math.min(BESIDE, dossiers.length) }, async () => {
    for (let own = dossiers.shift(); own !== undefined; own = dossiers.shift())
      for (const timer of own) {
        if (!goOn()) return;
        await each(timer);
      }
  });
  await Promise.all(workers);
}

const keyOf = ({ dossier, id }: Timer): string => `${dossier} ${id}`;

function fire(platform: Platform, catalogue: Catalogue, timer: Timer): Promise<void> {
  if (timer.id === `clock.${timer.kind}`) return soundAlarm(platform, catalogue, timer);
  if (timer.kind === 'remind') return remindHolder(platform, catalogue, timer);
  if (timer.kind === 'silence') return recordSilence(platform, catalogue, timer);
  return timer.kind === 'warn' ? recordChildTerm(platform, timer) : leaveInTime(platform, catalogue, timer);
}

async function leaveInTime(platform: Platform, catalogue: Catalogue, timer: Timer): Promise<void> {
  const { stage, visit, outcome } = timer;
  await appendSurely(platform, timer.dossier, async (loaded) => {
    const state = loaded.dossier.stages[stage];
    if (loaded.dossier.stage !== stage || state?.left !== null || state.visits !== visit || loaded.dossier.parked)
      return { decision: { ok: true, events: [] }, actor: { kind: 'platform' } };
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    // It is left by what came, as soon as it can be.
    if (isPaidAt(loaded.dossier, stage, stageOf(standing.procedure, stage)))
      return { decision: { ok: true, events: [] }, actor: { kind: 'platform' } };
    const plan = await planLeaving(platform, catalogue, standing, { stage, outcome });
    if (plan.kind === 'refused') return parkFor(loaded.dossier, plan.refused.refusal.code, plan.refused.refusal.detail);
    if (plan.kind === 'park') return parkFor(loaded.dossier, 'NothingToDecideBy', plan.cause);
    return {
      decision: leaveStage(loaded.dossier, { ...plan, stage, visit, outcome, by: 'timer' }),
      actor: { kind: 'platform' },
      outbox: plan.outbox,
    };
  });
}
