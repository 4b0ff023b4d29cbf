import { givesOf } from '../../domain/dossier/children.ts';
import type { Dossier, IssueState } from '../../domain/dossier/state.ts';
import type { EventData } from '../../schemas/events.ts';
import type { Validity } from '../../schemas/events/sources.ts';
import type { Effect } from '../../schemas/procedure/closed-sets.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import { validityOf as reckonValidity } from '../issues/validity.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';

type Found = Omit<EventData<'SourceAnswered'>, 'document' | 'request' | 'fields' | 'revises'> & {
  record: Readonly<Record<string, unknown>>;
};

/** What an effect makes of the result that it touches; the others leave it standing. */
const MAKES: Partial<Record<Effect, Validity>> = {
  revokes: 'revoked',
  replaces: 'replaced',
  recalls: 'recalled',
  suspends: 'suspended',
};

/**
 * A result that Onetrack issued to the same applicant, by the code of its dossier, as it stands now: what of it went out, whether it still holds, and what
 * its procedure hands over. Somebody else's is not told from one that does not exist.
 */
export async function findOwnResult(
  platform: Platform,
  catalogue: Catalogue,
  asking: Pick<Dossier, 'applicantKey'>,
  { procedure, code }: { procedure: string; code: string },
): Promise<Found> {
  const now = platform.clock.now();
  const base = { how: 'own-record', level: 'authentic', at: new Date(now).toISOString() } as const;
  const nothing = { ...base, found: false, record: {} };
  const head = await platform.store.byCode(code);
  if (head?.procedure !== procedure || head.applicantKey !== asking.applicantKey) return nothing;
  const loaded = await platform.cache.load(head.id, platform.store, platform.masterKey);
  if (!loaded || loaded.dossier.settled === null || loaded.dossier.result === null) return nothing;
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

type Sealed = [string, IssueState & { sealed: NonNullable<IssueState['sealed']> }];

/** The papers that a stage which gives something handed over: receipts and drafts are no results. */
function deliveredPapers({ procedure, loaded: { dossier } }: Standing): Sealed[] {
  const names = Object.values(procedure.stages).flatMap((stage) =>
    stage.kind === 'notify' && stage.result !== undefined && givesOf(stage.result) !== 'nothing'
      ? (stage.deliver ?? [])
      : [],
  );
  return [...new Set(names)].flatMap((name): Sealed[] => {
    const issue = dossier.issues[name];
    return issue?.sealed ? [[name, { ...issue, sealed: issue.sealed }]] : [];
  });
}

/** What later results have done to the papers: one that is extended is as valid as before. */
function effectsOn(papers: readonly Sealed[]): Effect[] {
  return [...new Set(papers.flatMap(([, { affected = [] }]) => affected.map(({ effect }) => effect)))];
}

/** When a paper ends, where its procedure says how long it is valid. Records from before its end was recorded are reckoned. */
async function endOf(standing: Standing, issue: string, sealed: Sealed[1]['sealed']): Promise<string | undefined> {
  const valid = sealed.valid ?? (await reckonValidity(standing, issue, Date.parse(sealed.at)));
  return valid?.until;
}

function validityOf(papers: readonly Sealed[], validUntil: string | undefined, now: number): Validity {
  const effects = papers.flatMap(([, { affected = [] }]) => affected).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const ended = effects.map(({ effect }) => MAKES[effect]).findLast((made) => made !== undefined);
  if (ended) return ended;
  return validUntil !== undefined && Date.parse(validUntil) <= now ? 'expired' : 'valid';
}
