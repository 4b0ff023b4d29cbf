import * as z from 'zod';
import { Actor } from '../../../schemas/actor.ts';
import { DossierPath, NoQuery } from '../../../schemas/api.ts';
import { Instant, Name, Sha256, TaskId } from '../../../schemas/ids.ts';
import { SensitiveKind, WithheldField } from '../../../schemas/procedure/sensitive.ts';
import { documentVersions, formVersions } from '../../dossiers/versions.ts';
import { loadFor } from '../entitlement.ts';
import { noteRead } from '../note-read.ts';
import { shownForm, sightOf } from '../sight.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const Coming = z.strictObject({
  seq: z.int().positive().describe('Number of the event that brought it'),
  at: Instant,
  by: Actor,
  task: TaskId.nullable().describe('The task by which it came; null: with the submission'),
});
const VersionList = z.strictObject({
  forms: z
    .array(
      Coming.extend({
        form: z.record(z.string(), z.unknown()),
        withheld: z.array(WithheldField).optional().describe('What it says and the caller may not see'),
      }),
    )
    .describe('The last is the one that counts'),
  documents: z.array(
    z.strictObject({
      component: Name,
      withheld: SensitiveKind.optional().describe('It is sensitive, and its bytes are not for the caller'),
      versions: z
        .array(
          Coming.extend({
            sha256: Sha256,
            size: z.int(),
            mediaType: z.string(),
            how: z.string().describe('`reference`: of a classified document, whose bytes are nowhere here'),
            name: z.string().optional(),
          }),
        )
        .describe('In order of coming; each is fetched by its SHA-256'),
    }),
  ),
});

/** What the applicant declared and handed in, each version of it. */
export function dossierVersionRoutes(surface: Surface): Route[] {
  return [
    route({
      method: 'get',
      path: '/dossiers/{id}/versions',
      id: 'listDossierVersions',
      summary: 'Every version of the form and of each document: what, when, by whom',
      who: ['applicant', 'official'],
      params: DossierPath,
      query: NoQuery,
      answers: { 200: { description: 'The first first', schema: VersionList } },
      async handle({ identity, params }) {
        const loaded = await loadFor(surface, identity, params.id);
        await noteRead(surface, identity, params.id, 'dossier');
        const events = await surface.platform.store.events(params.id);
        const sight = await sightOf(surface, identity, loaded.dossier);
        const forms = await Promise.all(
          formVersions(events, loaded).map(async ({ form: declared, ...coming }) => {
            const seen = { sight, dossier: params.id, form: declared };
            const { form, withheld } = await shownForm(surface, identity, seen);
            return { ...coming, form, ...(withheld.length > 0 && { withheld }) };
          }),
        );
        const documents = documentVersions(events, loaded).map(({ component, versions }) => {
          const withheld = sight.seesAll ? undefined : sight.marked.documents.get(component);
          if (withheld === undefined) return { component, versions };
          return { component, withheld, versions: versions.map(({ name: _, ...version }) => version) };
        });
        return json(200, { forms, documents });
      },
    }),
  ];
}
