import * as z from 'zod';
import type { Dossier, SourceState } from '../../../domain/dossier/state.ts';
import { DossierPath, NoQuery } from '../../../schemas/api.ts';
import { SourceFault, SourceLevel, SourceName, Validity } from '../../../schemas/events/sources.ts';
import { Instant, Name } from '../../../schemas/ids.ts';
import { LegalBasis } from '../../../schemas/procedure/values.ts';
import { ContradictionShown } from '../../../schemas/sources.ts';
import { type Loaded, secretOf } from '../../runtime/dossier-cache.ts';
import { contradictionShown } from '../../sources/contradictions.ts';
import { loadFor } from '../entitlement.ts';
import { noteRead } from '../note-read.ts';
import { type Sight, sightOf, sourceWithheld } from '../sight.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const Value = z.strictObject({
  value: z.unknown(),
  from: SourceName,
  at: Instant.describe('When the source said so'),
  asOf: z.string().optional(),
  how: z.enum(['asked', 'remembered', 'own-record']),
  level: SourceLevel,
});
const SourceShown = z.strictObject({
  document: Name,
  from: SourceName,
  name: z.string().optional().describe('Of the register'),
  authority: z.string().optional().describe('Who keeps it'),
  request: z.string(),
  purpose: z.string().describe('What for'),
  legalBasis: LegalBasis.describe('By which law'),
  stage: Name.describe('For which stage'),
  asked: Instant,
  state: z.enum(['asked', 'found', 'not-found', 'unavailable']),
  answered: Instant.nullable(),
  unavailable: z.strictObject({ code: z.literal('SOURCE_UNAVAILABLE'), why: SourceFault, at: Instant }).nullable(),
  fields: z.array(Name).describe('What was taken over'),
  validity: Validity.optional().describe('Of a result of our own'),
  validUntil: z.string().optional(),
  values: z
    .record(z.string(), Value)
    .optional()
    .describe('To officials: what it said, each value with where it is from; without what is withheld'),
  withheld: z
    .array(Name)
    .optional()
    .describe('Fields that are sensitive: shown to whoever has taken an open task that needs them'),
  demanded: z
    .array(z.strictObject({ at: Instant, by: z.string(), reason: z.string() }))
    .describe('Who asked for the paper although the source holds it, and why'),
  contradicted: ContradictionShown.optional(),
});
type Data = Readonly<Record<string, unknown>>;
const SourceList = z.strictObject({ items: z.array(SourceShown) });

/** What was fetched instead of asked for. */
export function sourceRoutes(surface: Surface): Route[] {
  return [
    route({
      method: 'get',
      path: '/dossiers/{id}/sources',
      id: 'listSources',
      summary:
        'Which registers and results were asked for this dossier: what for, by which law, when, and what came of it',
      who: ['applicant', 'official', 'admin'],
      params: DossierPath,
      query: NoQuery,
      answers: { 200: { description: 'Each source, as it was asked last', schema: SourceList } },
      async handle({ identity, params }) {
        const loaded = await loadFor(surface, identity, params.id);
        await noteRead(surface, identity, params.id, 'dossier');
        const sources = Object.entries(loaded.dossier.sources);
        const sight = await sightOf(surface, identity, loaded.dossier);
        const form = secretOf(loaded, loaded.dossier.secrets.form)['form'] as Data | undefined;
        return json(200, {
          items: await Promise.all(
            sources.map(async ([document, source]) => ({
              document,
              ...(await registerOf(surface, source)),
              ...shown(loaded, source, identity.kind !== 'admin'),
              ...(identity.kind === 'official' && valuesShown(loaded, source, { sight, form: form ?? {}, document })),
            })),
          ),
        });
      },
    }),
  ];
}

async function registerOf(
  { platform }: Surface,
  { from }: SourceState,
): Promise<{ name?: string; authority?: string }> {
  const known = 'registry' in from ? await platform.registry.get('connector', from.registry) : undefined;
  return known ? { name: known.record.name, authority: known.record.authority } : {};
}

function shown(loaded: Loaded, source: SourceState, withReasons: boolean) {
  const { from, request, purpose, legalBasis, stage, asked, state, answer, failed, demanded } = source;
  const { result, validUntil } = answer ?? {};
  return {
    from,
    request,
    purpose,
    legalBasis,
    stage,
    asked,
    state,
    answered: answer?.recorded ?? null,
    unavailable: failed && { code: 'SOURCE_UNAVAILABLE', ...failed },
    fields: answer?.fields ?? [],
    ...(result && { validity: result.validity }),
    ...(validUntil !== undefined && { validUntil }),
    ...contradictionShown(source),
    demanded: demanded.map(({ at, by, seq }) => ({
      at,
      by: by.kind === 'official' ? by.id : by.kind,
      reason: withReasons ? String(secretOf(loaded, seq)['comment']) : '',
    })),
  };
}

/** Where each value is from, when and how it came, and how far it can be relied on. Not for the applicant: by naming a neighbour's number he would read his record. */
function valuesShown(
  loaded: Loaded,
  { from, answer }: Dossier['sources'][string],
  { sight, form, document }: { sight: Sight; form: Data; document: string },
): { values: Record<string, z.infer<typeof Value>>; withheld?: string[] } {
  if (!answer) return { values: {} };
  const { at, asOf, how, level, seq } = answer;
  const record = secretOf(loaded, seq)['record'] as Data;
  const { values, withheld } = sourceWithheld(sight, form, { document, values: record });
  const provenance = { from, at, ...(asOf !== undefined && { asOf }), how, level };
  return {
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, ...provenance }])),
    ...(withheld.length > 0 && { withheld }),
  };
}
