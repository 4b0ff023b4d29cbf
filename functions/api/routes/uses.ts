import * as z from 'zod';
import type { Head } from '../../../schemas/dossier.ts';
import { DossierPath, NoQuery, ReadQuery } from '../../../schemas/api.ts';
import { DossierUses, ReadShown, READS_SHOWN, Use, UsesQuery } from '../../../schemas/uses.ts';
import { withHolder } from '../../dossiers/holder.ts';
import { applicantKeyOf } from '../../dossiers/submit.ts';
import { shownRead, usesOfDossier } from '../../uses/uses-of-dossier.ts';
import type { Identity } from '../authentication.ts';
import { isGoneFor, loadFor } from '../entitlement.ts';
import { RequestRefused } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const next = z.string().optional();
const UseList = z.strictObject({ items: z.array(Use) });
const ReadList = z.strictObject({ items: z.array(ReadShown), next });
const UsesList = z.strictObject({ items: z.array(DossierUses), next });

/** Who used an applicant's data, and what for. */
export function useRoutes(surface: Surface): Route[] {
  return [ofDossier(surface), reads(surface), ofApplicant(surface)];
}

function ofDossier(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/dossiers/{id}/uses',
    id: 'listUses',
    summary: 'Whom the data of this dossier was asked from or given to: what for, by which law, when',
    who: ['applicant', 'admin'],
    params: DossierPath,
    query: NoQuery,
    answers: { 200: { description: 'All that the record holds, the last first', schema: UseList } },
    async handle({ identity, params }) {
      const head = await headFor(surface, identity, params.id);
      return json(200, { items: await usesOf(surface, head) });
    },
  });
}

function reads(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/dossiers/{id}/reads',
    id: 'listReads',
    summary:
      'Officials who opened this dossier, its documents or its evidence, by day; newest first, kept for two years',
    who: ['applicant', 'admin'],
    params: DossierPath,
    query: ReadQuery,
    answers: { 200: { description: 'One page', schema: ReadList } },
    async handle({ identity, params, query: { limit, after } }) {
      await headFor(surface, identity, params.id);
      const page = { limit, ...(after !== undefined && { after }) };
      const { items, next: more } = await surface.platform.reads.list(params.id, page);
      return json(200, { items: items.map(shownRead), ...(more !== undefined && { next: more }) });
    },
  });
}

function ofApplicant(surface: Surface): Route {
  const { platform } = surface;
  return route({
    method: 'get',
    path: '/uses',
    id: 'listAllUses',
    summary: 'The same over all dossiers of the caller, the newest dossier first',
    who: ['applicant'],
    query: UsesQuery,
    answers: { 200: { description: 'One page of dossiers', schema: UsesList } },
    async handle({ identity, query: { limit, after } }) {
      const page = { limit, ...(after !== undefined && { after }) };
      const own = await platform.store.byApplicant(applicantKeyOf(platform, identity.subject), page);
      const items = await Promise.all(
        (await withHolder(platform, own.items, ({ id }) => id)).map((head) => allOf(surface, head)),
      );
      return json(200, { items, ...(own.next !== undefined && { next: own.next }) });
    },
  });
}

async function allOf(surface: Surface, head: Head): Promise<z.infer<typeof DossierUses>> {
  const [uses, { items, next: more }] = await Promise.all([
    usesOf(surface, head),
    surface.platform.reads.list(head.id, { limit: READS_SHOWN }),
  ]);
  const { id, reference, code, procedure, procedureVersion } = head;
  const read = { reads: items.map(shownRead), moreReads: more !== undefined };
  return { dossier: id, reference, code, procedure, version: procedureVersion, uses, ...read };
}

function usesOf({ platform, catalogue }: Surface, { id, procedure, procedureVersion }: Head): Promise<Use[]> {
  return usesOfDossier(platform, catalogue, { id, procedure, version: procedureVersion });
}

/** Of a dossier that the caller may see, also when its record was disposed of. */
async function headFor(surface: Surface, identity: Identity, id: string): Promise<Head> {
  if (!(await isGoneFor(surface, identity, id))) await loadFor(surface, identity, id);
  const head = await surface.platform.store.head(id);
  if (!head) throw new RequestRefused('unknown-dossier', `expected the id of a dossier, got ${id}`);
  return head;
}
