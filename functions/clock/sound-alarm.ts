import { requestRun } from '../../domain/dossier/commands/stages.ts';
import { accept, type Decision } from '../../domain/dossier/commands/decision.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Timer } from '../../domain/ports/dossier-store.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { askForApology, missedDeadline } from '../lateness/openings.ts';
import { latenessRules, type LatenessRules } from '../lateness/rules.ts';
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
    return { decision: await DOES[kind](standing), actor };
  });
}

type Alarm = Exclude<Timer['kind'], 'stage' | 'remind'>;
const isAlarm = (kind: Timer['kind']): kind is Alarm => Object.hasOwn(DOES, kind);

const DOES = {
  warn: ({ loaded }) => warn(loaded.dossier),
  silence: ({ loaded, procedure }) => fallSilent(loaded.dossier, procedure),
  apology: async (standing) => accept(await askForApology(standing, rulesOf(standing))),
  late: (standing) => accept(missedDeadline(standing, rulesOf(standing))),
} as const satisfies Record<Alarm, (standing: Standing) => Decision | Promise<Decision>>;

function rulesOf({ procedure }: Standing): LatenessRules {
  const rules = latenessRules(procedure);
  if (!rules) throw new Error(`procedure ${procedure.procedure}: expected one that knows apologies`);
  return rules;
}

function warn(d: Dossier): Decision {
  return { ok: true, events: d.promise ? [{ type: 'DeadlineNeared', data: { due: d.promise.due } }] : [] };
}

/** The limit has passed undecided, and the law says what that means: the dossier goes there, wherever it stands, parked or not. */
function fallSilent(d: Dossier, { clock: { silence } }: Procedure): Decision {
  if (!silence || d.settled !== null || d.stage === null) return { ok: true, events: [] };
  return requestRun(d, { stage: silence.go, reason: 'silence' });
}
