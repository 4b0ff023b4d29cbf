import * as z from 'zod';
import { printOf } from '../../../domain/dossier/commands/dispatches.ts';
import { waitingBy } from '../../../domain/dossier/money-entries.ts';
import type { OfficeName } from '../../../domain/authority/organisation.ts';
import { officesReached } from '../../../domain/authority/reach.ts';
import { isOpen } from '../../../domain/dossier/project.ts';
import {
  type Dossier,
  INCOMING,
  isBeside,
  LATENESS,
  type TaskState,
  type WaitingMoney,
} from '../../../domain/dossier/state.ts';
import {
  ClaimRequest,
  DecisionRequest,
  DossierSummary,
  HandOverRequest,
  ReassignRequest,
  TaskPath,
  TaskReadQuery,
} from '../../../schemas/api.ts';
import { ShownTask } from '../../../schemas/dossier.ts';
import type { Official } from '../../../schemas/organisation.ts';
import { CustodyOfTask, WaitingScan } from '../../../schemas/intake.ts';
import { LegalBasis } from '../../../schemas/procedure/values.ts';
import { paperToSign, prepareSignature } from '../../issues/sign-personally.ts';
import { paperAt } from '../../intake/paper-at-task.ts';
import { apologyFacts } from '../../lateness/apology.ts';
import { latenessRules } from '../../lateness/rules.ts';
import type { Loaded } from '../../runtime/dossier-cache.ts';
import { isJudging, outcomeOf } from '../../../workflows/grounds.ts';
import { contradictionShown } from '../../sources/contradictions.ts';
import { judgeRules, reasonOf, rulesToShow } from '../../stages/judge-rules.ts';
import { labelOf, shownTask } from '../../runtime/task-label.ts';
import { standingOf, stageOf } from '../../stages/standing.ts';
import { authorise, type Undertaking } from '../../tasks/authority.ts';
import { handleTask, handOver, reassign } from '../../tasks/claim.ts';
import { decide } from '../../tasks/decide.ts';
import { recordRefusal } from '../../tasks/record-refusal.ts';
import { type Identity, officialActor } from '../authentication.ts';
import { decided, DecisionAnswer } from '../decision-answer.ts';
import { loadFor, maySee, summaryOf } from '../entitlement.ts';
import { noteRead } from '../note-read.ts';
import { answer } from '../official-order.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { Asked, askedOf } from './opinions.ts';
import { type CallKey, json, remember, route, type Route, type Surface } from '../surface.ts';
import { Name } from '../../../schemas/ids.ts';
import { RefundOfTask } from '../../../schemas/payments.ts';
import { ContradictionShown } from '../../../schemas/sources.ts';
import { DispatchOfTask, PaperOfTask } from '../../../schemas/outgoing.ts';

export const ToSign = z.strictObject({
  credential: z.string().optional().describe('At the signing service; absent: the official has none there'),
  hash: z.string().optional().describe('SHA-256 to authorise there, base64'),
  digest: z
    .string()
    .describe('SHA-256 of the document, base64: the message digest of a detached CMS that is made elsewhere'),
  algorithm: z.literal('SHA-256'),
});
const RuleShown = z.strictObject({
  verdict: z
    .enum(['broken', 'unknown'])
    .describe('It does not hold; or the dossier does not say, and going on needs a written reason'),
  leadsTo: z.string().describe('The outcome to which it leads, or `warn`: it forbids nothing'),
  reason: z.string().describe('The ground with its law'),
});
const ApologyShown = z.strictObject({
  promised: z.iso.date().describe('The date that will not be kept'),
  inTimeBy: z.iso.date().describe('The last day on which it is in time'),
  causes: z.record(z.string(), z.record(z.string(), z.string())).describe('What `form.cause` may be'),
  legalBasis: LegalBasis,
  left: z.int().describe('How many new dates may still be promised'),
  draft: z
    .strictObject({ cause: z.string(), due: z.iso.date(), reason: z.string() })
    .optional()
    .describe('What the letter says; it is among the papers of the dossier'),
});
const TaskAnswer = ShownTask.extend({
  version: z.string().describe('Of the procedure: its definition says what is asked'),
  readable: z
    .boolean()
    .describe('Whether the caller may read the whole dossier too; a body that is consulted sees what it is asked'),
  toSign: ToSign.optional().describe('Where the caller signs in person'),
  rules: z
    .array(RuleShown)
    .optional()
    .describe('Grounds of admissibility that do not hold, for the official; absent: all hold'),
  apology: ApologyShown.optional().describe('Where an apology is to be drafted or signed'),
  intake: z.array(WaitingScan).optional().describe('Scans that must be compared with their paper and signed first'),
  custody: CustodyOfTask.optional().describe('Originals to be handed back'),
  refund: RefundOfTask.optional().describe('Money to be given back'),
  contradiction: ContradictionShown.extend({ document: Name })
    .optional()
    .describe('What is to be looked into: a paper that its source does not bear out'),
  dispatch: DispatchOfTask.optional().describe('A print to be sent by post'),
  incoming: PaperOfTask.optional().describe('A paper that went to the caller’s unit'),
  asked: Asked.optional().describe('Where a body is asked for its opinion: by when, and with which documents'),
});
const done = { 200: { description: 'Done; where the dossier stands now', schema: DossierSummary } };

