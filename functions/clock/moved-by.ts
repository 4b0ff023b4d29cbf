import type { Dossier } from '../../domain/dossier/state.ts';
import type { Told } from '../../domain/time/civil-text.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { LegalBasis } from '../../schemas/procedure/values.ts';
import { titleInWords } from '../dossiers/stage-in-words.ts';

type Named = { id: string; title?: Procedure['title'] | undefined; legalBasis: LegalBasis };

/** The extension or pause that moved a date: its ground as it stands within a sentence, and its law. */
export interface MovedBy {
  by: 'extension' | 'pause';
  title: Told;
  legalBasis: string;
}

/** What moved the dossier's date last, as its procedure calls it. */
export function movedBy({ moved }: Pick<Dossier, 'moved'>, { clock }: Pick<Procedure, 'clock'>): MovedBy | undefined {
  if (moved === undefined) return undefined;
  const named: readonly Named[] = (moved.by === 'extension' ? clock.extend : clock.pauses) ?? [];
  const found = named.find(({ id }) => id === moved.id);
  return found && { by: moved.by, ...groundOf(found) };
}

/** Ground and law of an extension or a pause; without a title people read its id. */
export function groundOf({ id, title, legalBasis }: Named): Omit<MovedBy, 'by'> {
  const told = title === undefined ? { vi: id, en: id } : titleInWords(title);
  return { title: told, legalBasis: [legalBasis].flat().join('; ') };
}
