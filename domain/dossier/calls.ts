import type { DossierEvent } from '../../schemas/events.ts';
import type { CallState, Dossier } from './state.ts';

type CallEvent = Extract<DossierEvent, { type: 'CallBegun' | 'CallAnswered' | 'UndoAnswered' }>;

/** Idempotency key of a call: the same visit of a stage makes the same one. */
export function requestOf(dossier: string, { stage, visit }: Pick<CallState, 'stage' | 'visit'>): string {
  return `${dossier}.${stage}.${visit}`;
}

/** Idempotency key of taking a call back. A system that has refused is asked anew, and not for the answer that it gave. */
export function undoOf(call: string, { refusals }: Pick<CallState, 'refusals'>): string {
  return refusals === 0 ? `${call}.undo` : `${call}.undo.${refusals + 1}`;
}

/** Of the calls of these stages, the last begun that has, or may have, its effect. */
export function lastStanding(
  { calls = {} }: Pick<Dossier, 'calls'>,
  stages: readonly string[],
): { request: string; call: CallState } | undefined {
  const found = Object.entries(calls).findLast(
    ([, { stage, state }]) => stages.includes(stage) && (state === 'begun' || state === 'done'),
  );
  return found && { request: found[0], call: found[1] };
}

/** What became of calls that can be taken back; of others nothing is kept but the event. */
export function applyCall(d: Pick<Dossier, 'calls'>, event: CallEvent): Pick<Dossier, 'calls'> {
  const { calls = {} } = d;
  if (event.type === 'CallBegun') {
    const { stage, visit, system, request } = event.data;
    const begun = { stage, visit, system, state: 'begun' as const, sent: event.seq, undo: null, refusals: 0 };
    return { calls: { ...calls, [request]: begun } };
  }
  const request = event.type === 'CallAnswered' ? event.data.request : event.data.call;
  const call = calls[request];
  if (!call) return {};
  return { calls: { ...calls, [request]: { ...call, ...changeOf(call, event) } } };
}

function changeOf(call: CallState, event: Exclude<CallEvent, { type: 'CallBegun' }>): Partial<CallState> {
  const { outcome } = event.data;
  if (event.type === 'UndoAnswered') return outcome === 'done' ? { state: 'undone' } : { refusals: call.refusals + 1 };
  if (outcome === 'done') return { state: 'done', undo: event.seq };
  // A system that did not answer may have done it.
  return outcome === 'refused' ? { state: 'refused' } : {};
}
