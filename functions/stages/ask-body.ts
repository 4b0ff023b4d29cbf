import { askBody, refuseToAsk } from '../../domain/dossier/commands/opinions.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { ConsultedPart } from '../../schemas/dossier.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { endOfTerm } from '../dossiers/deadline.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { opinionOpening } from './consult.ts';
import { decidingRoles } from './deciding-roles.ts';
import { type Standing, standingOf } from './standing.ts';

/** A body that is to be asked though the procedure does not name it. */
export interface BodyToAsk {
  unit: string;
  question: string;
  role?: string | undefined;
  within?: ConsultedPart['within'];
  /** An effect of silence is law's alone: nobody waits for it, or it is waited for. */
  silence: 'ignored' | 'waits';
  gets: readonly string[];
}

type OfficialActor = Extract<Actor, { kind: 'official' }>;

/** Asks one body more while a consultation is open. Its answer counts as the others' do. */
export async function askBodyByHand(
  platform: Platform,
  catalogue: Catalogue,
  dossierId: string,
  request: { by: OfficialActor; body: BodyToAsk; idempotency?: ((after: Dossier) => IdempotencyRecord) | undefined },
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const { by, body, idempotency } = request;
  const appended = await append(platform, dossierId, async (loaded): Promise<Proposal> => {
    const { dossier } = loaded;
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const { procedure, now, evaluator, calendar } = standing;
    const refused = refuseToAsk(dossier, by, decidingRoles(procedure)) ?? (await refuseBody(catalogue, standing, body));
    if (refused) return { decision: refused, actor: by };
    const stage = dossier.stage ?? '';
    const number = Object.values(dossier.tasks).filter((task) => task.part?.of === null).length + 1;
    const until = body.within && (await endOfTerm(body.within, now, evaluator, calendar));
    const opening = opinionOpening(
      standing,
      { stage, visit: dossier.stages[stage]?.visits ?? 1, id: `added${number}`, of: null, unit: body.unit, until },
      { by: body.role, assurance: 'login', silence: body.silence, gets: [...body.gets] },
    );
    if (opening.part && body.within) opening.part.within = body.within;
    const decision = askBody(dossier, { opening, question: body.question.normalize('NFC') });
    return { decision, actor: by, ...(idempotency && { idempotency }) };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}

async function refuseBody(
  catalogue: Catalogue,
  { procedure, now }: Pick<Standing, 'procedure' | 'now'>,
  { unit, gets }: BodyToAsk,
): Promise<Refused | undefined> {
  if (!(await catalogue.unitsInForce(now)).some(({ id }) => id === unit))
    return refuse('unknown-unit', `expected a unit that can be asked, got ${unit}`, [
      { at: '/unit', expected: 'a unit', found: unit },
    ]);
  const unknown = gets.filter((name) => procedure.documents?.[name] === undefined);
  if (unknown.length > 0)
    return refuse('document-not-accepted', `only documents of the procedure can be given; got ${unknown.join(', ')}`);
  return undefined;
}
