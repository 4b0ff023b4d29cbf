import type { DossierEvent } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';

/** Limits that were extended though the procedure wants a decision, and not by the signature of one. */
export function extendedOtherwise(
  events: readonly DossierEvent[],
  { clock: { extend = [] } }: Procedure,
): { seq: number; expected: string; found: string }[] {
  let decided = 'none';
  return events.flatMap(({ type, seq, data }) => {
    if (type === 'TaskDecided') decided = `${data.stage}.${data.outcome}`;
    if (type !== 'ClockExtended') return [];
    const at = extend.find(({ id }) => id === data.extension)?.at;
    if (at === undefined || decided === `${at}.signed`) return [];
    return [{ seq, expected: `a decision, ${at}.signed`, found: decided }];
  });
}
