import { newCopy } from '../../domain/dossier/commands/papers.ts';
import { passStage, refuseStale, visitOf } from '../../domain/dossier/commands/stages.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Stage, StageOf } from '../../schemas/procedure/stages.ts';
import { NothingToDecideBy } from '../dossiers/evaluator.ts';
import { viewOf } from '../dossiers/view.ts';
import { startWriting } from '../dossiers/documents.ts';
import { signJsonIssue } from '../issues/json-issue.ts';
import { issueOf, issuingUnit, sealCertificate, type Taken, takeNumber } from '../issues/make-paper.ts';
import { JSON_ISSUE_MEDIA_TYPE } from '../issues/media-types.ts';
import { noticeOf } from '../notices/notice.ts';
import type { View } from '../../workflows/expressions/view.ts';
import { outcomeOf as outcomeOfRule } from '../../workflows/grounds.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, appendSurely, giveBack, type Extras, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { hearSources, proposeAsking } from '../sources/ask-sources.ts';
import { type DueSource, dueSources } from '../sources/due-sources.ts';
import type { StageCall } from './call.ts';
import { callSystem, type First } from './call-system.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import { ACTING_CONTRACT, isDoneAtOnce } from '../../workflows/acting.ts';
import { reasonOf } from './judge-rules.ts';
import { planLeaving } from './leaving.ts';
import { failRefused, parkFor } from './park.ts';
import { forward, type Standing, standingOf, stageOf } from './standing.ts';
import { validityOf } from '../issues/validity.ts';

type Outcome = {
  outcome: string;
  with: EventBody[];
  secret?: Readonly<Record<string, unknown>>;
  numbers?: Extras['numbers'];
  written?: Extras['written'];
};

/**
 * Does a stage that waits for nobody, goes on with those behind it that are done at once, and answers where that leads. Asked again by the same run,
 * it answers how the stage was left. For an older machine, which would not know the way, it does the one stage alone.
 */
export async function actStage(platform: Platform, catalogue: Catalogue, call: StageCall): Promise<{ next: string }> {
  let next = '';
  let asked: string[] = [];
  let again = false as boolean;
  let registers: string[] = [];
  const goOn = async (loaded: Loaded): Promise<Proposal | undefined> => {
    const { procedure } = await catalogue.pinned(loaded.dossier.procedure, loaded.dossier.procedureVersion);
    const { stage } = loaded.dossier;
    if ((call.contract ?? 1) < ACTING_CONTRACT) return undefined;
    if (stage === null || !isDoneAtOnce(stageOf(procedure, stage))) return undefined;
    // A commit takes one number of a series.
    if (registers.includes(registerAt(procedure, stage) ?? '')) return undefined;
    // What has to be asked first, and what fails here, is left to the machine's own step for the stage, which tries again and parks.
    const acted = await proposeAct(platform, catalogue, loaded, { ...call, stage }).catch(() => undefined);
    if (acted === undefined || !('next' in acted) || acted.next === '') return undefined;
    next = acted.next;
    registers.push(...registersOf(acted));
    return { ...acted, goOn };
  };
  const appended = await append(platform, call.dossierId, async (loaded) => {
    again = false;
    const done = loaded.dossier.stages[call.stage];
    if (
      loaded.dossier.run === call.run &&
      done?.next != null &&
      (loaded.dossier.stage !== call.stage || done.next === 'end')
    ) {
      next = done.next;
      return { decision: { ok: true, events: [] }, actor: { kind: 'platform' } };
    }
    const stale = refuseStale(loaded.dossier, call.run, call.stage);
    if (stale) return { decision: stale, actor: { kind: 'platform' } };
    const acted = await proposeAct(platform, catalogue, loaded, call);
    asked = 'due' in acted ? acted.due.map(({ question }) => question.document) : [];
    again = 'first' in acted && !acted.thenParked;
    if ('due' in acted) return proposeAsking(loaded, acted.due);
    if ('first' in acted) return acted.first;
    next = acted.next;
    registers = registersOf(acted);
    return acted.next === '' ? acted : { ...acted, goOn };
  });
  if (!appended.ok) return failRefused(platform, call, appended.refusal);
  if (asked.length > 0) {
    await hearSources(platform, catalogue, call.dossierId, asked);
    return actStage(platform, catalogue, call);
  }
  if (again) return actStage(platform, catalogue, call);
  if (next === '') throw new TaskTerminal(`stage ${call.stage}: the dossier is parked`);
  return { next };
}

