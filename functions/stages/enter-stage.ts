import { newCopy } from '../../domain/dossier/commands/papers.ts';
import { enterStage, visitOf } from '../../domain/dossier/commands/stages.ts';
import { taskId } from '../../domain/dossier/state.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { StageOf } from '../../schemas/procedure/stages.ts';
import type { Refusal } from '../../schemas/refusals.ts';
import { endOfTerm } from '../dossiers/deadline.ts';
import { openingOf, sealRow, signatureSteps } from '../issues/steps.ts';
import { drawPaper, issueOf } from '../issues/make-paper.ts';
import { paperOfStage } from '../intake/paper-of-stage.ts';
import { noticeOf } from '../notices/notice.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, appendSurely, type Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { hearSources, proposeAsking } from '../sources/ask-sources.ts';
import { dueSources } from '../sources/due-sources.ts';
import type { StageCall } from './call.ts';
import { enterConsult, resumeConsult } from './consult.ts';
import { inspectionTerms } from './inspect.ts';
import { enterOpen, resumeOpen } from './open.ts';
import { holdClock } from '../clock/move-clock.ts';
import { leaveAtOnce } from './leave-at-once.ts';
import { planLeaving } from './leaving.ts';
import { leaveStage } from '../../domain/dossier/commands/tasks.ts';
import { failRefused, parkFor } from './park.ts';
import { queueOf } from './queue.ts';
import { isPaidAt } from '../payments/owed.ts';
import { forward, type Standing, standingOf, stageOf } from './standing.ts';

/** Machine's call to open a stage that waits, once the sources that it needs were asked. Entering twice opens it once; a stage already left answers its token at once. */
export async function enterWaitingStage(
  platform: Platform,
  catalogue: Catalogue,
  call: StageCall & { token: string },
): Promise<void> {
  let asked: string[] = [];
  const appended = await append(platform, call.dossierId, async (loaded) => {
    const { dossier } = loaded;
    asked = [];
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const visit = visitOf(dossier, call.stage);
    const token = { dossier: dossier.id, stage: call.stage, visit, run: call.run, token: call.token };
    if (dossier.stages[call.stage]?.left === null || dossier.stage !== call.stage || dossier.run !== call.run) {
      const decision = enterStage(dossier, {
        run: call.run,
        stage: call.stage,
        kind: stageOf(standing.procedure, call.stage).kind,
        tasks: [],
      });
      return { decision, actor: { kind: 'platform' }, token };
    }
    const due = await dueSources(standing, call.stage);
    if (due.length > 0) {
      asked = due.map(({ question }) => question.document);
      return proposeAsking(loaded, due);
    }
    return { ...(await proposeEntry(platform, catalogue, standing, call)), token };
  });
  if (appended.ok && asked.length > 0) {
    await hearSources(platform, catalogue, call.dossierId, asked);
    return enterWaitingStage(platform, catalogue, call);
  }
  if (!appended.ok) {
    await answerRefused(platform, call, appended.refusal);
    return;
  }
  const { loaded } = appended;
  if (loaded.dossier.stages[call.stage]?.kind === 'pay') await leaveIfPaid(platform, catalogue, call, loaded);
  else await answerIfLeft(platform, catalogue, call);
}

/** Of a call that comes too late the token is answered, where the stage was left meanwhile. */
async function answerRefused(platform: Platform, call: StageCall & { token: string }, refusal: Refusal): Promise<void> {
  const loaded = await platform.cache.load(call.dossierId, platform.store, platform.masterKey);
  const state = loaded?.dossier.stages[call.stage];
  if (loaded && loaded.dossier.run === call.run && state?.left != null && state.next !== null) {
    await platform.engine.complete(call.token, { next: state.next });
    return;
  }
  await failRefused(platform, call, refusal);
}

/** What was decided while no execution waited is told now: a stage whose last step is done is left, its token answered. */
async function answerIfLeft(
  platform: Platform,
  catalogue: Catalogue,
  call: StageCall & { token: string },
): Promise<void> {
  const loaded = await platform.cache.load(call.dossierId, platform.store, platform.masterKey);
  const state = loaded?.dossier.stages[call.stage];
  if (!loaded || state?.left !== null) return;
  const tasks = Object.values(loaded.dossier.tasks).filter(
    (task) => task.stage === call.stage && task.visit === state.visits && !task.cancelled,
  );
  if (state.kind === 'consult' || state.kind === 'open') return resumeParts(platform, catalogue, call, state.kind);
  const [decided] = tasks.filter((task) => task.decided).sort((a, b) => (b.decided?.seq ?? 0) - (a.decided?.seq ?? 0));
  if (!decided?.decided || tasks.some((task) => !task.decided)) return;
  if (decided.kind === 'sign' && decided.decided.outcome === 'signed') {
    await askForSeal(platform, catalogue, loaded, { stage: call.stage, visit: state.visits });
    return;
  }
  // An inspection is left by what its record says, not by the last signature under it.
  const saying = tasks.find(({ step }) => step === 'decision') ?? decided;
  const outcome = saying.decided?.outcome ?? decided.decided.outcome;
  await leaveBy(platform, catalogue, call, () => ({ outcome, visit: state.visits }));
}

