import { COORDINATION } from '../../domain/dossier/coordination.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { Actor } from '../../schemas/procedure/stages.ts';

/**
 * The queue in which the work waits: where nobody can tell who decides, the coordination queue. `workOf` names the unit that has a unit's work now: a procedure
 * may name one that is no more.
 */
export function queueOf(
  by: Actor,
  unit: string | null,
  workOf: (unit: string) => string | null,
): { role: string; unit: string } {
  if (unit === null) return COORDINATION;
  const queue = (role: string, named: string) => {
    const now = workOf(named);
    return now === null ? COORDINATION : { role, unit: now };
  };
  if (typeof by === 'string') return queue(by, unit);
  if ('role' in by && typeof by.unit === 'string' && !by.unit.startsWith('=')) return queue(by.role, by.unit);
  throw new TaskTerminal('by: expected a role, or a role in a named unit, in this release');
}
