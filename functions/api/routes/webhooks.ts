import * as z from 'zod';
import { refuseOwnOffice } from '../../../domain/authority/judge-authority.ts';
import type { OfficeName, Organisation } from '../../../domain/authority/organisation.ts';
import { DecisionWebhook, DossierSummary, PaymentWebhook } from '../../../schemas/api.ts';
import type { AgencySystem } from '../../../schemas/organisation.ts';
import { findByCodeOrReference } from '../../dossiers/find-by-code.ts';
import { recordPayment } from '../../payments/record-payment.ts';
import { decide } from '../../tasks/decide.ts';
import { recordRefusal } from '../../tasks/record-refusal.ts';
import { officialActor } from '../authentication.ts';
import { decided as answerOf, DecisionAnswer } from '../decision-answer.ts';
import { summaryOf } from '../entitlement.ts';
import { replay } from '../idempotency.ts';
import { answerRefusal, problem, RequestRefused } from '../problem.ts';
import { type CallKey, json, remember, route, type Route, type Surface } from '../surface.ts';
import { senderOf } from '../webhook-sender.ts';
import { ToSign, toSignFor } from './tasks.ts';

const Pending = z.strictObject({
  pending: z.literal('signature').describe('Nothing is decided before the official has signed'),
  toSign: ToSign,
});
const done = { 200: { description: 'Recorded; where the dossier stands now', schema: DossierSummary } };

/** What systems of agencies and payment providers report, signed by Standard Webhooks. */
export function webhookRoutes(surface: Surface): Route[] {
  return [decisionWebhook(surface), paymentWebhook(surface)];
}

function decisionWebhook(surface: Surface): Route {
  const { platform } = surface;
  return route({
    method: 'post',
    path: '/webhooks/decisions',
    id: 'decideByWebhook',
    summary: 'A decision of a named official, from the agency’s own system',
    who: 'signed-body',
    body: DecisionWebhook,
    answers: {
      200: { description: done[200].description, schema: DecisionAnswer },
      202: {
        description: 'To be signed by the official; the same decision with the signature decides',
        schema: Pending,
      },
    },
    async handle({ body, raw, request }) {
      const { system, key } = await senderOf(surface, request, raw, { system: body.system, may: 'decide' });
      const before = await replay(platform, key);
      if (before) return before;
      try {
        return await decideFor(surface, body, { system, key });
      } catch (error) {
        // What a twin has done meanwhile is refused to this one.
        const twin = error instanceof RequestRefused ? await replay(platform, key) : undefined;
        if (twin) return twin;
        if (error instanceof RequestRefused) await keepRefusal(surface, body, { error, key, request });
        throw error;
      }
    },
  });
}

type DecisionMessage = z.output<typeof DecisionWebhook>;

async function decideFor(
  surface: Surface,
  body: DecisionMessage,
  { system, key }: { system: AgencySystem; key: CallKey },
): Promise<Response> {
  const { task, official, system: _, assertion, ...decision } = body;
  const decider = await deciderOf(surface, { system, task, official, assertion, onBehalfOf: body.onBehalfOf });
  const { platform, catalogue } = surface;
  const by = { by: decider.by, subject: decider.official.subject, system: `system:${system.id}` };
  const idempotency = remember(key, 200, answerOf(task));
  const decided = await decide(platform, catalogue, task, { ...by, idempotency }, decision);
  if (decided.ok) return json(200, answerOf(task)(decided.dossier));
  const toSign = decided.refusal.code === 'signature-required' ? await toSignFor(surface, task, decider) : undefined;
  return toSign ? json(202, { pending: 'signature', toSign }) : answerRefusal(decided.refusal);
}

