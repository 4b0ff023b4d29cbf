import type { Readable } from '../../domain/ports/read-log.ts';
import type { Identity } from './authentication.ts';
import type { Surface } from './surface.ts';

/** That an official opens something of a dossier is kept before he is shown it: where it cannot be kept, nothing is shown. Others leave nothing: the applicant reads his own, the administrator no personal data. */
export async function noteRead(
  { platform }: Pick<Surface, 'platform'>,
  identity: Identity,
  dossier: string,
  what: Readable,
): Promise<void> {
  if (identity.kind !== 'official') return;
  const { official, appointment } = identity;
  const { unit, role } = appointment;
  await platform.reads.add({ dossier, official: official.id, unit, role, what, at: platform.clock.now() });
}

/** The same of whoever fetches the original of a paper by its print: nobody knows who that is, but its holder learns that somebody did. */
export async function noteOriginal({ platform }: Pick<Surface, 'platform'>, dossier: string): Promise<void> {
  const who = { official: null, unit: null, role: null };
  await platform.reads.add({ dossier, ...who, what: 'original', at: platform.clock.now() });
}