/** Work that waits for somebody. */
export function taskRoutes(surface: Surface): Route[] {
  return [
    readTask(surface),
    claim(surface),
    release(surface),
    handingOver(surface),
    reassigning(surface),
    decision(surface),
  ];
}

function readTask(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/tasks/{id}',
    id: 'readTask',
    summary: 'A task, and what to sign where it is signed in person',
    who: ['applicant', 'official'],
    params: TaskPath,
    query: TaskReadQuery,
    answers: { 200: { description: 'The task', schema: TaskAnswer } },
    async handle({ identity, params, query }) {
      const { loaded, task } = await taskFor(surface, identity, params.id, query.onBehalfOf);
      const row = await surface.platform.store.task(params.id);
      if (!row) throw new RequestRefused('unknown-task', `expected a task that exists, got ${params.id}`);
      const { dossier } = loaded;
      const shown = {
        ...shownTask(row),
        version: dossier.procedureVersion,
        readable: await maySee(surface, identity, dossier),
      };
      if (identity.kind !== 'official') return json(200, shown);
      const label = shown.readable ? labelOf(loaded) : undefined;
      const toSign = await signing(surface, loaded, task, { ...identity, ...query });
      const rules = isOpen(task) && !isBeside(task.kind) ? await rulesFor(surface, loaded, task.stage) : [];
      const asked = askedOf(loaded, task);
      if (asked) await noteRead(surface, identity, dossier.id, 'question');
      const apology = await apologyShown(surface, loaded, task);
      return json(200, {
        ...shown,
        ...(label !== undefined && { label }),
        ...(toSign && { toSign }),
        ...(rules.length > 0 && { rules }),
        ...(asked && { asked }),
        ...paperAt(loaded, task),
        ...refundShown(dossier, task),
        ...contradictionOf(dossier, task),
        ...dispatchShown(dossier, task),
        ...incomingShown(dossier, task),
        ...(apology && { apology }),
      });
    },
  });
}

/** Which money is to go back. */
function refundShown(dossier: Dossier, task: TaskState): { refund?: Omit<WaitingMoney, 'task'> } {
  const waiting = isOpen(task) ? waitingBy(dossier, task.task) : undefined;
  if (!waiting) return {};
  const { task: _, ...refund } = waiting;
  return { refund };
}

/** Which paper its source does not bear out, and how. */
function contradictionOf(
  { sources }: Dossier,
  { contradicted: document }: TaskState,
): { contradiction?: ContradictionShown & { document: string } } {
  const source = document === undefined ? undefined : sources[document];
  const { contradicted } = source ? contradictionShown(source) : {};
  return document !== undefined && contradicted ? { contradiction: { document, ...contradicted } } : {};
}

/** Of which paper a print is to be sent. */
function dispatchShown(dossier: Dossier, task: TaskState): { dispatch?: z.infer<typeof DispatchOfTask> } {
  const print = isOpen(task) ? printOf(dossier, task.task) : undefined;
  if (!print) return {};
  const { number, sealed } = print.state;
  const dispatch = { issue: print.issue, number: number?.text ?? null, document: sealed.document, sealed: sealed.at };
  return { dispatch };
}

/** Which paper a unit has, from whom, and what later results did to it. */
function incomingShown(dossier: Dossier, task: TaskState): { incoming?: z.infer<typeof PaperOfTask> } {
  const [paper] = task.kind === INCOMING ? (task.given ?? []) : [];
  if (!paper) return {};
  const { sealed, affected = [] } = dossier.issues[paper.issue] ?? {};
  const { touched } = task;
  const by = affected.find((each) => each.by === touched?.by && each.effect === touched.effect)?.number ?? null;
  const incoming = {
    ...paper,
    from: sealed?.unit ?? dossier.unit,
    came: task.opened,
    ...(touched && { touched: { effect: touched.effect, by } }),
    affected: affected.map(({ effect, number, at }) => ({ effect, by: number, at })),
  };
  return { incoming };
}