/** Who tried what is not his stands in the dossier's record; the same message gets the same answer, whatever has changed meanwhile. */
async function keepRefusal(
  { platform, log }: Surface,
  { task, official, system }: DecisionMessage,
  { error, key, request }: { error: RequestRefused; key: CallKey; request: Request },
): Promise<void> {
  const { code } = error;
  const answer = problem(error.refusal, new URL(request.url).pathname);
  const recorded = await recordRefusal(platform, {
    task,
    code,
    fault: 'fault' in error.refusal ? error.refusal.fault : undefined,
    official,
    actor: { kind: 'agency', system },
    answer: { ...key, status: answer.status, body: await answer.text() },
  });
  log({ level: 'warn', code: 'decision-refused', why: code, task, official, system, recorded: Number(recorded) });
}

/** A task of a unit for which the system speaks. */
async function taskOf(
  { platform }: Surface,
  system: AgencySystem,
  id: string,
): Promise<{ unit: string; role: string }> {
  const [dossier = ''] = id.split('.');
  const loaded = await platform.cache.load(dossier, platform.store, platform.masterKey);
  const task = loaded?.dossier.tasks[id];
  if (!task) throw new RequestRefused('unknown-task', `expected a task that exists, got ${id}`);
  const { unit, role } = task;
  if (unit === null || !system.units.includes(unit))
    throw new RequestRefused('wrong-unit', `system ${system.id} does not speak for unit ${unit ?? 'none'}`);
  return { unit, role: role ?? '' };
}

/** The official for whom a system speaks: appointed today to the task's office, or to that which the instrument names. */
async function deciderOf(
  surface: Surface,
  named: {
    system: AgencySystem;
    task: string;
    official: string;
    assertion: string | undefined;
    onBehalfOf: string | undefined;
  },
) {
  const { platform, catalogue, auth } = surface;
  const { system } = named;
  const task = await taskOf(surface, system, named.task);
  const found = await platform.registry.get('official', named.official);
  if (!found) throw new RequestRefused('unknown-official', `expected an official, got ${named.official}`);
  const official = found.record;
  const organisation = await catalogue.directory.at(catalogue, platform.clock.now());
  const office = officeOf(organisation, task, named.onBehalfOf);
  // Of another unit's official it can bring word, with a proof of his own; it cannot vouch for him.
  if (named.assertion === undefined && !system.units.includes(office.unit))
    throw new RequestRefused('wrong-unit', `system ${system.id} does not speak for unit ${office.unit}`);
  const refused = refuseOwnOffice(organisation, official, office);
  if (refused) answerRefusal(refused.refusal);
  if (named.assertion !== undefined) {
    const access = await auth.verify(named.assertion);
    if (access?.subject !== official.subject)
      throw new RequestRefused('not-entitled', `expected an access token of official ${official.id}`);
  }
  const assurance = named.assertion === undefined ? 'system' : 'login';
  return {
    by: { ...officialActor(official, office, assurance), via: system.id },
    official,
    appointment: office,
    onBehalfOf: named.onBehalfOf,
  };
}

/** The appointment in which an official acts: that of the task or, by an instrument, the one to which it was given. */
function officeOf(organisation: Organisation, task: OfficeName, onBehalfOf: string | undefined): OfficeName {
  return (onBehalfOf === undefined ? undefined : organisation.instrument(onBehalfOf)?.holder) ?? task;
}

function paymentWebhook(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/webhooks/payments',
    id: 'payByWebhook',
    summary: 'A payment, from the payment system; the same payment id is recorded once',
    who: 'signed-body',
    body: PaymentWebhook,
    answers: done,
    async handle({ body, raw, request }) {
      const { system } = await senderOf(surface, request, raw, { system: body.system, may: 'pay' });
      const { payment, amount, order, code = '' } = body;
      const dossier = body.dossier ?? (await findByCodeOrReference(platform.store, code))?.id;
      if (dossier === undefined)
        throw new RequestRefused('unknown-dossier', 'expected the id, code or reference of a dossier');
      const recorded = await recordPayment(platform, catalogue, system.id, { payment, amount, order, dossier });
      if (!recorded.ok) answerRefusal(recorded.refusal);
      return json(200, summaryOf(recorded.dossier));
    },
  });
}
