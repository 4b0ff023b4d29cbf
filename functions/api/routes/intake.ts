import * as z from 'zod';
import { DossierSummary, TaskPath } from '../../../schemas/api.ts';
import { IntakeManifest, IntakeRequest } from '../../../schemas/intake.ts';
import { prepareIntake, takePaperIn } from '../../intake/take-in.ts';
import { recordRefusal } from '../../tasks/record-refusal.ts';
import { officialActor } from '../authentication.ts';
import { summaryOf } from '../entitlement.ts';
import { answer } from '../official-order.ts';
import { answerRefusal } from '../problem.ts';
import { json, remember, route, type Route, type Surface } from '../surface.ts';
import { taskFor, ToSign } from './tasks.ts';

const Pending = z.strictObject({
  pending: z.literal('signature'),
  manifest: IntakeManifest.describe('What is signed, as canonical JSON (RFC 8785)'),
  toSign: ToSign,
});

/** Paper that becomes electronic. */
export function intakeRoutes(surface: Surface): Route[] {
  const { platform, catalogue } = surface;
  return [
    route({
      method: 'post',
      path: '/tasks/{id}/intake',
      id: 'takePaperIn',
      summary: 'Take paper in: sign that the scans were compared with it; without a signature, learn what to sign',
      who: ['official'],
      params: TaskPath,
      body: IntakeRequest,
      answers: {
        200: { description: 'Taken in; where the dossier stands now', schema: DossierSummary },
        202: { description: 'Nothing is recorded; this is to be signed', schema: Pending },
      },
      async handle({ identity, params, body, key }) {
        const { loaded } = await taskFor(surface, identity, params.id, body.onBehalfOf);
        const by = officialActor(identity.official, identity.appointment, 'login');
        const { compared: components, signature, ...said } = body;
        const order = { ...said, components, task: params.id, by };
        if (signature === undefined) return pending(await prepareIntake(platform, catalogue, loaded, order));
        const idempotency = remember(key, 200, summaryOf);
        const taken = await takePaperIn(platform, catalogue, { ...order, signature, idempotency });
        if (taken.ok) return answer(taken);
        const { code, fault } = taken.refusal;
        await recordRefusal(platform, { task: params.id, code, fault, official: by.id, actor: by });
        return answerRefusal(taken.refusal);
      },
    }),
  ];
}

function pending(prepared: Awaited<ReturnType<typeof prepareIntake>>): Response {
  if (!prepared.ok) return answerRefusal(prepared.refusal);
  const { manifest, digest, credential, hash } = prepared;
  return json(202, {
    pending: 'signature',
    manifest: JSON.parse(Buffer.from(manifest).toString('utf8')) as unknown,
    toSign: {
      ...(credential !== undefined && hash && { credential, hash: Buffer.from(hash).toString('base64') }),
      digest: Buffer.from(digest).toString('base64'),
      algorithm: 'SHA-256',
    },
  });
}
