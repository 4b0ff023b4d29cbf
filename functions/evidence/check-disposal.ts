import { fallsDue, hasFallenDue } from '../../domain/archive/retention.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';

/** A record that was disposed of before its time, or not as its procedure says. */
export function disposedOtherwise(
  events: readonly DossierEvent[],
  { keep }: Procedure,
): { seq: number; expected: string; found: string }[] {
  const closed = events.find(({ type }) => type === 'DossierClosed')?.at;
  return events.flatMap(({ type, seq, at, data }) => {
    if (type !== 'DossierDisposed' || closed === undefined) return [];
    if (keep?.then === 'archive' && data.fate !== 'transferred')
      return [{ seq, expected: 'transferred to an archive', found: data.fate }];
    if (data.why === 'order') return [];
    if (keep && hasFallenDue(keep, closed, Date.parse(at))) return [];
    return [{ seq, expected: `an instant from ${(keep && fallsDue(keep, closed)) ?? 'never'} on`, found: at }];
  });
}