/** What was owed came, and something stood in the way of going on then. */
async function leaveIfPaid(
  platform: Platform,
  catalogue: Catalogue,
  call: StageCall & { token: string },
  { dossier: entered }: Loaded,
): Promise<void> {
  const { stage: name } = call;
  const { procedure } = await catalogue.pinned(entered.procedure, entered.procedureVersion);
  const stage = stageOf(procedure, name);
  if (!isPaidAt(entered, name, stage)) return;
  await leaveBy(platform, catalogue, call, ({ dossier }) =>
    isPaidAt(dossier, name, stage) ? { outcome: forward(stage), visit: dossier.stages[name]?.visits ?? 1 } : undefined,
  );
}

/** Answers came, or what stood in the way of asking or opening is put right, while the dossier could not go on. */
async function resumeParts(
  platform: Platform,
  catalogue: Catalogue,
  { dossierId, stage }: StageCall,
  kind: 'consult' | 'open',
): Promise<void> {
  const resume = kind === 'consult' ? resumeConsult : resumeOpen;
  await appendSurely(platform, dossierId, async (again) => {
    const going = await resume(platform, catalogue, again, stage);
    return going ?? { decision: { ok: true, events: [] }, actor: { kind: 'platform' } };
  });
}

async function leaveBy(
  platform: Platform,
  catalogue: Catalogue,
  call: StageCall,
  found: (loaded: Loaded) => { outcome: string; visit: number } | undefined,
): Promise<void> {
  await appendSurely(platform, call.dossierId, async (again) => {
    const by = found(again);
    if (!by || again.dossier.parked) return { decision: { ok: true, events: [] }, actor: { kind: 'platform' } };
    const standing = await standingOf(catalogue, again, platform.clock.now());
    const plan = await planLeaving(platform, catalogue, standing, { stage: call.stage, outcome: by.outcome });
    if (plan.kind === 'refused') return parkFor(again.dossier, plan.refused.refusal.code, plan.refused.refusal.detail);
    if (plan.kind === 'park') return parkFor(again.dossier, 'NothingToDecideBy', plan.cause);
    return {
      decision: leaveStage(again.dossier, { ...plan, ...by, stage: call.stage, by: 'platform' }),
      actor: { kind: 'platform' },
      outbox: plan.outbox,
    };
  });
}

/** All have signed and the paper is not sealed: its work is asked for again. A row that is there already is left as it is. */
async function askForSeal(
  platform: Platform,
  catalogue: Catalogue,
  { dossier }: Loaded,
  at: { stage: string; visit: number },
): Promise<void> {
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const stage = stageOf(procedure, at.stage);
  if (stage.kind !== 'sign') return;
  const row = sealRow(dossier.id, platform.clock.now(), { ...at, issue: stage.issue });
  await platform.store.outboxAdd([{ ...row, dossier: dossier.id, attempts: 0 }]);
  platform.ring();
}

async function proposeEntry(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  call: StageCall,
): Promise<Proposal> {
  const { procedure, loaded } = standing;
  const stage = stageOf(procedure, call.stage);
  const base = {
    run: call.run,
    stage: call.stage,
    kind: stage.kind,
    stopsClock: await holdClock(standing, call.stage),
  };
  switch (stage.kind) {
    case 'receive':
    case 'verify':
    case 'approve': {
      const opening = officialOpening(standing, call.stage, stage);
      return entry(standing, { ...base, tasks: [opening] });
    }
    case 'sign':
      return enterSign(platform, catalogue, standing, call, stage);
    case 'ask':
      return enterAsk(platform, standing, call, stage);
    case 'inspect':
      return enterInspection(platform, standing, { ...base, kind: 'inspect' }, stage);
    case 'consult':
      return enterConsult(platform, catalogue, standing, call, stage);
    case 'open':
      return enterOpen(platform, catalogue, standing, call, stage);
    case 'pay':
      return enterPay(platform, catalogue, standing, call, stage);
    case 'wait': {
      const until = await endOfTerm(stage.for, standing.now, standing.evaluator, standing.calendar);
      return entry(standing, { ...base, tasks: [], until, onTime: 'elapsed' });
    }
    default:
      throw new TaskTerminal(
        `stage ${call.stage} of dossier ${loaded.dossier.id}: a ${stage.kind} stage cannot wait in this release`,
      );
  }
}