/** Of which a stage takes a number when the platform does it. */
function registerAt(procedure: Procedure, name: string): string | undefined {
  const stage = stageOf(procedure, name);
  return stage.kind === 'sign' ? procedure.issues?.[stage.issue]?.register : undefined;
}

/** Of which a number is taken. */
function registersOf({ decision }: Proposal): string[] {
  const events = decision.ok ? decision.events : [];
  return events.flatMap((event) => (event.type === 'NumberTaken' ? [event.data.register] : []));
}

/** What doing a stage comes to, and where it leads: nowhere, if the dossier is parked. Or the sources that have to be asked, or what has to be recorded, before. */
async function proposeAct(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  call: StageCall,
): Promise<(Proposal & { next: string }) | { due: DueSource[] } | First> {
  const standing = await standingOf(catalogue, loaded, platform.clock.now());
  const due = await dueSources(standing, call.stage);
  if (due.length > 0) return { due };
  const { dossier } = loaded;
  const stage = stageOf(standing.procedure, call.stage);
  let acted: Outcome | First;
  try {
    acted = await outcomeOf(platform, catalogue, standing, call, stage);
  } catch (error) {
    if (error instanceof TaskTerminal) return { ...parkFor(dossier, error.name, error.message), next: '' };
    throw error;
  }
  if ('first' in acted) return acted;
  const plan = await planLeaving(platform, catalogue, standing, {
    stage: call.stage,
    outcome: acted.outcome,
    events: acted.with,
    form: acted.secret?.['form'],
  });
  if (plan.kind !== 'next') {
    giveBack(platform, [acted]);
    const { code, detail } =
      plan.kind === 'refused' ? plan.refused.refusal : { code: 'NothingToDecideBy', detail: plan.cause };
    return { ...parkFor(dossier, code, detail), next: '' };
  }
  const secret = {
    ...(acted.secret ?? {}),
    ...(standing.evaluator.evaluations.length > 0 && { evaluations: standing.evaluator.evaluations }),
  };
  const decision = passStage(dossier, {
    run: call.run,
    stage: call.stage,
    kind: stage.kind,
    outcome: acted.outcome,
    next: plan.next,
    why: stage.kind === 'call' || stage.kind === 'notify' ? stage.kind : 'system',
    skipped: plan.skipped,
    with: [...acted.with, ...plan.with],
    ...resultOf(stage),
    ...(Object.keys(secret).length > 0 && { secret }),
  });
  return {
    decision,
    actor: { kind: 'platform' },
    outbox: [...plan.outbox, ...effectRows(dossier, standing.now, { name: call.stage, stage })],
    numbers: acted.numbers ?? [],
    next: plan.next,
    ...(acted.written && { written: acted.written }),
  };
}

/** Word of it to the earlier dossier: the same stage and visit give the same row. */
function effectRows(
  dossier: Dossier,
  at: number,
  { name, stage }: { name: string; stage: Stage },
): NonNullable<Extras['outbox']> {
  if (stage.kind !== 'notify' || stage.effect === undefined) return [];
  const id = `${dossier.id}:work:effect:${name}.${visitOf(dossier, name)}`;
  return [{ id, group: `${dossier.id}:work`, kind: 'work', at, body: { work: 'effect', stage: name } }];
}

function resultOf(stage: Stage): Pick<Parameters<typeof passStage>[1], 'result'> {
  if (stage.kind !== 'notify' || stage.result === undefined) return {};
  return { result: { result: stage.result, issues: [...(stage.deliver ?? [])] } };
}

function outcomeOf(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  call: StageCall,
  stage: Stage,
): Promise<Outcome | First> {
  switch (stage.kind) {
    case 'receive':
    case 'verify':
      return judge(standing, call.stage, stage);
    case 'call':
      return callSystem(platform, standing, call, stage);
    case 'sign':
      return signAutomatically(platform, catalogue, standing, { name: call.stage, stage });
    case 'notify':
      return Promise.resolve(deliver(platform, standing, stage));
    default:
      throw new TaskTerminal(`stage ${call.stage}: the platform cannot do a ${stage.kind} stage itself`);
  }
}

