import type { DossierEvent } from '../../schemas/events.ts';
import { refuseEnd } from '../dossier/commands/archive.ts';
import type { Dossier } from '../dossier/state.ts';

type ArchiveEvent = Extract<DossierEvent, { type: 'HoldSet' | 'HoldLifted' | 'DossierDisposed' }>;

/** Holds are of officials; disposal is of the platform, by two who did not propose it. */
export function ruleAgainstArchive(d: Dossier, { type, actor, data }: ArchiveEvent): string | undefined {
  if (type === 'DossierDisposed') {
    if (actor.kind !== 'platform') return 'the platform';
    const hands = new Set([data.proposed.by, ...data.approved.map(({ by }) => by)]);
    return hands.size === 3 ? refuseEnd(d)?.refusal.detail : 'two who approved, neither of whom proposed it';
  }
  if (actor.kind !== 'official') return 'an official';
  const stands = d.holds?.[data.hold] !== undefined;
  return stands === (type === 'HoldLifted') ? undefined : 'a hold that begins once and ends once';
}
