import * as z from 'zod';
import { DossierPath, DossierSummary, SlugPath } from '../../../schemas/api.ts';
import {
  DisposalList,
  DisposalQuery,
  DisposalRefusal,
  DisposalRequest,
  DueQuery,
  DueRecords,
  HoldPath,
  HoldRequest,
  ListedQuery,
  ListedRecords,
} from '../../../schemas/archive.ts';
import { holdRecord, releaseRecord } from '../../archive/holds.ts';
import { listDue } from '../../archive/due.ts';
import { refuseStranger, unitsKept } from '../../archive/keepers.ts';
import { recordOf, tellListed } from '../../archive/listed.ts';
import { approveDisposal, declineDisposal, proposeDisposal, withdrawDisposal } from '../../archive/lists.ts';
import { type Identity, officialActor } from '../authentication.ts';
import { officialOrder } from '../official-order.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { empty, json, route, type Route, type Surface } from '../surface.ts';

const done = { 200: { description: 'Done; where the dossier stands now', schema: DossierSummary } };
const Lists = z.strictObject({ items: z.array(DisposalList), next: z.string().optional() });
type Official = Extract<Identity, { kind: 'official' }>;
type Reader = Extract<Identity, { kind: 'official' | 'admin' }>;

const actorOf = ({ official, appointment }: Official) => officialActor(official, appointment, 'login');

/** What becomes of records: holds, what falls due, lists by which it is disposed of. */
export function archiveRoutes(surface: Surface): Route[] {
  return [
    hold(surface),
    release(surface),
    due(surface),
    propose(surface),
    list(surface),
    read(surface),
    listed(surface),
    approve(surface),
    decline(surface),
    withdraw(surface),
  ];
}

function hold(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/dossiers/{id}/holds',
    id: 'holdRecord',
    summary: 'Forbid that a record be disposed of; archivist, or who heads the unit',
    who: ['official'],
    params: DossierPath,
    body: HoldRequest,
    answers: done,
    handle: (call) =>
      officialOrder(surface, call, (order) =>
        holdRecord(platform, catalogue, call.params.id, { ...call.body, ...order }),
      ),
  });
}

function release(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/dossiers/{id}/holds/{hold}/end',
    id: 'releaseRecord',
    summary: 'End a hold; who heads the unit alone',
    who: ['official'],
    params: HoldPath,
    body: HoldRequest,
    answers: done,
    handle: (call) =>
      officialOrder(surface, call, (order) =>
        releaseRecord(platform, catalogue, call.params.id, { ...call.body, hold: call.params.hold, ...order }),
      ),
  });
}

/** The unit whose records the caller looks after: an official his own, the administrator the one that he names. */
async function unitOf({ catalogue }: Surface, identity: Reader, wanted: string | undefined): Promise<string> {
  if (identity.kind === 'admin') {
    if (wanted === undefined) throw new RequestRefused('invalid-request', 'expected a unit');
    if (!(await catalogue.unit(wanted))) throw new RequestRefused('unknown-unit', `expected a unit, got ${wanted}`);
    return wanted;
  }
  const { appointment } = identity;
  const stranger = await refuseStranger(catalogue, appointment);
  if (stranger) answerRefusal(stranger.refusal);
  if (wanted !== undefined && wanted !== appointment.unit)
    throw new RequestRefused('wrong-unit', `expected ${appointment.unit}, got ${wanted}`);
  return appointment.unit;
}

function due(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'get',
    path: '/archive/due',
    id: 'listDueRecords',
    summary: 'Closed dossiers of a unit whose time of retention is over',
    who: ['official', 'admin'],
    query: DueQuery,
    answers: { 200: { description: 'One page; it may be short, or empty, and have a next one', schema: DueRecords } },
    async handle({ identity, query: { unit: wanted, limit, after } }) {
      const unit = await unitOf(surface, identity, wanted);
      const now = platform.clock.now();
      const units = await unitsKept(catalogue, unit, now);
      const page = { limit, ...(after !== undefined && { after }) };
      const { items, next } = await listDue(platform, catalogue, { units, now }, page);
      return json(200, {
        items: items.map(({ head, keep, due: from }) => ({
          ...recordOf(head),
          due: from,
          then: keep.then,
          legalBasis: keep.legalBasis,
        })),
        ...(next !== undefined && { next }),
      });
    },
  });
}

function propose(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/disposals',
    id: 'proposeDisposal',
    summary: 'Propose to dispose of records; archivist, or who heads the unit',
    who: ['official'],
    body: DisposalRequest,
    answers: { 201: { description: 'Proposed: nothing is done before two others approve', schema: DisposalList } },
    async handle({ identity, body }) {
      const proposed = await proposeDisposal(platform, catalogue, { ...body, by: actorOf(identity) });
      if (!proposed.ok) answerRefusal(proposed.refusal);
      return json(201, proposed.list);
    },
  });
}