/** Judges the grounds of admissibility: the first that does not hold gives the outcome. */
async function judge(
  { procedure, evaluator }: Standing,
  name: string,
  stage: StageOf<'receive' | 'verify'>,
): Promise<Outcome> {
  for (const rule of procedure.rules ?? []) {
    if (rule.at !== name || rule.else === 'warn' || (await evaluator.test(rule.must))) continue;
    return { outcome: outcomeOfRule(rule, stage.kind), with: [], secret: { comment: reasonOf(rule) } };
  }
  return { outcome: forward(stage), with: [] };
}

async function signAutomatically(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { name, stage }: { name: string; stage: StageOf<'sign'> },
): Promise<Outcome | First> {
  const { loaded, now } = standing;
  const issue = issueOf(standing, stage.issue);
  if (issue.automatic === undefined || issue.format !== 'json')
    throw new TaskTerminal(`issue ${stage.issue}: expected an automatic issue in json`);
  const { copy, voided } = newCopy(loaded.dossier, stage.issue);
  const paper = { name: stage.issue, copy, stage: name };
  const taken = await numberOf(platform, catalogue, standing, paper);
  if (taken && 'first' in taken) return taken;
  const number = taken?.event.type === 'NumberTaken' ? taken.event.data.text : null;
  const unit = await issuingUnit(catalogue, loaded.dossier, unitOf(taken?.event));
  const bytes = await signJsonIssue(platform, loaded.dossier, {
    name: stage.issue,
    number,
    at: new Date(now).toISOString(),
    unit: unit.id,
    content: jsonContentOf(viewOf(loaded, standing)),
  }).catch((error: unknown) => {
    if (taken) giveBack(platform, [taken]);
    throw error;
  });
  const { digest: document, written } = startWriting(platform, { id: loaded.dossier.id, key: loaded.key }, bytes);
  const valid = await validityOf(standing, stage.issue, now);
  const sealed: EventBody = {
    type: 'IssueSealed',
    data: {
      issue: stage.issue,
      copy,
      document,
      mediaType: JSON_ISSUE_MEDIA_TYPE,
      unit: unit.id,
      ...(valid && { valid }),
      certificate: await sealCertificate(platform, unit.id),
    },
  };
  return {
    outcome: forward(stage),
    with: [...voided, ...(taken ? [taken.event] : []), sealed],
    written,
    ...(taken && { numbers: taken.numbers }),
  };
}

/** Its number, if it has a register; what is needed to ask another system for it is loaded where one keeps the register. */
async function numberOf(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  paper: { name: string; copy: number; stage: string },
): Promise<Taken | undefined | First> {
  const { register } = issueOf(standing, paper.name);
  if (register === undefined) return undefined;
  const own = await takeNumber(platform, catalogue, standing, paper);
  if (own) return own;
  const { numberAtOnce } = await import('../issues/json-number.ts');
  return numberAtOnce(platform, catalogue, standing, { ...paper, register });
}

/** Of whose register the number is: the dossier may be another's by the time it is given. */
function unitOf(event: EventBody | undefined): string | undefined {
  return event?.type === 'NumberTaken' ? event.data.unit : undefined;
}

/** What it says, and of which earlier paper. */
function jsonContentOf({ parties = {}, about }: View): Readonly<Record<string, unknown>> {
  return { parties, ...(about !== undefined && { about }) };
}

/** Hands over: what is delivered must be sealed, else nothing leaves. */
function deliver(platform: Platform, standing: Standing, stage: StageOf<'notify'>): Outcome {
  const { dossier } = standing.loaded;
  if (stage.effect !== undefined && !dossier.about)
    throw new TaskTerminal('effect: expected a dossier that is about an earlier result');
  const unsealed = (stage.deliver ?? []).filter((name) => !dossier.issues[name]?.sealed);
  if (unsealed.length > 0) throw new TaskTerminal(`deliver: expected ${unsealed.join(', ')} to be signed and sealed`);
  return {
    outcome: forward(stage),
    with: noticeOf(platform, standing, (stage.deliver ?? []).length > 0 ? 'result' : 'ended'),
  };
}

/** Parks the dossier with the cause, before the machine's own `Catch` does: the record then says why. */
export async function parkedOnFailure<T>(platform: Platform, call: StageCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NothingToDecideBy || error instanceof TaskTerminal) {
      const { name, message } = error;
      await appendSurely(platform, call.dossierId, ({ dossier }) =>
        dossier.run === call.run
          ? parkFor(dossier, name, message)
          : { decision: { ok: true, events: [] }, actor: { kind: 'platform' } },
      );
    }
    throw error;
  }
}
