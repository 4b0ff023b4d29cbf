import { requestRun } from '../../domain/dossier/commands/stages.ts';
import { accept, type Decision } from '../../domain/dossier/commands/decision.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Timer } from '../../domain/ports/dossier-store.ts';
import type { EventBody } from '../../schemas/events.ts';
import { askForApology, missedDeadline } from '../lateness/openings.ts';
import { latenessRules, type LatenessRules, supervisorOf } from '../lateness/rules.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';

/**
 * What a clock does by itself: it warns that the date comes near, asks for an apology, tells that the promised date has passed, or silence has its effect. A clock that was stopped, extended or ended meanwhile has no
 * alarm for this instant any more, and nothing happens; firing twice has the effect of once.
 */
export async function soundAlarm(
  platform: Platform,
  catalogue: Catalogue,
  { kind, dossier, at }: Timer,
): Promise<void> {
  await appendSurely(platform, dossier, async (loaded) => {
    const actor = { kind: 'platform' } as const;
    const alarm = isAlarm(kind) ? loaded.dossier.alarms[kind] : undefined;
    if (!isAlarm(kind) || alarm === undefined || Date.parse(alarm) !== at) return { decision: accept(), actor };
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    return { decision: await DOES[kind](standing, catalogue), actor };
  });
}

type Alarm = Exclude<Timer['kind'], 'stage' | 'remind'>;
const isAlarm = (kind: Timer['kind']): kind is Alarm => Object.hasOwn(DOES, kind);

const DOES = {
  warn: ({ loaded }) => warn(loaded.dossier),
  silence: fallSilent,
  apology: async (standing) => accept(await askForApology(standing, rulesOf(standing))),
  late: async (standing, catalogue) => accept(await missedBy(standing, catalogue)),
} as const satisfies Record<Alarm, (standing: Standing, catalogue: Catalogue) => Decision | Promise<Decision>>;

async function missedBy(standing: Standing, catalogue: Catalogue): Promise<EventBody> {
  return missedDeadline(standing, await supervisorOf(standing, catalogue));
}

function rulesOf({ procedure }: Standing): LatenessRules {
  const rules = latenessRules(procedure);
  if (!rules) throw new Error(`procedure ${procedure.procedure}: expected one that knows apologies`);
  return rules;
}

function warn(d: Dossier): Decision {
  if (!d.promise) return accept();
  return accept({
    type: 'DeadlineNeared',
    data: { due: d.promise.due, ...(d.lawful && { lawful: d.lawful.due }) },
  });
}

/** The limit has passed undecided, and the law says what that means: the dossier goes there, wherever it stands, parked or not. That the date has passed is recorded first. */
async function fallSilent(standing: Standing, catalogue: Catalogue): Promise<Decision> {
  const { loaded, procedure, now } = standing;
  const { dossier } = loaded;
  const { silence } = procedure.clock;
  if (!silence || dossier.settled !== null || dossier.stage === null) return accept();
  const { late } = dossier.alarms;
  const missed = late !== undefined && Date.parse(late) <= now ? [await missedBy(standing, catalogue)] : [];
  const run = requestRun(dossier, { stage: silence.go, reason: 'silence' });
  return run.ok ? accept(...missed, ...run.events) : run;
}