function list(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'get',
    path: '/disposals',
    id: 'listDisposals',
    summary: 'Disposal lists in order of id: of the caller’s unit and those below it, or all',
    who: ['official', 'admin'],
    query: DisposalQuery,
    answers: { 200: { description: 'One page; it may be short and have a next one', schema: Lists } },
    async handle({ identity, query: { limit, after } }) {
      const unit = identity.kind === 'admin' ? undefined : await unitOf(surface, identity, undefined);
      const page = await platform.registry.list('disposal', { limit, ...(after !== undefined && { after }) });
      const items = page.items.map(({ record }) => record);
      return json(200, {
        items: unit === undefined ? items : await judgedBy(catalogue, unit, items),
        ...(page.next !== undefined && { next: page.next }),
      });
    },
  });
}

/** Lists of a unit, and of those below it, whose lists it judges. */
async function judgedBy(
  catalogue: Surface['catalogue'],
  unit: string,
  lists: readonly DisposalList[],
): Promise<DisposalList[]> {
  const below = new Set((await catalogue.units()).flatMap(({ id, parent }) => (parent === unit ? [id] : [])));
  return lists.filter((each) => each.unit === unit || below.has(each.unit));
}

function read(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/disposals/{id}',
    id: 'readDisposal',
    summary: 'A disposal list: by whom, on what authority, what was spared',
    who: ['official', 'admin'],
    params: SlugPath,
    answers: { 200: { description: 'It', schema: DisposalList } },
    handle: async ({ identity, params }) => json(200, await listRead(surface, identity, params.id)),
  });
}

function listed(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'get',
    path: '/disposals/{id}/dossiers',
    id: 'listListedRecords',
    summary: 'The records of a disposal list, and what became of each',
    who: ['official', 'admin'],
    params: SlugPath,
    query: ListedQuery,
    answers: { 200: { description: 'One page, in the order of the list', schema: ListedRecords } },
    async handle({ identity, params, query }) {
      const list = await listRead(surface, identity, params.id);
      return json(200, await tellListed(platform, catalogue, { list, ...query }));
    },
  });
}

async function listRead(surface: Surface, identity: Reader, id: string): Promise<DisposalList> {
  const known = await surface.platform.registry.get('disposal', id);
  if (!known) throw new RequestRefused('not-found', `expected a disposal list, got ${id}`);
  if (identity.kind === 'official') await mayRead(surface, identity, known.record);
  return known.record;
}

/** Officials of the unit above read what they are asked to approve. */
async function mayRead(surface: Surface, identity: Official, { unit }: DisposalList): Promise<void> {
  const own = await unitOf(surface, identity, undefined);
  const parent = (await surface.catalogue.units()).find(({ id }) => id === unit)?.parent;
  if (own !== unit && own !== parent)
    throw new RequestRefused('wrong-unit', `expected an office of ${unit}, or of the unit above it; acted in ${own}`);
}

function approve(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/disposals/{id}/approvals',
    id: 'approveDisposal',
    summary: 'Approve a disposal list; with the second approval it is carried out',
    who: ['official'],
    params: SlugPath,
    answers: { 200: { description: 'Approved', schema: DisposalList } },
    async handle({ identity, params }) {
      const approved = await approveDisposal(platform, catalogue, { id: params.id, by: actorOf(identity) });
      if (!approved.ok) answerRefusal(approved.refusal);
      if (approved.list.status === 'approved') platform.ring();
      return json(200, approved.list);
    },
  });
}

function decline(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/disposals/{id}/refusal',
    id: 'declineDisposal',
    summary: 'Decline a disposal list that is not approved yet, with a reason; whoever might approve it',
    who: ['official'],
    params: SlugPath,
    body: DisposalRefusal,
    answers: { 200: { description: 'Declined: nothing of it is carried out', schema: DisposalList } },
    async handle({ identity, params, body }) {
      const by = actorOf(identity);
      const declined = await declineDisposal(platform, catalogue, { id: params.id, by, ...body });
      if (!declined.ok) answerRefusal(declined.refusal);
      return json(200, declined.list);
    },
  });
}

function withdraw(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'delete',
    path: '/disposals/{id}',
    id: 'withdrawDisposal',
    summary: 'Take a disposal list back before it is approved',
    who: ['official'],
    params: SlugPath,
    answers: { 204: { description: 'Taken back' } },
    async handle({ identity, params }) {
      const withdrawn = await withdrawDisposal(platform, catalogue, { id: params.id, by: actorOf(identity) });
      if (!withdrawn.ok) answerRefusal(withdrawn.refusal);
      return empty(204);
    },
  });
}
