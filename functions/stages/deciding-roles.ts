import type { Procedure } from '../../schemas/procedure.ts';

/** Roles that examine, inspect or decide. */
export function decidingRoles({ stages }: Procedure): ReadonlySet<string> {
  return new Set(
    Object.values(stages).flatMap((stage) => {
      if (stage.kind !== 'verify' && stage.kind !== 'inspect' && stage.kind !== 'approve') return [];
      return typeof stage.by === 'string' ? [stage.by] : 'role' in stage.by ? [stage.by.role] : [];
    }),
  );
}
