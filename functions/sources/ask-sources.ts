import { answerSource, askSources, awaits, failSource } from '../../domain/dossier/commands/sources.ts';
import type { SourceState } from '../../domain/dossier/state.ts';
import { TaskRetryable } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { EventBody, EventData } from '../../schemas/events.ts';
import { computeFacts } from '../dossiers/facts.ts';
import { viewOf } from '../dossiers/view.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely, type Proposal } from '../runtime/append.ts';
import { type Loaded, loadAtLeast, secretOf } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { foresee } from '../stages/foresight.ts';
import { standingOf } from '../stages/standing.ts';
import { contradictionsOf } from './contradictions.ts';
import type { DueSource } from './due-sources.ts';
import { findOwnResult } from './own-results.ts';

const PLATFORM = { kind: 'platform' } as const;

/** What a source said, or that it could not be had. */
type Said =
  | { document: string; request: string; failed: Pick<EventData<'SourceFailed'>, 'why' | 'detail'> }
  | {
      document: string;
      request: string;
      answer: Omit<EventData<'SourceAnswered'>, 'document' | 'request' | 'fields' | 'revises'>;
      record: Readonly<Record<string, unknown>>;
    };

/** Sets down that sources are about to be asked: in the record before any request goes out. */
export function proposeAsking({ dossier }: Loaded, due: readonly DueSource[]): Proposal {
  const questions = due.filter(({ isNew }) => isNew).map(({ question }) => question);
  return { decision: askSources(dossier, questions), actor: PLATFORM };
}

/** Asks the sources of these documents, all at once, and records what they say. */
export async function hearSources(
  platform: Platform,
  catalogue: Catalogue,
  dossier: string,
  documents: readonly string[],
): Promise<void> {
  const loaded = await loadAtLeast(platform, dossier, ({ dossier: { sources } }) =>
    documents.every((name) => sources[name]),
  );
  if (!loaded) return;
  const said = await Promise.all(
    documents.flatMap((document) => {
      const source = loaded.dossier.sources[document];
      return source?.state === 'asked' ? [ask(platform, catalogue, loaded, { document, source })] : [];
    }),
  );
  if (said.length > 0) await record(platform, catalogue, { dossier, said, late: false });
}

/** Asks a source again that could not be had, under the same request. Thrown is what lets the row wait and come again. */
export async function askSourceAgain(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const { document, request } = row.body as { document: string; request: string };
  const seen = ({ dossier: { sources } }: Loaded): boolean =>
    sources[document]?.failed != null || sources[document]?.request !== request;
  const loaded = await loadAtLeast(platform, row.dossier, seen);
  const source = loaded && awaits(loaded.dossier, { document, request });
  if (!source) return;
  const said = await ask(platform, catalogue, loaded, { document, source });
  if ('failed' in said) throw new TaskRetryable(`source of ${document}: ${said.failed.detail ?? said.failed.why}`);
  await record(platform, catalogue, { dossier: row.dossier, said: [said], late: true });
}

async function ask(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  { document, source }: { document: string; source: SourceState },
): Promise<Said> {
  const { from, request, purpose, legalBasis } = source;
  const key = String(secretOf(loaded, source.seq)['key']);
  if ('result' in from) {
    const { record: own, ...answer } = await findOwnResult(platform, catalogue, loaded.dossier, {
      procedure: from.result,
      code: key,
    });
    return { document, request, answer, record: own };
  }
  const question = { registry: from.registry, request, key, purpose, legalBasis: [legalBasis].flat().join('; ') };
  const said = await platform.connectors.ask(question);
  if (said.kind === 'failed') {
    const { kind: _, ...failed } = said;
    return { document, request, failed };
  }
  const { kind, record: held, at, ...answer } = said;
  return {
    document,
    request,
    answer: { found: kind === 'found', at: new Date(at).toISOString(), ...answer },
    record: held,
  };
}

/** In one commit. What was recorded of a request meanwhile stays as it is. */
async function record(
  platform: Platform,
  catalogue: Catalogue,
  { dossier, said, late }: { dossier: string; said: readonly Said[]; late: boolean },
): Promise<void> {
  await appendSurely(platform, dossier, async (loaded) => {
    const events = said.flatMap((each): EventBody[] => {
      const decision = recordOf(loaded, each);
      return decision.ok ? decision.events : [];
    });
    // After acceptance facts are what they were, but for a supplement.
    const mayRevise = !late || loaded.dossier.code === null;
    const recorded = mayRevise ? await withFacts(platform, catalogue, loaded, events) : events;
    const standing = late ? await standingOf(catalogue, loaded, platform.clock.now()) : undefined;
    const contradicted = standing ? await contradictionsOf(standing, catalogue, recorded) : [];
    return { decision: { ok: true, events: [...recorded, ...contradicted] }, actor: PLATFORM };
  });
}

function recordOf({ dossier }: Loaded, said: Said) {
  const { document, request } = said;
  if ('failed' in said) return failSource(dossier, { document, request, ...said.failed });
  const data = { document, request, ...said.answer, fields: Object.keys(said.record), revises: false };
  return answerSource(dossier, data, { record: said.record });
}

/** Facts and label may read what sources hold: they are computed anew over the answers, and lie with the last of them. */
async function withFacts(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  events: EventBody[],
): Promise<EventBody[]> {
  const last = events.findLast((event) => event.type === 'SourceAnswered');
  const now = platform.clock.now();
  const standing = await standingOf(catalogue, loaded, now);
  const { facts, label } = standing.procedure;
  if (!last || (facts === undefined && label === undefined)) return events;
  const view = viewOf(foresee(loaded, events, { actor: PLATFORM, now }), standing);
  const { kept, evaluations } = await computeFacts(standing.pinned, view, standing.calendar, now);
  const revised: EventBody = {
    ...last,
    data: { ...last.data, revises: true },
    secret: { ...last.secret, ...kept, evaluations },
  };
  return events.map((event) => (event === last ? revised : event));
}