/** What the official has to know before deciding: the grounds that do not hold. */
async function rulesFor(
  { platform, catalogue }: Surface,
  loaded: Loaded,
  stage: string,
): Promise<z.infer<typeof RuleShown>[]> {
  const { procedure, evaluator } = await standingOf(catalogue, loaded, platform.clock.now());
  const { kind } = stageOf(procedure, stage);
  if (!isJudging(kind)) return [];
  const findings = await judgeRules(rulesToShow(procedure, loaded.dossier, stage), evaluator);
  return findings.map(({ rule, verdict }) => ({ verdict, leadsTo: outcomeOf(rule, kind), reason: reasonOf(rule) }));
}

/** What who drafts or signs an apology has to know. */
async function apologyShown(
  { catalogue }: Surface,
  loaded: Loaded,
  task: TaskState,
): Promise<z.infer<typeof ApologyShown> | undefined> {
  const { apology, promise, reappointed, procedure, procedureVersion } = loaded.dossier;
  if (task.kind !== LATENESS || !isOpen(task) || !apology || !promise) return undefined;
  const pinned = await catalogue.pinned(procedure, procedureVersion);
  const rules = latenessRules(pinned.procedure);
  const facts = apology.draft && apologyFacts(loaded, pinned.procedure);
  if (!rules) return undefined;
  return {
    promised: promise.due,
    inTimeBy: apology.by,
    causes: rules.causes,
    legalBasis: rules.legalBasis,
    left: rules.most - (reappointed?.times ?? 0),
    ...(apology.draft && facts && { draft: { cause: apology.draft.cause, due: facts.due, reason: facts.reason } }),
  };
}

interface Signer {
  official: Official;
  appointment: OfficeName;
  onBehalfOf?: string | undefined;
}

/** The same for a decision that came without its signature. */
export async function toSignFor(surface: Surface, id: string, by: Signer): Promise<z.infer<typeof ToSign> | undefined> {
  const { cache, store, masterKey } = surface.platform;
  const loaded = await cache.load(id.split('.')[0] ?? '', store, masterKey);
  const task = loaded?.dossier.tasks[id];
  return task && signing(surface, loaded, task, by);
}

/** What is to be signed, where the caller may sign it. */
async function signing(
  { platform, catalogue }: Surface,
  loaded: Loaded,
  task: TaskState,
  { official, appointment, onBehalfOf }: Signer,
): Promise<z.infer<typeof ToSign> | undefined> {
  if (!isOpen(task) || !task.step.startsWith('personal')) return undefined;
  const acting = await authorise(catalogue, platform.clock.now(), officialActor(official, appointment, 'login'), {
    dossier: loaded.dossier,
    task,
    onBehalfOf,
  });
  if (!acting.ok) return undefined;
  const standing = await standingOf(catalogue, loaded, platform.clock.now());
  const paper = paperToSign(standing.procedure, task);
  if (!paper) return undefined;
  const prepared = await prepareSignature(platform, catalogue, standing, {
    ...paper,
    task,
    official: acting.by,
  });
  if (!prepared.ok) return undefined;
  const { credential, hash, digest } = prepared;
  return {
    ...(credential !== undefined && hash && { credential, hash: Buffer.from(hash).toString('base64') }),
    digest: Buffer.from(digest).toString('base64'),
    algorithm: 'SHA-256',
  };
}

/** A task of a dossier that the caller may see. To others it does not exist. */
export async function taskFor(
  surface: Surface,
  identity: Identity,
  id: string,
  onBehalfOf?: string,
): Promise<{ loaded: Loaded; task: TaskState }> {
  const [dossier = ''] = id.split('.');
  const { cache, store, masterKey } = surface.platform;
  const present = await cache.load(dossier, store, masterKey);
  const known = present?.dossier.tasks[id];
  if (!known) throw new RequestRefused('unknown-task', `expected a task that exists, got ${id}`);
  // A task may be given to another unit than the dossier's: its officials may act on it, and those who act on its behalf.
  if (identity.kind === 'official') {
    if (await isTheirs(surface, identity, known)) return { loaded: present, task: known };
    if (onBehalfOf !== undefined)
      await refuseOnBehalf(surface, identity, { dossier: present.dossier, task: known, onBehalfOf });
  }
  const loaded = await loadFor(surface, identity, dossier);
  if (identity.kind === 'applicant' && known.party === null)
    throw new RequestRefused('not-entitled', 'this task is for an official');
  return { loaded, task: known };
}

/** Who names an instrument that does not reach the task is told why, rather than that it is another unit's. */
async function refuseOnBehalf(
  { platform, catalogue }: Surface,
  { official, appointment }: Extract<Identity, { kind: 'official' }>,
  undertaking: Undertaking,
): Promise<void> {
  const by = officialActor(official, appointment, 'login');
  const judged = await authorise(catalogue, platform.clock.now(), by, undertaking);
  if (!judged.ok) answerRefusal(judged.refusal);
}

