import type * as z from 'zod';
import type { Dossier } from '../../../domain/dossier/state.ts';
import type { Head } from '../../../schemas/dossier.ts';
import { PaperList, PaperQuery, ReuseList, ReuseQuery } from '../../../schemas/own-papers.ts';
import { isOfItsApplicant } from '../../dossiers/holder.ts';
import { applicantKeyOf } from '../../dossiers/submit.ts';
import { countsAs, type OwnPaper, papersOf } from '../../reuse/own-papers.ts';
import { reusesIn } from '../../reuse/reuses.ts';
import type { Loaded } from '../../runtime/dossier-cache.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

type Listed = PaperList['items'][number];

/** What a person has already and can hand in again, and where it was used: for the holder alone. */
export function paperRoutes(surface: Surface): Route[] {
  return [papers(surface), reuses(surface)];
}

function papers(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'get',
    path: '/papers',
    id: 'listPapers',
    summary: 'Results of the caller, and what he handed in and an official accepted: what he need not bring again',
    who: ['applicant'],
    query: PaperQuery,
    answers: { 200: { description: 'Of his dossiers, newest first', schema: PaperList } },
    async handle({ identity, query }) {
      const { heads, next } = await dossiersOf(surface, identity.subject, query);
      const ended = heads.filter(({ settled, status }) => settled !== undefined || status === 'closed');
      const loaded = await loadAll(surface, ended);
      const now = platform.clock.now();
      const items = await Promise.all(
        loaded.map(async (each) => {
          const place = await placeOf(surface, each.dossier);
          const found = await papersOf(catalogue, each, now);
          return Promise.all(found.map((paper) => listed(surface, place, paper)));
        }),
      );
      return json(200, { items: items.flat(), ...(next !== undefined && { next }) });
    },
  });
}

function reuses(surface: Surface): Route {
  const { catalogue } = surface;
  return route({
    method: 'get',
    path: '/papers/reuses',
    id: 'listReuses',
    summary: 'Which later dossiers used the caller’s papers, when, and what for',
    who: ['applicant'],
    query: ReuseQuery,
    answers: { 200: { description: 'The latest dossiers first', schema: ReuseList } },
    async handle({ identity, query }) {
      const { heads, next } = await dossiersOf(surface, identity.subject, query);
      // A paper is used by what came after it: beyond its own dossier there is nothing to look for.
      const own = heads.findIndex(({ id }) => id === query.dossier);
      const loaded = await loadAll(surface, own < 0 ? heads : heads.slice(0, own));
      const items = await Promise.all(
        loaded.map(async ({ dossier }) => {
          const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
          const by = { ...(await placeOf(surface, dossier)), receivedBy: await unitOf(surface, dossier.receivingUnit) };
          return reusesIn(dossier, procedure).map((reuse) => ({ ...reuse, by }));
        }),
      );
      return json(200, {
        items: items.flat().filter(({ dossier }) => query.dossier === undefined || dossier === query.dossier),
        ...(own < 0 && next !== undefined && { next }),
      });
    },
  });
}

async function dossiersOf(
  { platform }: Surface,
  subject: string,
  { limit, after }: z.output<typeof PaperQuery>,
): Promise<{ heads: Head[]; next: string | undefined }> {
  const page = { limit, ...(after !== undefined && { after }) };
  const { items, next } = await platform.store.byApplicant(applicantKeyOf(platform, subject), page);
  return { heads: items, next };
}

/** Those that are the caller's: an official's key stands also in what he took in for nobody in particular. */
async function loadAll({ platform }: Surface, heads: readonly Head[]): Promise<Loaded[]> {
  const { cache, store, masterKey } = platform;
  const loaded = await Promise.all(
    heads.map(async ({ id }) => {
      const each = await cache.load(id, store, masterKey);
      return each && (await isOfItsApplicant(platform, each.dossier)) ? [each] : [];
    }),
  );
  return loaded.flat();
}

type Place = Pick<Listed, 'dossier' | 'code' | 'procedure' | 'version' | 'procedureTitle'>;

async function placeOf(
  { catalogue }: Surface,
  { id, code, procedure, procedureVersion: version }: Dossier,
): Promise<Place> {
  const pinned = await catalogue.pinned(procedure, version);
  return { dossier: id, code, procedure, version, procedureTitle: pinned.procedure.title };
}

/** A unit by the name under which it is registered: one that has ended keeps its own. */
async function unitOf({ catalogue }: Surface, unit: string): Promise<{ unit: string; name: string }> {
  return { unit, name: (await catalogue.unit(unit))?.name ?? unit };
}

async function listed(surface: Surface, place: Place, paper: OwnPaper): Promise<Listed> {
  const { kind, name, title, document, mediaType, fileName, at, validity, until } = paper;
  const shown = {
    ...place,
    kind,
    name,
    ...(title && { title }),
    document,
    mediaType,
    fileName,
    countsAs: [...countsAs(paper)],
    at,
    validity,
    ...(until !== undefined && { until }),
  };
  if (paper.kind === 'result') {
    const { number, effects, unit } = paper;
    return { ...shown, number, effects, issuedBy: unit === null ? null : await unitOf(surface, unit) };
  }
  const { by, at: when, compared } = paper.accepted;
  const { unit, role } = by.onBehalfOf ?? by;
  const accepted = { by: by.id, role, where: await unitOf(surface, unit), at: when, compared };
  return { ...shown, accepted };
}
