import { canonical } from '../../domain/chain.ts';
import type { Compared } from '../../domain/dossier/commands/intake.ts';
import { notTakenIn } from '../../domain/dossier/paper.ts';
import type { Dossier, TaskState } from '../../domain/dossier/state.ts';
import { IntakeManifest } from '../../schemas/intake.ts';

/** What an official signs: the scans before him, that he has compared them, and what becomes of the originals. The same dossier and words give the same bytes. */
export function manifestOf(dossier: Dossier, task: TaskState, { keeps }: Compared): Uint8Array {
  const kept = new Set(keeps?.components);
  const manifest: IntakeManifest = {
    format: 'onetrack-intake',
    version: 1,
    statement: 'compared-with-the-paper',
    dossier: dossier.id,
    task: task.task,
    unit: task.unit ?? '',
    role: task.role ?? '',
    scans: notTakenIn(dossier).map(({ component, sha256, size, how }) => ({
      component,
      how,
      sha256,
      size,
      original: kept.has(component) ? 'kept' : 'returned',
    })),
    ...(keeps && { custody: { place: keeps.place, until: keeps.until } }),
  };
  return Buffer.from(canonical(IntakeManifest.parse(manifest)));
}
