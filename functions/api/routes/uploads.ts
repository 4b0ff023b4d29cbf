import { SignedQuery, UploadAnswer, UploadPath, UploadRequest } from '../../../schemas/api.ts';
import { expectUpload, receiveUpload } from '../../uploads/receive-upload.ts';
import { idFor } from '../idempotency.ts';
import { answerRefusal } from '../problem.ts';
import { readBytes } from '../read-request.ts';
import { checkAddress } from '../signed-address.ts';
import { empty, json, route, type Route, type Surface } from '../surface.ts';

/** Addresses for an upload end on the hour since it was announced, the next but one: so the same request under the same key is answered alike. */
const HOUR_MS = 3_600_000;

/** Files, before they belong to a dossier. */
export function uploadRoutes({ platform }: Surface): Route[] {
  return [
    route({
      method: 'post',
      path: '/uploads',
      id: 'announceUpload',
      summary: 'Announce a file; answers where its bytes go',
      who: ['applicant', 'official', 'system'],
      scope: 'uploads.write',
      body: UploadRequest,
      answers: { 201: { description: 'Where to put the bytes', schema: UploadAnswer } },
      async handle({ identity, body, key }) {
        const announced = { id: `u${idFor(platform, key)}`, owner: identity.subject, ...body };
        const expected = await expectUpload(platform, announced);
        if (!expected.ok) answerRefusal(expected.refusal);
        const { upload } = expected;
        const now = platform.clock.now();
        const hours = Math.floor((now - upload.created) / HOUR_MS) + 2;
        const until = Math.min(upload.created + hours * HOUR_MS, upload.expires);
        const { url, headers } = await platform.documents.uploadAddress(upload, { from: now, until });
        return json(201, { id: upload.id, url, headers, expiresAt: new Date(until).toISOString() });
      },
    }),
    route({
      method: 'put',
      path: '/uploads/{id}',
      id: 'putUpload',
      summary: 'The bytes of an announced file',
      who: 'signed-address',
      params: UploadPath,
      query: SignedQuery,
      bytes: ['application/octet-stream'],
      answers: { 204: { description: 'Kept' } },
      async handle({ params, query, request }) {
        checkAddress(platform, 'PUT', { path: `/uploads/${params.id}`, ...query });
        const bytes = await readBytes(request, platform.config.maxUploadBytes);
        const received = await receiveUpload(platform, params.id, bytes);
        if (!received.ok) answerRefusal(received.refusal);
        return empty(204);
      },
    }),
  ];
}
