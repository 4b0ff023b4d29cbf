import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { DecisionWebhook, DossierSummary, PaymentWebhook } from '../../../schemas/api.ts';
import type { AgencySystem } from '../../../schemas/organisation.ts';
import { recordPayment } from '../../payments/record-payment.ts';
import { decide } from '../../tasks/decide.ts';
import { appointmentToday, officialActor } from '../authentication.ts';
import { decided as answerOf, DecisionAnswer } from '../decision-answer.ts';
import { summaryOf } from '../entitlement.ts';
import { keyOf, replay } from '../idempotency.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { type CallKey, json, remember, route, type Route, type Surface } from '../surface.ts';

/** Standard Webhooks: how far the sender's clock may be away. */
const TOLERANCE_MS = 5 * 60_000;
const done = { 200: { description: 'Recorded; where the dossier stands now', schema: DossierSummary } };

/** What systems of agencies and payment providers report, signed by Standard Webhooks. */
export function webhookRoutes(surface: Surface): Route[] {
  return [decisionWebhook(surface), paymentWebhook(surface)];
}

function decisionWebhook(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/webhooks/decisions',
    id: 'decideByWebhook',
    summary: 'A decision of a named official, from the agency’s own system',
    who: 'signed-body',
    body: DecisionWebhook,
    answers: { 200: { description: done[200].description, schema: DecisionAnswer } },
    async handle({ body, raw, request }) {
      const { system, key } = await verify(surface, request, raw, { system: body.system, may: 'decide' });
      const before = await replay(platform, key);
      if (before) return before;
      const { task, official, system: _, assertion, ...decision } = body;
      const decider = await deciderOf(surface, { system, task, official, assertion });
      const decided = await decide(
        platform,
        catalogue,
        task,
        { ...decider, idempotency: remember(key, 200, answerOf(task)) },
        { ...decision, attachments: [] },
      );
      if (decided.ok) return json(200, answerOf(task)(decided.dossier));
      // What a twin has done meanwhile is refused to this one.
      return (await replay(platform, key)) ?? answerRefusal(decided.refusal);
    },
  });
}

/** The official for whom a system speaks: of a unit of the system's, appointed today for the task's unit and role. */
async function deciderOf(
  surface: Surface,
  named: { system: AgencySystem; task: string; official: string; assertion: string | undefined },
) {
  const { platform, catalogue, auth } = surface;
  const { system, task: id } = named;
  const [dossier = ''] = id.split('.');
  const loaded = await platform.cache.load(dossier, platform.store, platform.masterKey);
  const task = loaded?.dossier.tasks[id];
  if (!task) throw new RequestRefused('unknown-task', `expected a task that exists, got ${id}`);
  if (task.unit === null || !system.units.includes(task.unit))
    throw new RequestRefused('wrong-unit', `system ${system.id} does not speak for unit ${task.unit ?? 'none'}`);
  const found = await platform.registry.get('official', named.official);
  if (!found) throw new RequestRefused('unknown-official', `expected an official, got ${named.official}`);
  const official = found.record;
  const appointment = await appointmentToday(
    official,
    { unit: task.unit, role: task.role ?? undefined },
    { catalogue, now: platform.clock.now() },
  );
  if (!appointment)
    throw new RequestRefused(
      'not-entitled',
      `official ${official.id} holds no appointment today as ${task.role ?? 'none'} in ${task.unit}`,
    );
  if (named.assertion !== undefined) {
    const access = await auth.verify(named.assertion);
    if (access?.subject !== official.subject)
      throw new RequestRefused('not-entitled', `expected an access token of official ${official.id}`);
  }
  const assurance = named.assertion === undefined ? 'system' : 'login';
  return { by: { ...officialActor(official, appointment, assurance), via: system.id }, subject: official.subject };
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
      const { system } = await verify(surface, request, raw, { system: body.system, may: 'pay' });
      const { payment, amount, code = '' } = body;
      const dossier =
        body.dossier ??
        ((await platform.store.byCode(code)) ?? (await platform.store.byReference(code.toUpperCase())))?.id;
      if (dossier === undefined)
        throw new RequestRefused('unknown-dossier', 'expected the id, code or reference of a dossier');
      const recorded = await recordPayment(platform, catalogue, system.id, { payment, amount, dossier });
      if (!recorded.ok) answerRefusal(recorded.refusal);
      return json(200, summaryOf(recorded.dossier));
    },
  });
}

/** The system whose secret signed these bytes. A wrong name and a wrong signature are refused alike. */
async function verify(
  { platform }: Surface,
  request: Request,
  raw: Uint8Array,
  claimed: { system: string; may: AgencySystem['may'][number] },
): Promise<{ system: AgencySystem; key: CallKey }> {
  const id = request.headers.get('webhook-id') ?? '';
  const timestamp = request.headers.get('webhook-timestamp') ?? '';
  const given = (request.headers.get('webhook-signature') ?? '').split(' ').slice(0, 5);
  const found = await platform.registry.get('system', claimed.system);
  const now = platform.clock.now();
  const at = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
  const signed =
    Math.abs(at - now) <= TOLERANCE_MS &&
    (found?.record.secrets ?? []).some((secret) => {
      const wanted = new Webhook(secret).sign(id, new Date(at), Buffer.from(raw).toString('utf8'));
      return given.some((signature) => equal(signature, wanted));
    });
  if (!found || !signed)
    throw new RequestRefused('unauthenticated', 'expected a fresh Standard Webhooks signature of a known system');
  if (!found.record.may.includes(claimed.may))
    throw new RequestRefused('not-entitled', `system ${claimed.system} may not ${claimed.may}`);
  const path = new URL(request.url).pathname;
  const key = keyOf({ key: id, subject: `system:${claimed.system}`, method: 'POST', path }, raw, now);
  if (!key) throw new RequestRefused('malformed', 'expected a webhook-id');
  return { system: found.record, key };
}

function equal(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
