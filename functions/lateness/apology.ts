import type { Dossier } from '../../domain/dossier/state.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { findSecret, type Loaded } from '../runtime/dossier-cache.ts';

/** What an apology says: the one in work, else the last that went out. */
export interface ApologyFacts {
  cause: Readonly<Record<string, string>>;
  reason: string;
  /** The date promised until now, and the new one. */
  promised: string;
  due: string;
}

export function apologyFacts({ dossier, ...loaded }: Loaded, { clock }: Procedure): ApologyFacts | undefined {
  const said = saidBy(dossier);
  if (!said) return undefined;
  const reason = findSecret({ dossier, ...loaded }, said.secret)?.['comment'];
  return {
    cause: clock.late?.causes?.[said.cause] ?? { vi: said.cause },
    reason: typeof reason === 'string' ? reason : '',
    promised: said.promised,
    due: said.due,
  };
}

function saidBy({ apology, promise, reappointed }: Dossier) {
  if (apology?.draft && promise) return { ...apology.draft, promised: promise.due };
  return reappointed && { ...reappointed, promised: reappointed.from.due };
}

/** Work that seals a signed apology and sends it. Of a group of its own: other papers do not wait for it. The same copy gives the same row. */
export function apologyRow(
  dossier: string,
  at: number,
  work: { issue: string; copy: number },
): Omit<OutboxRow, 'dossier' | 'attempts'> {
  const id = `${dossier}:apology:${work.copy}`;
  return { id, group: `${dossier}:apology`, kind: 'work', at, body: { work: 'apology', ...work } };
}
