import { accept } from '../../domain/dossier/commands/decision.ts';
import {
  type Claimant,
  decideTask,
  refuseClosed,
  refuseEnded,
  refuseOutcome,
  refuseTask,
  refuseTooEarly,
} from '../../domain/dossier/commands/tasks.ts';
import { makeRefund } from '../../domain/dossier/commands/refunds.ts';
import { endCustody } from '../../domain/dossier/commands/intake.ts';
import { hasFromSource } from '../../domain/dossier/commands/sources.ts';
import { normalised } from '../../domain/normalised.ts';
import {
  CONTRADICTION,
  CUSTODY,
  type Dossier,
  lastAskedFor,
  LATENESS,
  DISPATCH,
  INCOMING,
  REFUND,
  type TaskState,
} from '../../domain/dossier/state.ts';
import type { DocumentRef } from '../../schemas/dossier.ts';
import type { EventBody } from '../../schemas/events.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Stage, StageOf } from '../../schemas/procedure/stages.ts';
import { isJudging } from '../../workflows/grounds.ts';
import { computeFacts } from '../dossiers/facts.ts';
import { receiveDocuments, signersIn, uploadsOf } from '../dossiers/received-documents.ts';
import { applicantKeyOf } from '../dossiers/submit.ts';
import { viewOf } from '../dossiers/view.ts';
import { proposeAcknowledging } from '../issues/give-papers.ts';
import { proposeEndOfDispatch } from '../issues/dispatch-papers.ts';
import { proposeLateness } from '../lateness/propose-lateness.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras, type Proposal } from '../runtime/append.ts';
import { findSecret, type Loaded, secretOf } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { proposeExamining } from '../sources/contradictions.ts';
import { judgeDemand, lackingAt } from '../sources/judge-demand.ts';
import { evaluatorAfter } from '../stages/foresight.ts';
import { judgeRules, refuseAgainstRules } from '../stages/judge-rules.ts';
import { proposeRecord, proposeRecordSignature } from '../stages/inspect.ts';
import { planLeaving } from '../stages/leaving.ts';
import { isLate, proposeLateOpinion, proposeOpinion } from '../stages/opinions.ts';
import { authorise } from './authority.ts';
import type { Decider, Deciding, Decision } from './decision.ts';
import { formErrors } from './recorded-form.ts';
import { proposeSignature } from './propose-signature.ts';
import { proposeBeside } from './said-beside.ts';
import { forward, type Standing, standingOf, stageOf } from '../stages/standing.ts';

