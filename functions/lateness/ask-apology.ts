import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { refuseUnlessCompetent } from '../clock/extend-clock.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { standingOf } from '../stages/standing.ts';
import { askForApology } from './openings.ts';
import { latenessRules, refuseReappointment } from './rules.ts';

export interface AskApology {
  by: Extract<Actor, { kind: 'official' }>;
  idempotency?: Extras['idempotency'] | undefined;
}

/** An official of the unit sees that the date will not be kept, before the clock asks. What is drafted and signed then is the same. */
export async function askApology(
  platform: Platform,
  catalogue: Catalogue,
  id: string,
  { by: actor, idempotency }: AskApology,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const appended = await append(platform, id, async (loaded): Promise<Proposal> => {
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const { dossier } = loaded;
    const rules = latenessRules(standing.procedure);
    const refused =
      refuseUnlessCompetent(dossier, standing.procedure, actor) ??
      refuseReappointment(dossier, rules, standing.now) ??
      (dossier.apology && refuse('wrong-status', 'expected no apology in work; one was asked for already'));
    if (refused || !rules) return { decision: refused ?? { ok: true, events: [] }, actor };
    const events = [await askForApology(standing, rules)];
    return { decision: { ok: true, events }, actor, ...(idempotency && { idempotency }) };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}
