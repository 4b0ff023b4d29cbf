import * as z from 'zod';
import { NoQuery, ReadQuery, SlugPath } from '../../../schemas/api.ts';
import { DraftPath } from '../../../schemas/drafts.ts';
import { OwnAskShown, OwnDetails, OwnOffers, OwnRequest, OwnTaken } from '../../../schemas/own-details.ts';
import { readDraftHead } from '../../drafts/drafts.ts';
import { applicantKeyOf } from '../../dossiers/submit.ts';
import { inForceFor, offersOf, ownDetailsOf, takeOwnDetails } from '../../sources/own-details.ts';
import { shownAsk } from '../../uses/uses-of-dossier.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const AskList = z.strictObject({ items: z.array(OwnAskShown), next: z.string().optional() });

/** What registers hold of the caller himself, for the form that he fills in: where his login proves the number under which they know him. */
export function ownDetailRoutes(surface: Surface): Route[] {
  return [offers(surface), read(surface), take(surface), asks(surface)];
}

function offers({ platform, catalogue }: Surface): Route {
  return route({
    method: 'get',
    path: '/procedures/{id}/own-details',
    id: 'offerOwnDetails',
    summary: 'Which parts of the form may be filled with what registers hold of the caller himself; asks none of them',
    who: ['applicant'],
    params: SlugPath,
    query: NoQuery,
    answers: { 200: { description: 'Empty where the login proves no personal number', schema: OwnOffers } },
    async handle({ identity, params }) {
      const pinned = await inForceFor(catalogue, params.id, platform.clock.now());
      if (!pinned)
        throw new RequestRefused(
          'unknown-procedure',
          `expected a procedure that takes new dossiers now, got ${params.id}`,
        );
      return json(200, await offersOf(platform, pinned, identity));
    },
  });
}

function read({ platform, catalogue }: Surface): Route {
  return route({
    method: 'get',
    path: '/drafts/{id}/own-details',
    id: 'readOwnDetails',
    summary: 'What registers gave of the caller to this draft, each value with where it is from; asks none of them',
    who: ['applicant'],
    params: DraftPath,
    query: NoQuery,
    answers: { 200: { description: 'As far as it fits the form that is in force', schema: OwnDetails } },
    async handle({ identity, params }) {
      const draft = await readDraftHead(platform, { subject: identity.subject, id: params.id });
      const pinned = draft && (await inForceFor(catalogue, draft.procedure, platform.clock.now()));
      if (!pinned) throw new RequestRefused('not-found', 'expected a draft of the caller that has not expired');
      return json(200, { items: await ownDetailsOf(platform, pinned, { ...identity, draft: params.id }) });
    },
  });
}

function take({ platform, catalogue }: Surface): Route {
  return route({
    method: 'post',
    path: '/drafts/{id}/own-details',
    id: 'takeOwnDetails',
    summary:
      'Ask the registers of a part of the form about the caller himself, for this draft; what they said an hour ago at most is not asked for again',
    who: ['applicant'],
    params: DraftPath,
    body: OwnRequest,
    answers: { 200: { description: 'What came of it: a register that is away is no failure', schema: OwnTaken } },
    async handle({ identity, params, body }) {
      const taken = await takeOwnDetails(platform, catalogue, { ...identity, draft: params.id, group: body.group });
      if (!taken)
        throw new RequestRefused('not-found', 'expected an application of the caller that is saved as a draft');
      if (!taken.ok) answerRefusal(taken.refusal);
      return json(200, taken.taken);
    },
  });
}

function asks({ platform }: Surface): Route {
  return route({
    method: 'get',
    path: '/uses/own',
    id: 'listOwnAsks',
    summary:
      'Registers that were asked about the caller at his own wish, while he filled in a form; newest first, kept for two years',
    who: ['applicant'],
    query: ReadQuery,
    answers: { 200: { description: 'One page', schema: AskList } },
    async handle({ identity, query: { limit, after } }) {
      const owner = applicantKeyOf(platform, identity.subject);
      const { items, next } = await platform.asks.list(owner, { limit, ...(after !== undefined && { after }) });
      const shown = await Promise.all(items.map((ask) => shownAsk(platform, ask)));
      return json(200, { items: shown, ...(next !== undefined && { next }) });
    },
  });
}
