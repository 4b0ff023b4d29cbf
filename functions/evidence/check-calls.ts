import { applyCall, lastStanding } from '../../domain/dossier/calls.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { readDefinition } from '../../schemas/procedure/definition.ts';
import { textOf } from './findings.ts';

/** Calls that another stage takes back than the procedure says, or in another order; or a stage left as done that has left one standing. */
export function undoneOtherwise(
  events: readonly DossierEvent[],
  definition: Uint8Array,
): { seq: number; expected: string; found: string }[] {
  if (!events.some(({ type }) => type === 'CallBegun')) return [];
  const { procedure } = readDefinition(JSON.parse(textOf(definition)));
  let dossier: Pick<Dossier, 'calls'> = {};
  return events.flatMap((event) => {
    const undoing = undoingBy(procedure, event);
    const expected = undoing && (lastStanding(dossier, undoing.undoes)?.request ?? 'no call');
    if (event.type === 'CallBegun' || event.type === 'CallAnswered' || event.type === 'UndoAnswered')
      dossier = { ...dossier, ...applyCall(dossier, event) };
    if (!undoing || expected === undoing.call) return [];
    return [{ seq: event.seq, expected: `${expected} taken back`, found: undoing.call }];
  });
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
