import * as z from 'zod';
import { type ConsultedTask, countsOf } from '../../../domain/dossier/opinions.ts';
import type { Dossier, TaskState } from '../../../domain/dossier/state.ts';
import { DossierPath, DossierSummary, NoQuery, OpinionRequest } from '../../../schemas/api.ts';
import { DocumentRef } from '../../../schemas/dossier.ts';
import { Instant, Name, Sha256, TaskId } from '../../../schemas/ids.ts';
import { Silence } from '../../../schemas/procedure/closed-sets.ts';
import { findSecret, type Loaded } from '../../runtime/dossier-cache.ts';
import { askBodyByHand } from '../../stages/ask-body.ts';
import { loadFor } from '../entitlement.ts';
import { officialOrder } from '../official-order.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const Opinion = z.strictObject({
  task: TaskId,
  stage: Name,
  visit: z.int().positive(),
  part: Name,
  addedByHand: z.boolean(),
  unit: z.string(),
  asked: Instant,
  until: Instant.nullable().describe('When its term has passed'),
  silence: Silence.describe('What its silence means'),
  counts: z.enum(['agreed', 'opposed', 'ignored', 'awaited']).describe('What counts of it now'),
  answered: Instant.nullable(),
  bySilence: z.boolean().describe('Its term has passed without an answer'),
  late: z
    .strictObject({ outcome: Name, at: Instant })
    .nullable()
    .describe('What it said after silence had answered; without effect'),
});

/** What a consulted body is shown with its task. */
export const Asked = z.strictObject({
  part: Name,
  silence: Silence,
  until: Instant.nullable(),
  question: z.string().optional(),
  documents: z.array(DocumentRef.pick({ component: true, sha256: true, size: true, mediaType: true, evidence: true })),
  papers: z
    .array(
      z.strictObject({
        issue: Name,
        number: z.string().nullable(),
        sha256: Sha256,
        mediaType: z.string(),
        readable: Sha256.optional().describe('Of a signature container: the PDF in it'),
      }),
    )
    .describe('Sealed papers of the authority that it gets'),
});

/** Bodies that are consulted, and one more asked by hand. */
export function opinionRoutes(surface: Surface): Route[] {
  return [listOpinions(surface), askBody(surface)];
}

function listOpinions(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/dossiers/{id}/opinions',
    id: 'listOpinions',
    summary: 'Bodies that were asked, what each said, and what its silence came to',
    who: ['applicant', 'official', 'admin'],
    params: DossierPath,
    query: NoQuery,
    answers: {
      200: { description: 'All, in the order of asking', schema: z.strictObject({ items: z.array(Opinion) }) },
    },
    async handle({ identity, params }) {
      const { dossier } = await loadFor(surface, identity, params.id);
      return json(200, { items: opinionsOf(dossier) });
    },
  });
}

function opinionsOf(dossier: Dossier): z.infer<typeof Opinion>[] {
  const asked = Object.values(dossier.tasks).filter((task): task is ConsultedTask => task.part !== undefined);
  return asked.map((task) => ({
    task: task.task,
    stage: task.stage,
    visit: task.visit,
    part: task.part.id,
    addedByHand: task.part.of === null,
    unit: task.unit ?? '',
    asked: task.opened,
    until: task.part.until ?? null,
    silence: task.part.silence,
    counts: countsOf(task),
    answered: task.decided?.at ?? null,
    bySilence: task.lapsed !== undefined,
    late: task.late ? { outcome: task.late.outcome, at: task.late.at } : null,
  }));
}

/** The question, and the documents and papers that the body gets; undefined where the task is no opinion. */
export function askedOf(loaded: Loaded, task: TaskState): z.infer<typeof Asked> | undefined {
  if (!task.part) return undefined;
  const { id, silence, until = null, gets } = task.part;
  const question = task.question === undefined ? undefined : findSecret(loaded, task.question)?.['comment'];
  const documents = loaded.dossier.documents
    .filter(({ component }) => gets.includes(component))
    .map(({ component, sha256, size, mediaType, evidence }) => ({
      component,
      sha256,
      size,
      mediaType,
      ...(evidence !== undefined && { evidence }),
    }));
  const papers = [...(task.given ?? [])];
  return { part: id, silence, until, documents, papers, ...(typeof question === 'string' && { question }) };
}

function askBody(surface: Surface): Route {
  return route({
    method: 'post',
    path: '/dossiers/{id}/opinions',
    id: 'askBody',
    summary: 'Ask a body that the procedure does not name, while a consultation is open',
    who: ['official'],
    params: DossierPath,
    body: OpinionRequest,
    answers: { 200: { description: 'Asked; where the dossier stands now', schema: DossierSummary } },
    handle: (call) =>
      officialOrder(surface, call, (order) =>
        askBodyByHand(surface.platform, surface.catalogue, call.params.id, { body: call.body, ...order }),
      ),
  });
}
