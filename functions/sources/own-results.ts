import { givesOf } from '../../domain/dossier/children.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { EventData } from '../../schemas/events.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import { findByCode } from '../dossiers/find-by-code.ts';
import { isOfItsApplicant } from '../dossiers/holder.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { deliveredPapers, effectsOn, endOf, validityOf } from '../reuse/delivered-papers.ts';
import { standingOf } from '../stages/standing.ts';

type Found = Omit<EventData<'SourceAnswered'>, 'document' | 'request' | 'fields' | 'revises'> & {
  record: Readonly<Record<string, unknown>>;
};

/**
 * A result that Onetrack issued to the same applicant, by the code of its dossier, as it stands now: what of it went out, whether it still holds, and what
 * its procedure hands over. Somebody else's is not told from one that does not exist, and what was taken in for nobody in particular is nobody's.
 */
export async function findOwnResult(
  platform: Platform,
  catalogue: Catalogue,
  asking: Pick<Dossier, 'applicantKey' | 'channel' | 'identifiedBy' | 'parent'>,
  { procedure, code }: { procedure: string; code: string },
): Promise<Found> {
  const now = platform.clock.now();
  const base = { how: 'own-record', level: 'authentic', at: new Date(now).toISOString() } as const;
  const nothing = { ...base, found: false, record: {} };
  const head = await findByCode(platform.store, code);
  if (head?.procedure !== procedure || head.applicantKey !== asking.applicantKey) return nothing;
  if (!(await isOfItsApplicant(platform, asking))) return nothing;
  const loaded = await platform.cache.load(head.id, platform.store, platform.masterKey);
  if (!loaded || !(await isOfItsApplicant(platform, loaded.dossier))) return nothing;
  if (loaded.dossier.settled === null || loaded.dossier.result === null) return nothing;
  const { dossier } = loaded;
  if (givesOf(loaded.dossier.result) === 'nothing') return nothing;
  const standing = await standingOf(catalogue, loaded, now);
  const delivered = deliveredPapers(standing);
  if (delivered.length === 0) return nothing;
  const papers = delivered.map(([issue, { copy, number, sealed }]) => ({
    issue,
    copy,
    number: number?.text ?? null,
    document: sealed.document,
    sealed: sealed.at,
  }));
  const ends = await Promise.all(delivered.map(([issue, { sealed }]) => endOf(standing, issue, sealed)));
  const validUntil = ends.filter((end) => end !== undefined).toSorted()[0];
  const validity = validityOf(delivered, validUntil, now);
  const handed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(standing.procedure.output ?? {}))
    handed[name] = await standing.evaluator.handed(value);
  const issues = papers.map(({ issue, number, sealed }) => [
    issue,
    { ...(number !== null && { number }), signedAt: sealed.slice(0, 10) },
  ]);
  return {
    ...base,
    found: true,
    ...(validUntil !== undefined && { validUntil }),
    result: { dossier: dossier.id, code, validity, papers },
    record: {
      ...handed,
      result: dossier.result,
      validity,
      effects: effectsOn(delivered),
      ...(validUntil !== undefined && { validTo: localDate(standing.calendar, Date.parse(validUntil)) }),
      issues: Object.fromEntries(issues) as unknown,
    },
  };
}
