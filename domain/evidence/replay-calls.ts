import type { DossierEvent, EventData } from '../../schemas/events.ts';
import { requestOf, undoOf } from '../dossier/calls.ts';
import { visitOf } from '../dossier/commands/stages.ts';
import type { Dossier } from '../dossier/state.ts';

type CallEvent = Extract<DossierEvent, { type: 'CallBegun' | 'CallAnswered' | 'UndoAnswered' }>;

/** A call that can be taken back is begun once, where the dossier stands, answered once, and taken back once, by the system that did it. */
export function ruleAgainstCall(d: Dossier, event: CallEvent): string | undefined {
  if (event.actor.kind !== 'platform') return 'the platform';
  switch (event.type) {
    case 'CallBegun':
      return ruleAgainstPlace(d, event.data, [d.stage]) ?? ruleAgainstBeginning(d, event.data);
    case 'CallAnswered':
      return ruleAgainstAnswer(d, event.data);
    case 'UndoAnswered':
      // A refusal is recorded as the stage is left by it.
      return ruleAgainstPlace(d, event.data, [d.stage, d.cameFrom]) ?? ruleAgainstUndo(d, event.data);
  }
}

function ruleAgainstPlace(
  d: Dossier,
  { run, stage }: { run: number; stage: string },
  stages: readonly (string | null)[],
): string | undefined {
  return run === d.run && stages.includes(stage) ? undefined : `run ${d.run} at stage ${d.stage ?? 'none'}`;
}

function ruleAgainstBeginning(d: Dossier, { stage, request }: EventData<'CallBegun'>): string | undefined {
  const next = requestOf(d.id, { stage, visit: visitOf(d, stage) });
  return request === next && !d.calls?.[next] ? undefined : `a new call ${next}`;
}

function ruleAgainstAnswer({ calls = {} }: Dossier, data: EventData<'CallAnswered'>): string | undefined {
  const call = calls[data.request];
  if (!call) return undefined;
  if (call.state !== 'begun') return 'one answer to a call';
  const isOf = call.stage === data.stage && call.visit === data.visit && call.system === data.system;
  return isOf ? undefined : `an answer of system ${call.system}`;
}

function ruleAgainstUndo({ calls = {} }: Dossier, data: EventData<'UndoAnswered'>): string | undefined {
  const call = calls[data.call];
  if (call?.state !== 'done') return 'a call that was done and not yet taken back';
  if (data.system !== call.system) return `system ${call.system}`;
  const request = undoOf(data.call, call);
  return data.request === request ? undefined : `request ${request}`;
}
