import type { EventBody } from '../../../schemas/events.ts';
import type { Refused } from '../../../schemas/refusals.ts';

/** What a command comes to: events to append, or a refusal. No events: it was done already. */
export type Decision = { ok: true; events: EventBody[] } | Refused;

export function accept(...events: EventBody[]): Decision {
  return { ok: true, events };
}

/** A stage that is skipped because its condition is false, or a `decide` whose rules chose. */
export interface Skipped {
  stage: string;
  kind: EventKind;
  outcome: string;
  next: string;
}
type EventKind = Extract<EventBody, { type: 'StagePassed' }>['data']['kind'];
