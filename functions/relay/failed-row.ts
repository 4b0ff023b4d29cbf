import type { OutboxRow } from '../../domain/ports/dossier-store.ts';

/** What the log says of a row that failed: identifiers and the name of the error alone, since a message may quote anything. */
export function failedRow({ id, kind, attempts }: OutboxRow, error: unknown) {
  return { row: id, kind, attempts: attempts + 1, error: error instanceof Error ? error.name : 'unknown' };
}
