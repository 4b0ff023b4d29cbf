import { HELPER_ROLE } from '../../../domain/authority/rules.ts';
import { COORDINATION } from '../../../domain/dossier/coordination.ts';
import { rate } from '../../../domain/dossier/commands/applicant.ts';
import type { Decision } from '../../../domain/dossier/commands/decision.ts';
import { resume } from '../../../domain/dossier/commands/stages.ts';
import { requestsOf } from '../../../domain/dossier/outbox-rows.ts';
import type { Dossier } from '../../../domain/dossier/state.ts';
import type { Actor } from '../../../schemas/actor.ts';
import {
  DossierPath,
  DossierSummary,
  NoBody,
  CashRequest,
  OverrideRequest,
  RatingRequest,
  SubmissionRequest,
  SupplementRequest,
  TransferRequest,
  WithdrawalRequest,
} from '../../../schemas/api.ts';
import { unchangedIn } from '../../sources/own-details.ts';
import { submitDossier, type Submitter } from '../../dossiers/submit.ts';
import { passDossierOn } from '../../dossiers/transfer.ts';
import { withdrawDossier } from '../../dossiers/withdraw.ts';
import { takeCash } from '../../payments/take-cash.ts';
import { append } from '../../runtime/append.ts';
import { answer, officialOrder } from '../official-order.ts';
import { receptionOf } from '../../../workflows/route.ts';
import { overrideLimit } from '../../stages/override-limit.ts';
import { decide } from '../../tasks/decide.ts';
import { type Identity, officialActor } from '../authentication.ts';
import { loadFor, standsInFor, summaryOf } from '../entitlement.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { type CallKey, json, remember, route, type Route, type Surface } from '../surface.ts';

const APPLICANT = { kind: 'applicant', party: 'submitter' } as const;
const done = { 200: { description: 'Done; where the dossier stands now', schema: DossierSummary } };

/** What an applicant, or who stands in for a machine, commands a dossier. */
export function dossierCommandRoutes(surface: Surface): Route[] {
  return [
    submission(surface),
    supplement(surface),
    withdrawal(surface),
    transfer(surface),
    rating(surface),
    resumption(surface),
    override(surface),
    cash(surface),
  ];
}

function submission(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/dossiers',
    id: 'submitDossier',
    summary: 'Submit a dossier, whole or not at all',
    who: ['applicant', 'official'],
    body: SubmissionRequest,
    answers: { 201: { description: 'Received; its reference', schema: DossierSummary } },
    async handle({ identity, body, key }) {
      if ((identity.kind === 'applicant') !== (body.channel === 'online'))
        throw new RequestRefused('not-entitled', 'applicants hand in online, officials at the counter or by post');
      if (identity.kind === 'official' && body.unit !== identity.appointment.unit)
        throw new RequestRefused('wrong-unit', `expected unit ${identity.appointment.unit}, got ${body.unit}`);
      if (body.about !== undefined) await loadFor(surface, identity, body.about);
      if (identity.kind === 'applicant' && body.applicant !== undefined)
        throw new RequestRefused('not-entitled', 'an applicant hands in for himself; his token says who he is');
      const { subject } = identity;
      const applicant = body.applicant && identity.kind === 'official' && identifiedBy(body.applicant, identity);
      const idempotency = remember(key, 201, summaryOf);
      const { draft } = body;
      const own = identity.kind === 'applicant' && draft !== undefined ? { ...identity, draft } : undefined;
      const submitted = await submitDossier(
        platform,
        catalogue,
        {
          subject,
          idempotency,
          ...(applicant && { applicant }),
          ...(own && { prefilled: (pinned, form) => unchangedIn(platform, pinned, { ...own, form }) }),
        },
        body,
      );
      if (!submitted.ok) answerRefusal(submitted.refusal);
      return json(201, summaryOf(submitted.dossier), { location: `/v1/dossiers/${submitted.dossier.id}` });
    },
  });
}

/** The applicant of a dossier that an official takes in, once he has shown who he is. */
function identifiedBy(
  { subject }: { subject: string },
  { official, appointment: { unit, role } }: Extract<Identity, { kind: 'official' }>,
): Submitter['applicant'] {
  if (role === HELPER_ROLE)
    throw new RequestRefused('not-entitled', 'a helper’s session identifies nobody: an official in his office does');
  return { subject, identifiedBy: { official: official.id, unit, role } };
}

/** Who handed in on paper comes to the counter again: the office that received him acts for him there. What came online is the applicant's own. */
async function expectAtCounter({ catalogue }: Surface, identity: Identity, dossier: Dossier): Promise<void> {
  if (identity.kind !== 'official') return;
  const { unit, role } = identity.appointment;
  if (dossier.channel === 'online')
    throw new RequestRefused('not-entitled', 'what was handed in online its applicant himself completes or withdraws');
  if (unit !== dossier.receivingUnit)
    throw new RequestRefused('wrong-unit', `expected unit ${dossier.receivingUnit}, which received it, got ${unit}`);
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const reception = receptionOf(procedure);
  if (role !== reception) throw new RequestRefused('wrong-role', `expected role ${reception}, got ${role}`);
}

