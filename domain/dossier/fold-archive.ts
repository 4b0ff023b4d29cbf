import type { DossierEvent } from '../../schemas/events.ts';
import type { Dossier } from './state.ts';

type ArchiveEvent = Extract<DossierEvent, { type: 'HoldSet' | 'HoldLifted' | 'DossierDisposed' }>;

/** What becomes of the record. */
export function applyArchiveEvent({ holds = {} }: Dossier, event: ArchiveEvent): Partial<Dossier> {
  const { type, data, at, actor } = event;
  switch (type) {
    case 'HoldSet':
      return { holds: { ...holds, [data.hold]: { by: actor, at, legalBasis: data.legalBasis } } };
    case 'HoldLifted': {
      const { [data.hold]: _, ...others } = holds;
      return { holds: others };
    }
    case 'DossierDisposed': {
      const { list, number, legalBasis, fate, to } = data;
      return { disposed: { at, list, number, legalBasis, fate, ...(to !== undefined && { to }) } };
    }
  }
}
