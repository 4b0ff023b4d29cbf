import * as z from 'zod';
import { OnBehalfOf } from '../actor.ts';
import { DocumentRef, TaskOpening, TaskStep } from '../dossier.ts';
import { Instant, Name, Slug, TaskId } from '../ids.ts';
import { AskPurpose, StageKind } from '../procedure/closed-sets.ts';
import { SignatureFault } from '../refusals.ts';
import { stageVisit } from './places.ts';

const Next = Name.describe('Stage that comes next, or `end`');

/** What is done at stages, and by whom. */
export const stagesEvents = {
  StageEntered: z.strictObject({
    ...stageVisit,
    kind: StageKind,
    asks: AskPurpose.optional().describe('Why a party is asked'),
    paper: z
      .array(z.enum(['presence', 'paper']))
      .min(1)
      .optional()
      .describe('Paper debt: somebody must come in person, or something must be on paper'),
    tasks: z.array(TaskOpening),
    until: Instant.optional().describe('When the stage leaves by itself'),
    onTime: Name.optional().describe('Outcome by which it then leaves'),
  }),
  TaskOpened: z.strictObject({ ...stageVisit, opening: TaskOpening }),
  TaskClaimed: z.strictObject({ task: TaskId }),
  TaskReleased: z.strictObject({ task: TaskId }),
  TaskHandedOver: z
    .strictObject({
      task: TaskId,
      from: Slug.nullable().describe('Who had taken it; null: nobody'),
      to: Slug.nullable().describe('Who has it from now on; null: back to the queue'),
      how: z.enum(['handed-over', 'reassigned']).describe('By who had it, or by the head of the unit'),
    })
    .describe('The reason is in the secret'),
  TaskDecided: z.strictObject({
    task: TaskId,
    step: TaskStep,
    stage: Name,
    visit: z.int().positive(),
    outcome: Name,
    documents: z.array(DocumentRef).describe('Documents handed in with the decision'),
    missing: z.array(Name).describe('Documents or fields asked for, when the outcome is incomplete'),
    revises: z.boolean().describe('Whether the secret holds a new form and the facts computed anew from it'),
  }),
  OpinionLapsed: z.strictObject({
    task: TaskId,
    stage: Name,
    visit: z.int().positive(),
    until: Instant.describe('When the term had passed'),
    counts: z.enum(['agreed', 'opposed', 'ignored', 'awaited']).describe('What the silence means'),
  }),
  LateOpinionKept: z.strictObject({
    task: TaskId,
    stage: Name,
    visit: z.int().positive(),
    outcome: Name.describe('What the body says, without effect'),
    documents: z.array(DocumentRef),
  }),
  LinkIssued: z.strictObject({
    link: z.string(),
    task: TaskId,
    official: Slug.describe('Who may decide by it, once'),
    until: Instant,
    onBehalfOf: OnBehalfOf.optional().describe('In whose stead, as it was judged then; judged again at the decision'),
    insteadOf: Slug.optional().describe('Who was named, and is away: the official stands in for him'),
    leadsTo: z
      .literal('console')
      .optional()
      .describe('Only a mail that asks him to log in: a login, a signature or a form is wanted'),
  }),
  DecisionRefused: z.strictObject({
    task: TaskId,
    code: z.string().describe('Of the refusal, such as wrong-role'),
    official: Slug.describe('Who tried, or in whose name the system did that is the actor'),
    fault: SignatureFault.optional().describe('Of a signature that was not accepted'),
  }),
  StageLeft: z.strictObject({
    ...stageVisit,
    outcome: Name,
    next: Next,
    by: z.enum(['task', 'timer', 'payment', 'platform']),
  }),
  LimitOverridden: z
    .strictObject({
      stage: Name,
      visit: z.int().min(2).describe('The entry that it allows beyond the procedure’s limit'),
    })
    .describe('By whom the procedure names, once; the reason lies in the secret'),
  StagePassed: z.strictObject({
    ...stageVisit,
    kind: StageKind,
    outcome: Name,
    next: Next,
    why: z
      .enum(['system', 'when', 'call', 'notify'])
      .describe('`when`: its condition is false; else the platform did it'),
  }),
  CallBegun: z
    .strictObject({
      ...stageVisit,
      system: Slug,
      request: z.string().describe('Idempotency key of the request'),
    })
    .describe(
      'Before a call that can be taken back is made: from now on it may have had its effect. The secret holds what is sent',
    ),
  CallAnswered: z.strictObject({
    stage: Name,
    visit: z.int().positive(),
    system: Slug,
    outcome: Name,
    request: z.string().describe('Idempotency key of the request'),
  }),
  UndoAnswered: z
    .strictObject({
      ...stageVisit,
      call: z.string().describe('Idempotency key of the call that is taken back'),
      system: Slug,
      outcome: z.enum(['done', 'refused']),
      request: z.string().describe('Idempotency key of the request that takes it back'),
    })
    .describe('`done`: the call has no effect any more. `refused`: it stands, until a person has seen to it'),
  CallRefused: z.strictObject({ run: z.int(), source: z.enum(['handler', 'token', 'timer']), stage: Name }),
} as const;
