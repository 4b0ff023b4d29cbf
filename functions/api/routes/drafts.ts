import { NoQuery } from '../../../schemas/api.ts';
import { DraftAnswer, DraftList, DraftPath, DraftRequest, DraftSaved } from '../../../schemas/drafts.ts';
import { listDrafts, readDraft, removeDraft, saveDraft } from '../../drafts/drafts.ts';
import { loadFor } from '../entitlement.ts';
import type { Identity } from '../authentication.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { empty, json, route, type Route, type Surface } from '../surface.ts';

/** Largest draft, in bytes: with what seals it, an item of DynamoDB (400 KB) holds it. */
const LIMIT = 300_000;

/** Applications and answers that are not handed in yet, for their applicant alone. */
export function draftRoutes(surface: Surface): Route[] {
  const { platform } = surface;
  return [
    route({
      method: 'get',
      path: '/drafts',
      id: 'listDrafts',
      summary: 'What the caller has begun and not handed in',
      who: ['applicant'],
      query: NoQuery,
      answers: { 200: { description: 'Saved last first, without what was entered', schema: DraftList } },
      async handle({ identity }) {
        return json(200, { items: await listDrafts(platform, identity.subject) });
      },
    }),
    route({
      method: 'get',
      path: '/drafts/{id}',
      id: 'readDraft',
      summary: 'A draft as it was saved last',
      who: ['applicant'],
      params: DraftPath,
      query: NoQuery,
      answers: { 200: { description: 'What was entered', schema: DraftAnswer } },
      async handle({ identity, params }) {
        const draft = await readDraft(platform, { subject: identity.subject, id: params.id });
        if (!draft) throw new RequestRefused('not-found', 'expected a draft of the caller that has not expired');
        return json(200, draft);
      },
    }),
    route({
      method: 'put',
      path: '/drafts/{id}',
      id: 'saveDraft',
      summary: 'Keep what is entered so far, for 14 days; nothing of it is judged',
      who: ['applicant'],
      params: DraftPath,
      body: DraftRequest,
      limit: LIMIT,
      answers: { 200: { description: 'Kept', schema: DraftSaved } },
      async handle({ identity, params, body }) {
        if (body.task !== undefined) await expectAsked(surface, identity, { ...body, task: body.task });
        const saved = await saveDraft(platform, { subject: identity.subject, id: params.id }, body);
        if (!saved.ok) answerRefusal(saved.refusal);
        return json(200, saved.saved);
      },
    }),
    route({
      method: 'delete',
      path: '/drafts/{id}',
      id: 'removeDraft',
      summary: 'Erase a draft',
      who: ['applicant'],
      params: DraftPath,
      answers: { 204: { description: 'Gone' } },
      async handle({ identity, params }) {
        await removeDraft(platform, { subject: identity.subject, id: params.id });
        return empty(204);
      },
    }),
  ];
}

/** A draft answers what the caller's own dossier asks its applicant; one that is over meanwhile may still be kept, so that nothing typed is lost. */
async function expectAsked(
  surface: Surface,
  identity: Identity,
  { task, procedure, version }: { task: string; procedure: string; version: string },
): Promise<void> {
  const [dossierId = ''] = task.split('.');
  const { dossier } = await loadFor(surface, identity, dossierId);
  if (dossier.tasks[task]?.party == null)
    throw new RequestRefused('unknown-task', `expected a task that asks the applicant of ${dossierId}, got ${task}`);
  if (procedure !== dossier.procedure || version !== dossier.procedureVersion)
    throw new RequestRefused(
      'unknown-procedure',
      `expected ${dossier.procedure} ${dossier.procedureVersion}, by which ${dossierId} is, got ${procedure} ${version}`,
    );
}