/** Whether a task is of the caller's unit, or of an office that an instrument which he holds may reach: deciding it is judged on its own. */
async function isTheirs(
  { platform, catalogue }: Surface,
  { official, appointment }: Extract<Identity, { kind: 'official' }>,
  { unit }: TaskState,
): Promise<boolean> {
  if (unit === appointment.unit) return true;
  const organisation = await catalogue.directory.at(catalogue, platform.clock.now());
  return officesReached(organisation, { ...appointment, official: official.id }).some((office) => office.unit === unit);
}

function claim(surface: Surface): Route {
  return taking(surface, { verb: 'claim', id: 'claimTask', summary: 'Take a task' });
}

function release(surface: Surface): Route {
  return taking(surface, { verb: 'release', id: 'releaseTask', summary: 'Give a task back' });
}

function taking(
  surface: Surface,
  { verb, id, summary }: { verb: 'claim' | 'release'; id: string; summary: string },
): Route {
  return route({
    method: 'post',
    path: `/tasks/{id}/${verb}`,
    id,
    summary,
    who: ['official'],
    params: TaskPath,
    body: ClaimRequest,
    answers: done,
    async handle({ identity, params, body, key }) {
      await taskFor(surface, identity, params.id, body.onBehalfOf);
      const handling = handlingOf(identity, params.id, body, key);
      return answer(await handleTask(surface.platform, surface.catalogue, verb, handling));
    },
  });
}

function handingOver(surface: Surface): Route {
  return route({
    method: 'post',
    path: '/tasks/{id}/hand-over',
    id: 'handTaskOver',
    summary: 'Give a task that one has taken to a colleague who could do it',
    who: ['official'],
    params: TaskPath,
    body: HandOverRequest,
    answers: done,
    async handle({ identity, params, body, key }) {
      await taskFor(surface, identity, params.id, body.onBehalfOf);
      return answer(await handOver(surface.platform, surface.catalogue, handlingOf(identity, params.id, body, key)));
    },
  });
}

function reassigning(surface: Surface): Route {
  return route({
    method: 'post',
    path: '/tasks/{id}/reassign',
    id: 'reassignTask',
    summary: 'As head of the unit, give a task to another who could do it, or back to the queue',
    who: ['official'],
    params: TaskPath,
    body: ReassignRequest,
    answers: done,
    async handle({ identity, params, body, key }) {
      await taskFor(surface, identity, params.id, body.onBehalfOf);
      return answer(await reassign(surface.platform, surface.catalogue, handlingOf(identity, params.id, body, key)));
    },
  });
}

function handlingOf<B>(
  { official, appointment }: Extract<Identity, { kind: 'official' }>,
  task: string,
  body: B,
  key: CallKey | undefined,
) {
  const by = officialActor(official, appointment, 'login');
  return { ...body, task, by, idempotency: remember(key, 200, summaryOf) };
}

function decision(surface: Surface): Route {
  return route({
    method: 'post',
    path: '/tasks/{id}/decision',
    id: 'decideTask',
    summary: 'Decide a task, once',
    who: ['applicant', 'official'],
    params: TaskPath,
    body: DecisionRequest,
    answers: { 200: { description: done[200].description, schema: DecisionAnswer } },
    async handle({ identity, params, body, key }) {
      return json(200, await decideOne(surface, identity, { task: params.id, ...body }, key));
    },
  });
}

/** Decides as the caller. A refusal is kept in the record where an auditor looks for it, and thrown. */
export async function decideOne(
  surface: Surface,
  identity: Extract<Identity, { kind: 'applicant' | 'official' }>,
  { task: id, ...decision }: z.output<typeof DecisionRequest> & { task: string },
  key: CallKey | undefined,
): Promise<z.infer<typeof DecisionAnswer>> {
  await taskFor(surface, identity, id, decision.onBehalfOf);
  const by =
    identity.kind === 'official'
      ? officialActor(identity.official, identity.appointment, 'login')
      : { kind: 'applicant' as const, party: 'submitter' as const };
  const { platform, catalogue } = surface;
  const idempotency = remember(key, 200, decided(id));
  const result = await decide(platform, catalogue, id, { by, subject: identity.subject, idempotency }, decision);
  if (result.ok) return decided(id)(result.dossier);
  const { code, fault } = result.refusal;
  if (by.kind === 'official') await recordRefusal(platform, { task: id, code, fault, official: by.id, actor: by });
  return answerRefusal(result.refusal);
}
