import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { Refused } from '../../schemas/refusals.ts';
import { type Identity, officialActor } from './authentication.ts';
import { loadFor, summaryOf } from './entitlement.ts';
import { answerRefusal } from './problem.ts';
import { type CallKey, json, remember, type Surface } from './surface.ts';

/** What an official orders in a dossier that he may see: by whom, and the answer that a repeated request gets. */
export async function officialOrder(
  surface: Surface,
  { identity, params, key }: OfficialCall,
  order: (by: Order) => Promise<{ ok: true; dossier: Dossier } | Refused>,
): Promise<Response> {
  await loadFor(surface, identity, params.id);
  const by = officialActor(identity.official, identity.appointment, 'login');
  return answer(await order({ by, idempotency: remember(key, 200, summaryOf) }));
}

interface OfficialCall {
  identity: Extract<Identity, { kind: 'official' }>;
  params: { id: string };
  key: CallKey | undefined;
}

interface Order {
  by: Extract<Actor, { kind: 'official' }>;
  idempotency: ReturnType<typeof remember>;
}

/** What came of a command: where the dossier stands now, or why not. */
export function answer(result: { ok: true; dossier: Dossier } | Refused): Response {
  if (!result.ok) answerRefusal(result.refusal);
  return json(200, summaryOf(result.dossier));
}
