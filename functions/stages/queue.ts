import { COORDINATION } from '../../domain/dossier/coordination.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { Actor } from '../../schemas/procedure/stages.ts';

/** The queue in which the work waits: where nobody can tell who decides, the coordination queue. */
export function queueOf(by: Actor, unit: string | null): { role: string; unit: string } {
  if (unit === null) return COORDINATION;
  if (typeof by === 'string') return { role: by, unit };
  if ('role' in by && typeof by.unit === 'string' && !by.unit.startsWith('=')) return { role: by.role, unit: by.unit };
  throw new TaskTerminal('by: expected a role, or a role in a named unit, in this release');
}