/** Decides a task: by an official through the API or a signed webhook, or by the party that is asked. */
export async function decide(
  platform: Platform,
  catalogue: Catalogue,
  task: string,
  caller: Decider,
  decision: Decision,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const [dossierId = ''] = task.split('.');
  const appended = await append(platform, dossierId, async (loaded) => {
    const refused = (reason: Refused): Proposal => ({ decision: reason, actor: caller.by });
    const state = loaded.dossier.tasks[task];
    if (!state) return refused(refuse('unknown-task', `expected a task that exists, got ${task}`));
    const { onBehalfOf } = decision;
    const now = platform.clock.now();
    const late = isLate(state, now);
    // What is over is told first: authority over it is no longer the question.
    const over = (late ? undefined : refuseClosed(state)) ?? refuseEnded(state, caller.link, now);
    if (over) return refused(over);
    const acting = await authorise(catalogue, now, caller.by, { dossier: loaded.dossier, task: state, onBehalfOf });
    if (!acting.ok) return refused(acting);
    const decider = { ...caller, by: acting.by };
    if (late) {
      const prepared = await prepare(platform, catalogue, loaded, { task: state, decider, decision });
      return prepared.ok
        ? proposeLate(platform, catalogue, prepared, { task: state, decider, decision })
        : refused(prepared);
    }
    const early = refuseTask(loaded.dossier, state, decider.by, decision);
    const mayStillSign = early?.refusal.code === 'assurance-too-low' && state.step.startsWith('personal');
    const later = mayStillSign && refuseTask(loaded.dossier, state, asSigner(decider.by), decision);
    if (later) return refused(later);
    if (early && !mayStillSign) return refused(early);
    if (!state.outcomes.includes(decision.outcome)) {
      return refused(
        refuse('outcome-not-offered', `expected one of ${state.outcomes.join(', ')}; got ${decision.outcome}`, [
          { at: '/outcome', expected: state.outcomes.join(' | '), found: decision.outcome },
        ]),
      );
    }
    return proposeInTime(platform, catalogue, loaded, { task: state, decider, decision });
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}

/** What a task that is open, and may be decided so by this person, comes to. */
async function proposeInTime(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  request: Deciding,
): Promise<Proposal> {
  if (request.task.kind === LATENESS) return proposeLateness(platform, catalogue, loaded, request);
  const beside = proposalBeside(platform, catalogue, loaded, request);
  if (beside) return { ...(await beside), ...extrasOf(request) };
  const prepared = await prepare(platform, catalogue, loaded, request);
  return prepared.ok
    ? propose(platform, catalogue, prepared, request)
    : { decision: prepared, actor: request.decider.by };
}

/** Work beside the stages, but for an apology; nothing: the task is of a stage. */
function proposalBeside(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  request: Deciding,
): Promise<Proposal> | undefined {
  const { dossier } = loaded;
  switch (request.task.kind) {
    case CUSTODY:
      return proposeBeside(request, 'where the custody of originals ends', (said) => endCustody(dossier, said));
    case REFUND:
      return proposeBeside(request, 'where money goes back', (said) => makeRefund(dossier, said));
    case INCOMING:
      return proposeAcknowledging(loaded, request);
    case CONTRADICTION:
      return proposeExamining(loaded, request);
    case DISPATCH:
      return proposeEndOfDispatch(platform, catalogue, loaded, request);
    default:
      return undefined;
  }
}

/** Who is about to sign is judged as if he had: else he would sign first and be refused then. */
function asSigner(by: Claimant): Claimant {
  return by.kind === 'official' ? { ...by, assurance: 'signature' } : by;
}

interface Prepared {
  ok: true;
  standing: Standing;
  stage: Stage;
  documents: DocumentRef[];
  secret: Record<string, unknown>;
  revises: boolean;
}

/** Checks form and documents, and computes the facts anew where the form is revised. */
async function prepare(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  { task, decider, decision }: Deciding,
): Promise<Prepared | Refused> {
  const now = platform.clock.now();
  const { pinned, procedure, calendar, ...standing } = await standingOf(catalogue, loaded, now);
  const stage = stageOf(procedure, task.stage);
  const received = await receiveDocuments(
    platform,
    catalogue,
    pinned,
    { id: loaded.dossier.id, key: loaded.key },
    {
      ...(decider.by.kind === 'applicant' &&
        !decider.atCounter && { holder: applicantKeyOf(platform, decider.subject) }),
      owners: [decider.subject, ...(decider.system === undefined ? [] : [decider.system])],
      documents: decision.attachments,
    },
  );
  if (!received.ok) return received;
  const secret: Record<string, unknown> = {
    ...(decision.comment !== undefined && { comment: decision.comment.normalize('NFC') }),
    ...(Object.keys(received.names).length > 0 && { names: received.names }),
    ...signersIn(received),
  };
  const base = { ok: true as const, stage, documents: received.documents, secret, revises: false };
  if (stage.kind === 'ask' && stage.for === 'supplement' && decision.outcome === 'answered') {
    const lacking = lackingAnswer(loaded.dossier, decision);
    if (lacking) return lacking;
  }
  const taken = secretOf(loaded, loaded.dossier.secrets.form)['form'];
  const errors = await formErrors(pinned, { task, stage, decision, taken });
  if (errors.length > 0) return refuse('form-invalid', `${errors.length} fields of the form need attention`, errors);
  if (decision.form === undefined) return { ...base, standing: { ...standing, pinned, procedure, calendar } };
  const form = normalised(decision.form);
  secret['form'] = form;
  if (task.party === null) return { ...base, standing: { ...standing, pinned, procedure, calendar } };
  const { facts, kept, evaluations } = await computeFacts(
    pinned,
    viewOf(loaded, { calendar, procedure, now }, { form }),
    calendar,
    now,
  );
  Object.assign(secret, { ...kept, evaluations });
  return { ...base, revises: true, standing: await standingOf(catalogue, loaded, now, { form, facts }) };
}

/** A supplement must bring what was asked for. */
function lackingAnswer(dossier: Dossier, decision: Decision): Refused | undefined {
  const documents = new Set(decision.attachments.map(({ component }) => component));
  // What its source has brought meanwhile need not be brought any more.
  const missing = lastAskedFor(dossier).filter(
    (name) => !documents.has(name) && decision.form?.[name] === undefined && !hasFromSource(dossier.sources[name]),
  );
  if (missing.length === 0) return undefined;
  return refuse(
    'document-missing',
    `expected what was asked for: ${missing.join(', ')}`,
    missing.map((name) => ({ at: '/attachments', expected: name })),
  );
}

async function propose(
  platform: Platform,
  catalogue: Catalogue,
  prepared: Prepared,
  request: Deciding,
): Promise<Proposal> {
  const { stage, standing } = prepared;
  if (stage.kind === 'inspect') return proposeInspection(platform, catalogue, prepared, { ...request, stage });
  if (stage.kind === 'consult') {
    const command = commandOf(prepared, request);
    return { ...extrasOf(request), ...proposeOpinion(platform, catalogue, standing.loaded, command) };
  }
  if (stage.kind === 'sign' && request.decision.outcome === 'signed')
    return {
      ...extrasOf(request),
      ...(await proposeSignature(platform, catalogue, standing, {
        ...request,
        stage,
        command: commandOf(prepared, request),
      })),
    };
  return proposeOutcome(platform, catalogue, prepared, request);
}

/** An inspection: its outcome is recorded when the visit may be made; where a record is made, those who took part sign it. */
async function proposeInspection(
  platform: Platform,
  catalogue: Catalogue,
  prepared: Prepared,
  request: Deciding & { stage: StageOf<'inspect'> },
): Promise<Proposal> {
  const { standing } = prepared;
  const { task, stage, decision } = request;
  const early = refuseTooEarly(task, standing.now);
  if (early) return { decision: early, actor: request.decider.by };
  if (stage.makes === undefined) return proposeOutcome(platform, catalogue, prepared, request);
  const command = commandOf(prepared, request);
  const at = { stage, record: stage.makes, task, command };
  const proposal =
    task.step === 'decision'
      ? await proposeRecord(platform, catalogue, standing, at)
      : await proposeRecordSignature(platform, catalogue, standing, {
          ...at,
          signature: decision.signature,
          participants: participantsIn(standing, task),
          onBehalfOf: decision.onBehalfOf,
        });
  return { ...extrasOf(request), ...proposal };
}

/** Who took part, as the record says. */
function participantsIn({ loaded }: Standing, task: TaskState): string[] {
  const drawn = Object.values(loaded.dossier.tasks).find(
    (other) => other.stage === task.stage && other.visit === task.visit && other.step === 'decision',
  )?.decided;
  if (drawn?.by.kind !== 'official') throw new Error(`task ${task.task}: expected a record drawn up by an official`);
  const form = findSecret(loaded, drawn.seq)?.['form'] as { participants?: string[] } | undefined;
  const { id } = drawn.by;
  return [id, ...new Set((form?.participants ?? []).filter((other) => other !== id))];
}

/** Said after silence has answered: kept without effect. What is offered and who may say it is judged as ever. */
function proposeLate(platform: Platform, catalogue: Catalogue, prepared: Prepared, request: Deciding): Proposal {
  const refused = refuseOutcome(request.task, commandOf(prepared, request));
  if (refused) return { decision: refused, actor: request.decider.by };
  const late = proposeLateOpinion(platform, catalogue, prepared.standing.loaded, commandOf(prepared, request));
  return { ...extrasOf(request), ...late };
}

function commandOf(prepared: Prepared, { task, decider, decision }: Deciding): Parameters<typeof decideTask>[1] {
  const { secret } = prepared;
  return {
    task: task.task,
    outcome: decision.outcome,
    by: decider.by,
    ...(decision.comment !== undefined && { comment: decision.comment }),
    documents: prepared.documents,
    missing: [...decision.missing],
    ...(Object.keys(secret).length > 0 && { secret }),
    revises: prepared.revises,
  };
}

function extrasOf({ decider, decision }: Deciding): Extras {
  return {
    uploads: uploadsOf(decision.attachments),
    ...(decider.idempotency && { idempotency: decider.idempotency }),
  };
}

/** The decision stands even where the way on cannot be told: then the dossier is parked with it. */
async function proposeOutcome(
  platform: Platform,
  catalogue: Catalogue,
  prepared: Prepared,
  request: Deciding,
): Promise<Proposal> {
  const { standing } = prepared;
  const { task, decider, decision } = request;
  const { dossier } = standing.loaded;
  const actor = decider.by;
  const unknown = decision.missing.filter(
    (name) => standing.procedure.documents?.[name] === undefined && !isFormField(standing, name),
  );
  if (unknown.length > 0)
    return {
      decision: refuse(
        'document-not-accepted',
        `only documents and fields of the procedure may be asked for; got ${unknown.join(', ')}`,
      ),
      actor,
    };
  const demand = await judgeDemand(standing, {
    task: task.task,
    missing: decision.missing,
    insists: decision.insists ?? {},
  });
  if (!demand.ok) return { decision: demand, actor };
  const command = { ...commandOf(prepared, request), with: demand.events };
  const checked = decideTask(dossier, command);
  if (!checked.ok) return { decision: checked, actor };
  const inadmissible = await refuseInadmissible(prepared, request, checked.events);
  if (inadmissible) return { decision: inadmissible, actor };
  const plan = await planLeaving(platform, catalogue, standing, {
    stage: task.stage,
    outcome: decision.outcome,
    events: checked.events,
    actor,
  });
  if (plan.kind === 'refused') return { decision: plan.refused, actor };
  const extras = extrasOf(request);
  if (plan.kind === 'park') {
    const parked: EventBody = {
      type: 'DossierParked',
      data: { run: dossier.run, stage: task.stage, error: 'NothingToDecideBy', cause: plan.cause.slice(0, 500) },
    };
    return { ...extras, decision: accept(...checked.events, parked), actor };
  }
  if (standing.evaluator.evaluations.length > 0)
    command.secret = { ...command.secret, evaluations: standing.evaluator.evaluations };
  return { ...extras, decision: decideTask(dossier, { ...command, leaves: plan }), actor, outbox: plan.outbox };
}

/** An official is held to the grounds of admissibility as the system is: with what the decision itself records in view. */
async function refuseInadmissible(
  { standing, stage }: Prepared,
  { task, decider, decision }: Deciding,
  events: readonly EventBody[],
): Promise<Refused | undefined> {
  if (task.party !== null || !isJudging(stage.kind) || decision.outcome !== forward(stage)) return undefined;
  const lacking = await lackingAt(standing, task.stage);
  if (lacking.length > 0)
    return refuse(
      'document-missing',
      `${decision.outcome} is not possible: neither its source nor the applicant has brought ${lacking.join(', ')}`,
      lacking.map((name) => ({ at: '/outcome', expected: `document ${name}` })),
    );
  const rules = (standing.procedure.rules ?? []).filter(({ at }) => at === task.stage);
  if (rules.length === 0) return undefined;
  const evaluator = evaluatorAfter(standing, { events, actor: decider.by });
  return refuseAgainstRules(await judgeRules(rules, evaluator), stage.kind, decision);
}

function isFormField(standing: Standing, name: string): boolean {
  const { form } = standing.procedure;
  const schema = typeof form === 'string' ? standing.pinned.definition.forms[form] : form;
  const properties = schema?.['properties'];
  return typeof properties === 'object' && properties !== null && name in properties;
}
