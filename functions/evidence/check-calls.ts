import { applyCall, lastStanding, requestOf } from '../../domain/dossier/calls.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';

type Calls = Pick<Dossier, 'calls'>;
interface Otherwise {
  expected: string;
  found: string;
}

/**
 * Calls that the procedure can take back and whose beginning was left out; calls that another stage takes back than it says, or in another order; or a
 * stage left as done that has left one standing.
 */
export function calledOtherwise(
  events: readonly DossierEvent[],
  procedure: Procedure,
): (Otherwise & { seq: number })[] {
  let dossier: Calls = {};
  return events.flatMap((event) => {
    const fault = neverBegun(procedure, dossier, event) ?? undoneOtherwise(procedure, dossier, event);
    if (event.type === 'CallBegun' || event.type === 'CallAnswered' || event.type === 'UndoAnswered')
      dossier = { ...dossier, ...applyCall(dossier, event) };
    return fault ? [{ seq: event.seq, ...fault }] : [];
  });
}

/** Without its beginning nothing is kept of a call, and nothing would stand that has to be taken back. */
function neverBegun({ stages }: Procedure, { calls = {} }: Calls, event: DossierEvent): Otherwise | undefined {
  if (event.type !== 'CallAnswered' && event.type !== 'StagePassed') return undefined;
  const stage = stages[event.data.stage];
  if (stage?.kind !== 'call' || stage.undo === undefined) return undefined;
  // Where its condition is false, it makes no call.
  if (event.type === 'StagePassed' && event.data.why === 'when') return undefined;
  const request = event.type === 'CallAnswered' ? event.data.request : requestOf(event.dossier, event.data);
  return calls[request] ? undefined : { expected: `${request} begun before`, found: event.type };
}

function undoneOtherwise(procedure: Procedure, dossier: Calls, event: DossierEvent): Otherwise | undefined {
  const undoing = undoingBy(procedure, event);
  if (!undoing) return undefined;
  const expected = lastStanding(dossier, undoing.undoes)?.request ?? 'no call';
  return expected === undoing.call ? undefined : { expected: `${expected} taken back`, found: undoing.call };
}

/** Which calls the event says something of, and which of them it says was taken back now. */
function undoingBy(
  { stages }: Procedure,
  { type, data }: DossierEvent,
): { undoes: readonly string[]; call: string } | undefined {
  if (type !== 'UndoAnswered' && type !== 'StagePassed') return undefined;
  const stage = stages[data.stage];
  const undoes = stage?.kind === 'call' ? stage.undoes : undefined;
  if (type === 'UndoAnswered') return { undoes: undoes ?? [], call: data.call };
  return undoes && data.outcome === 'done' ? { undoes, call: 'no call' } : undefined;
}
