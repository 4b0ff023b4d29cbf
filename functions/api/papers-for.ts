import type { Dossier, IssueState } from '../../domain/dossier/state.ts';
import { papersOut } from '../dossiers/check-paper.ts';
import { copyName } from '../dossiers/paper-mark.ts';
import type { Identity } from './authentication.ts';
import { RequestRefused } from './problem.ts';
import type { Surface } from './surface.ts';

/** Whether the caller may have this paper as it is now. */
export type MayHave = (issue: string, state: Pick<IssueState, 'copy'>) => boolean;

/** Which papers of a dossier a caller who may see it may have: an applicant those that have left the house, officials and the administrator all. */
export async function papersFor(
  { platform: { store }, catalogue }: Pick<Surface, 'platform' | 'catalogue'>,
  identity: Pick<Identity, 'kind'>,
  { id, issues, procedure: name, procedureVersion }: Dossier,
): Promise<MayHave> {
  if (identity.kind !== 'applicant') return () => true;
  if (Object.keys(issues).length === 0) return () => false;
  const { procedure } = await catalogue.pinned(name, procedureVersion);
  const out = papersOut(await store.events(id), procedure);
  return (issue, { copy }) => out.has(copyName({ issue, copy }));
}

/** Throws `result-not-ready` for an applicant whose dossier still goes on and holds a paper that has not left the house: its package has them all. */
export async function refuseWhileInside(surface: Surface, identity: Identity, dossier: Dossier): Promise<void> {
  if (dossier.stage === null) return;
  const mayHave = await papersFor(surface, identity, dossier);
  const inside = Object.entries(dossier.issues).filter(([issue, state]) => !mayHave(issue, state));
  if (inside.length > 0)
    throw new RequestRefused(
      'result-not-ready',
      `expected each paper of dossier ${dossier.id} to have been handed over, still held: ${inside.map(([issue]) => issue).join(', ')}`,
    );
}