function supplement(surface: Surface): Route {
  return route({
    method: 'post',
    path: '/dossiers/{id}/supplements',
    id: 'supplementDossier',
    summary:
      'Hand in what was asked for, by this dossier or by one that it opened; at the counter the receiving office does',
    who: ['applicant', 'official'],
    params: DossierPath,
    body: SupplementRequest,
    answers: done,
    async handle({ identity, params, body, key }) {
      const { dossier } = await loadFor(surface, identity, params.id);
      await expectAtCounter(surface, identity, dossier);
      const { documents, form, comment, task: named } = body;
      const asked = [...requestsOf(dossier).keys()].filter((task) => named === undefined || task === named);
      const [task, another] = asked;
      if (task === undefined) throw new RequestRefused('task-closed', `nothing is asked for in dossier ${params.id}`);
      if (another !== undefined)
        throw new RequestRefused('conflict', `expected \`task\`, for several things are asked: ${asked.join(', ')}`);
      const decided = await decide(
        surface.platform,
        surface.catalogue,
        task,
        {
          by: APPLICANT,
          subject: identity.subject,
          atCounter: identity.kind === 'official',
          idempotency: remember(key, 200, summaryOf),
        },
        { outcome: 'answered', comment, form, attachments: documents, missing: [] },
      );
      return answer(decided);
    },
  });
}

function withdrawal(surface: Surface): Route {
  return route({
    method: 'post',
    path: '/dossiers/{id}/withdrawal',
    id: 'withdrawDossier',
    summary: 'Withdraw, as far as the procedure lets one; at the counter the receiving office does',
    who: ['applicant', 'official'],
    params: DossierPath,
    body: WithdrawalRequest,
    answers: done,
    async handle({ identity, params, body, key }) {
      await expectAtCounter(surface, identity, (await loadFor(surface, identity, params.id)).dossier);
      const idempotency = remember(key, 200, summaryOf);
      return answer(
        await withdrawDossier(surface.platform, surface.catalogue, params.id, { reason: body.reason, idempotency }),
      );
    },
  });
}

function transfer(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/dossiers/{id}/transfer',
    id: 'transferDossier',
    summary: 'Pass a dossier on to the unit that is competent, or to the coordination queue',
    who: ['official'],
    params: DossierPath,
    body: TransferRequest,
    answers: done,
    handle: (call) =>
      officialOrder(surface, call, (order) =>
        passDossierOn(platform, catalogue, call.params.id, { ...call.body, ...order }),
      ),
  });
}

function rating(surface: Surface): Route {
  return route({
    method: 'post',
    path: '/dossiers/{id}/rating',
    id: 'rateDossier',
    summary: 'Say how it was, once, within 30 days of the result',
    who: ['applicant'],
    params: DossierPath,
    body: RatingRequest,
    answers: done,
    async handle({ identity, params, body, key }) {
      await loadFor(surface, identity, params.id);
      const now = surface.platform.clock.now();
      return command(surface, params.id, { key, actor: APPLICANT, decide: (dossier) => rate(dossier, now, body) });
    },
  });
}

/** Of officials those of the unit that decides the dossier: one that received it, or hands its result over, sees it alone, and in a helper's session nothing is decided. */
async function expectDeciding(surface: Surface, identity: Identity, dossier: Dossier): Promise<void> {
  if (identity.kind !== 'official') return;
  const { unit: own, role } = identity.appointment;
  if (role === HELPER_ROLE)
    throw new RequestRefused('not-entitled', 'a helper’s session lets nothing go on: an official in his office does');
  const unit = dossier.unit ?? COORDINATION.unit;
  if (!(await standsInFor(surface, own, { ...dossier, unit })))
    throw new RequestRefused('wrong-unit', `expected unit ${unit}, which decides it, got ${own}`);
}

function resumption(surface: Surface): Route {
  return route({
    method: 'post',
    path: '/dossiers/{id}/resume',
    id: 'resumeDossier',
    summary: 'Let a parked dossier go on where it stands: the administrator, or the unit that decides it',
    who: ['admin', 'official'],
    params: DossierPath,
    body: NoBody,
    answers: done,
    async handle({ identity, params, key }) {
      const { dossier } = await loadFor(surface, identity, params.id);
      await expectDeciding(surface, identity, dossier);
      const actor: Actor =
        identity.kind === 'admin'
          ? { kind: 'platform' }
          : officialActor(identity.official, identity.appointment, 'login');
      return command(surface, params.id, { key, actor, decide: resume });
    },
  });
}

function override(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/dossiers/{id}/overrides',
    id: 'overrideLimit',
    summary:
      'Let a stage be entered once more than the procedure allows, such as a second supplement, where its law lets somebody do so',
    who: ['official'],
    params: DossierPath,
    body: OverrideRequest,
    answers: done,
    handle: (call) =>
      officialOrder(surface, call, (order) =>
        overrideLimit(platform, catalogue, call.params.id, { ...call.body, ...order }),
      ),
  });
}

function cash(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/dossiers/{id}/cash',
    id: 'takeCash',
    summary: 'Money taken at the counter: exactly what is owed now, once; another sum is refused',
    who: ['official'],
    params: DossierPath,
    body: CashRequest,
    answers: done,
    handle: (call) =>
      officialOrder(surface, call, (order) =>
        takeCash(platform, catalogue, call.params.id, { ...call.body, ...order }),
      ),
  });
}

async function command(
  { platform }: Surface,
  id: string,
  request: { key: CallKey | undefined; actor: Actor; decide: (dossier: Dossier) => Decision },
): Promise<Response> {
  const idempotency = remember(request.key, 200, summaryOf);
  const appended = await append(platform, id, ({ dossier }) => ({
    decision: request.decide(dossier),
    actor: request.actor,
    ...(idempotency && { idempotency }),
  }));
  return answer(appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended);
}