function entry(
  standing: Standing,
  command: Parameters<typeof enterStage>[1],
  more: { with?: EventBody[] } = {},
): Proposal {
  const { evaluations } = standing.evaluator;
  const paper = paperOfStage(standing.procedure.stages[command.stage]);
  const decision = enterStage(standing.loaded.dossier, {
    ...command,
    ...(paper && { paper }),
    ...(evaluations.length > 0 && { secret: { evaluations } }),
  });
  if (decision.ok && decision.events.length > 0) decision.events.push(...(more.with ?? []));
  return { decision, actor: { kind: 'platform' } };
}

type OfficialStage = StageOf<'receive' | 'verify' | 'approve' | 'inspect'>;

/** Tells the applicant of the visit, and opens the work for the team that the decision names. */
async function enterInspection(
  platform: Platform,
  standing: Standing,
  base: Omit<Parameters<typeof enterStage>[1], 'tasks'>,
  stage: StageOf<'inspect'>,
): Promise<Proposal> {
  const opening = officialOpening(standing, base.stage, stage);
  const terms = await inspectionTerms(platform, standing, stage);
  return entry(
    standing,
    { ...base, tasks: [{ ...opening, ...terms }] },
    { with: noticeOf(platform, standing, 'inspection') },
  );
}

function officialOpening(
  { loaded, workOf }: Standing,
  name: string,
  stage: OfficialStage,
): Parameters<typeof enterStage>[1]['tasks'][number] {
  const { dossier } = loaded;
  const { role, unit } = queueOf(stage.by, stage.kind === 'receive' ? dossier.receivingUnit : dossier.unit, workOf);
  return {
    task: taskId(dossier.id, name, visitOf(dossier, name), 'decision'),
    step: 'decision',
    unit,
    role,
    party: null,
    outcomes: Object.keys(stage.then ?? {}),
    assurance: stage.assurance ?? 'login',
    separateFrom: [...(stage.separateFrom ?? [])],
  };
}

async function enterSign(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  call: StageCall,
  stage: StageOf<'sign'>,
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  if (dossier.unit === null)
    throw new TaskTerminal(
      `stage ${call.stage}: expected a competent unit that signs; nobody has placed the dossier yet`,
    );
  const issue = issueOf(standing, stage.issue);
  const [first] = signatureSteps(issue);
  if (!first) throw new TaskTerminal(`issue ${stage.issue}: expected somebody who signs`);
  const visit = visitOf(dossier, call.stage);
  const paper = await drawPaper(platform, catalogue, standing, stage.issue);
  const { copy, voided } = newCopy(dossier, stage.issue);
  return entry(
    standing,
    {
      run: call.run,
      stage: call.stage,
      kind: 'sign',
      tasks: [openingOf(dossier, { name: call.stage, visit, stage }, first)],
      stopsClock: await holdClock(standing, call.stage),
    },
    {
      with: [...voided, { type: 'IssueDrafted', data: { issue: stage.issue, copy, stage: call.stage, ...paper } }],
    },
  );
}

async function enterAsk(
  platform: Platform,
  standing: Standing,
  call: StageCall,
  stage: StageOf<'ask'>,
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  const until =
    stage.within === undefined
      ? undefined
      : await endOfTerm(stage.within, standing.now, standing.evaluator, standing.calendar);
  const opening = {
    task: taskId(dossier.id, call.stage, visitOf(dossier, call.stage), 'decision'),
    step: 'decision',
    unit: null,
    role: null,
    party: stage.of,
    outcomes: Object.keys(stage.then ?? {}).filter((outcome) => outcome !== 'expired'),
    assurance: 'login' as const,
    separateFrom: [],
    ...(until && { due: localDate(standing.calendar, Date.parse(until)) }),
  };
  const notice = noticeOf(platform, standing, stage.for === 'supplement' ? 'supplement' : 'asked');
  return entry(
    standing,
    {
      run: call.run,
      stage: call.stage,
      kind: 'ask',
      asks: stage.for,
      tasks: [opening],
      stopsClock: await holdClock(standing, call.stage),
      ...(until && { until, onTime: 'expired' }),
    },
    { with: notice },
  );
}

/** Nothing owed: the stage is left by its way forward, nobody is asked. */
async function enterPay(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  call: StageCall,
  stage: StageOf<'pay'>,
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  const owed = stage.fees.some((name) => {
    const fee = dossier.fees[name];
    return fee !== undefined && !fee.exempt && fee.amount.value > 0 && fee.paid === null;
  });
  const until =
    stage.within === undefined
      ? undefined
      : await endOfTerm(stage.within, standing.now, standing.evaluator, standing.calendar);
  const notice = owed ? noticeOf(platform, standing, 'payment') : [];
  const proposal = entry(
    standing,
    {
      run: call.run,
      stage: call.stage,
      kind: 'pay',
      tasks: [],
      stopsClock: owed ? await holdClock(standing, call.stage) : undefined,
      ...(owed && until && { until, onTime: 'expired' }),
    },
    { with: notice },
  );
  return owed ? proposal : leaveAtOnce(platform, catalogue, standing, proposal, call.stage);
}
