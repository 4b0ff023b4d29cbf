import type { Period } from '../../../domain/ports/document-store.ts';
import type { Upload } from '../../../domain/ports/dossier-store.ts';
import { SignedQuery } from '../../../schemas/api.ts';
import { UploadAnswer, UploadPartPath, UploadPath, UploadRead, UploadRequest } from '../../../schemas/uploads.ts';
import { refuse } from '../../../schemas/refusals.ts';
import type { Platform } from '../../runtime/platform.ts';
import { MOST_MIB_A_DAY, takeRoom } from '../../uploads/daily-limit.ts';
import { findPart, progressOf, receivePart } from '../../uploads/parts.ts';
import { expectUpload, findUpload, receiveUpload } from '../../uploads/receive-upload.ts';
import { idFor } from '../idempotency.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
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
      async handle({ identity, body: { parts, ...body }, key }) {
        if (parts && parts.sha256.length !== Math.ceil(body.size / parts.size)) refuseParts(body.size, parts);
        const announced = {
          id: `u${idFor(platform, key)}`,
          owner: identity.subject,
          ...body,
          ...(parts && { parts }),
        };
        const expected = await expectUpload(platform, announced, async () => {
          if (identity.kind === 'applicant') await expectRoom(platform, announced);
        });
        if (!expected.ok) answerRefusal(expected.refusal);
        const { upload } = expected;
        const holds = holdsOf(platform, upload);
        const { url, headers } = await platform.documents.uploadAddress(upload, holds);
        const progress = upload.parts && (await progressOf(platform, upload, holds));
        const expiresAt = new Date(holds.until).toISOString();
        return json(201, { id: upload.id, url, headers, expiresAt, ...(progress && { parts: progress.parts }) });
      },
    }),
    route({
      method: 'get',
      path: '/uploads/{id}',
      id: 'readUpload',
      summary: 'What of a file has arrived, and where the next of its parts go',
      who: ['applicant', 'official', 'system'],
      scope: 'uploads.write',
      params: UploadPath,
      answers: { 200: { description: 'The upload', schema: UploadRead } },
      async handle({ identity, params: { id } }) {
        const upload = await platform.store.upload(id);
        if (upload?.owner !== identity.subject) answerRefusal(unknown(id));
        if (upload.expires <= platform.clock.now())
          throw new RequestRefused('upload-expired', `upload ${id} has expired; announce it anew`);
        const { fileName, mediaType, size, sha256, state, expires } = upload;
        const holds = holdsOf(platform, upload);
        const { complete, parts } = await progressOf(platform, upload, holds);
        return json(200, {
          ...{ id, fileName, mediaType, size, sha256 },
          state: state === 'expected' && complete ? 'arrived' : state,
          keptUntil: new Date(expires).toISOString(),
          expiresAt: new Date(holds.until).toISOString(),
          ...(parts && { parts }),
        });
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
        const found = await findUpload(platform, params.id);
        if (!found.ok) answerRefusal(found.refusal);
        const received = await receiveUpload(platform, found.upload, await readBytes(request, found.upload.size));
        if (!received.ok) answerRefusal(received.refusal);
        return empty(204);
      },
    }),
    route({
      method: 'put',
      path: '/uploads/{id}/parts/{part}',
      id: 'putUploadPart',
      summary: 'The bytes of a part of an announced file',
      who: 'signed-address',
      params: UploadPartPath,
      query: SignedQuery,
      bytes: ['application/octet-stream'],
      answers: { 204: { description: 'Kept' } },
      async handle({ params: { id, part }, query, request }) {
        checkAddress(platform, 'PUT', { path: `/uploads/${id}/parts/${part}`, ...query });
        const found = await findPart(platform, id, part);
        if (!found.ok) answerRefusal(found.refusal);
        const received = await receivePart(platform, found.upload, part, await readBytes(request, found.size));
        if (!received.ok) answerRefusal(received.refusal);
        return empty(204);
      },
    }),
  ];
}

function unknown(id: string) {
  return refuse('unknown-upload', `expected an upload of your own, got ${id}`).refusal;
}

function holdsOf(platform: Platform, { created, expires }: Upload): Period {
  const now = platform.clock.now();
  const hours = Math.floor((now - created) / HOUR_MS) + 2;
  return { from: now, until: Math.min(created + hours * HOUR_MS, expires) };
}

async function expectRoom(platform: Platform, { owner: subject, size }: Pick<Upload, 'owner' | 'size'>): Promise<void> {
  const full = await takeRoom(platform, { subject, size });
  if (!full) return;
  const headers = { 'retry-after': String(full.retryAfterSeconds) };
  const detail = `expected no more than ${MOST_MIB_A_DAY} MiB of one person's files in a day`;
  throw new RequestRefused('too-many-uploads', detail, { headers });
}

function refuseParts(size: number, parts: { size: number; sha256: readonly string[] }): never {
  const expected = `${Math.ceil(size / parts.size)} digests, one for each part`;
  const errors = [{ at: '/parts/sha256', expected, found: String(parts.sha256.length) }];
  throw new RequestRefused('invalid-request', 'expected parts that make up the whole', { errors });
}
