import type { EventData } from '../../../schemas/events.ts';
import { refuse, type Refused } from '../../../schemas/refusals.ts';
import { isOpen } from '../project.ts';
import type { Dossier } from '../state.ts';
import { accept, type Decision } from './decision.ts';

/** Forbids that the record be disposed of, for as long as it stands. Also of a dossier that is closed, or not yet. */
export function setHold(d: Dossier, { legalBasis, reason }: { legalBasis: string; reason: string }): Decision {
  const hold = `hold-${d.version + 1}`;
  return accept({ type: 'HoldSet', data: { hold, legalBasis }, secret: { comment: reason } });
}

export function liftHold(
  d: Dossier,
  { hold, legalBasis, reason }: { hold: string; legalBasis: string; reason: string },
): Decision {
  if (!d.holds?.[hold]) return refuse('hold-unknown', `expected a hold on ${d.id}, got ${hold}`);
  return accept({ type: 'HoldLifted', data: { hold, legalBasis }, secret: { comment: reason } });
}

/** The end of a record: after it nothing more can be appended. Done already, it is done. */
export function disposeOf(d: Dossier, data: EventData<'DossierDisposed'>): Decision {
  if (d.disposed) return accept();
  return refuseEnd(d) ?? accept({ type: 'DossierDisposed', data });
}

/** Why a record may not be disposed of, whatever its age. */
export function refuseDisposal(d: Pick<Dossier, 'id' | 'status' | 'holds'>): Refused | undefined {
  if (d.status !== 'closed') return refuse('wrong-status', `expected a closed dossier, ${d.id} is ${d.status}`);
  const [hold] = Object.keys(d.holds ?? {});
  return hold === undefined ? undefined : refuse('on-hold', `dossier ${d.id} is under ${hold}`);
}

/** The same, and nothing of somebody may still lie there: an original that was kept has to go back first. */
export function refuseEnd(d: Dossier): Refused | undefined {
  const [open] = Object.values(d.tasks).filter(isOpen);
  return refuseDisposal(d) ?? (open && refuse('wrong-status', `task ${open.task} of dossier ${d.id} is open`));
}
