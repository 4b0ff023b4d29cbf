import { enterStage, visitOf } from '../../domain/dossier/commands/stages.ts';
import { childId, MOST_DEEP, outcomeOfChildren, standingOfPart } from '../../domain/dossier/children.ts';
import type { ChildState, Dossier } from '../../domain/dossier/state.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { ChildPart, StageOf } from '../../schemas/procedure/stages.ts';
import { endOfTerm } from '../dossiers/deadline.ts';
import type { Evaluator } from '../dossiers/evaluator.ts';
import { paperOfStage } from '../intake/paper-of-stage.ts';
import { holdClock } from '../clock/move-clock.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import type { StageCall } from './call.ts';
import { foresee } from './foresight.ts';
import { following, leavingBy, parkingWith } from './going-on.ts';
import { leaveAtOnce } from './leave-at-once.ts';
import { type Standing, standingOf, stageOf } from './standing.ts';

/** DynamoDB writes at most 100 items in one transaction; a child is an event, an outbox row and a timer. */
const MOST_AT_ONCE = 24;
const PLATFORM = { kind: 'platform' } as const;

type OpenStage = StageOf<'open'>;

interface Place {
  catalogue: Catalogue;
  standing: Standing;
  name: string;
  stage: OpenStage;
  visit: number;
}

/** Orders the dossiers whose turn it is; those that come `after` others are ordered when these have their results. Where none is waited for the stage is left. */
export async function enterOpen(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  call: StageCall,
  stage: OpenStage,
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  const visit = visitOf(dossier, call.stage);
  const paper = paperOfStage(stage);
  const orders = bounded(call.stage, await orderTurns({ catalogue, standing, name: call.stage, stage, visit }));
  const { evaluations } = standing.evaluator;
  const isAwaited = orders.some(({ type, data }) => type === 'ChildOrdered' && data.counts);
  const decision = enterStage(dossier, {
    run: call.run,
    stage: call.stage,
    kind: 'open',
    ...(paper && { paper }),
    tasks: [],
    stopsClock: isAwaited ? await holdClock(standing, call.stage) : undefined,
    ...(evaluations.length > 0 && { secret: { evaluations } }),
  });
  if (decision.ok && decision.events.length > 0) decision.events.push(...orders);
  const entered = { decision, actor: PLATFORM };
  return isAwaited ? entered : leaveAtOnce(platform, catalogue, standing, entered, call.stage);
}

/**
 * What the platform does once a child's result is recorded: dossiers whose turn has come are ordered, and when no result that counts is missing
 * the stage is left by what all come to together. Nothing, where the dossier does not stand there any more, or is parked.
 */
export async function followChildren(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  at: { stage: string; visit: number },
): Promise<Proposal | undefined> {
  return goOn(platform, catalogue, loaded, { ...at, again: [] });
}

/** The same where the dossier stood still meanwhile: what could not be opened is ordered again. */
export async function resumeOpen(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  stage: string,
): Promise<Proposal | undefined> {
  const visit = loaded.dossier.stages[stage]?.visits ?? 1;
  const again = Object.values(loaded.dossier.children).filter(
    (child) => child.stage === stage && child.visit === visit && child.failed !== null && isWaitedFor(child),
  );
  return goOn(platform, catalogue, loaded, { stage, visit, again });
}

function isWaitedFor({ answer, recalled }: ChildState): boolean {
  return answer === null && recalled === null;
}

async function goOn(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  { stage: name, visit, again }: { stage: string; visit: number; again: readonly ChildState[] },
): Promise<Proposal | undefined> {
  const state = loaded.dossier.stages[name];
  if (loaded.dossier.parked || loaded.dossier.stage !== name || state?.left !== null || state.visits !== visit)
    return undefined;
  const standing = await standingOf(catalogue, loaded, platform.clock.now());
  const stage = stageOf(standing.procedure, name);
  if (stage.kind !== 'open') throw new Error(`stage ${name}: expected one that opens dossiers`);
  const at = { catalogue, standing, name, stage, visit };
  try {
    const events = bounded(name, [...(await orderAgain(at, again)), ...(await orderTurns(at))]);
    const outcome = outcomeOfChildren(after(standing, events), name);
    if (outcome === undefined) return following(standing, events);
    return await leavingBy(platform, catalogue, standing, { stage: name, outcome, events });
  } catch (error) {
    return parkingWith(standing, { stage: name, events: [] }, error);
  }
}

function after({ loaded, now }: Standing, events: readonly EventBody[]): Dossier {
  return foresee(loaded, events, { actor: PLATFORM, now }).dossier;
}

/** Orders every part whose turn has come: all before it have their results, and none of these is a refusal. */
async function orderTurns(at: Place): Promise<EventBody[]> {
  const events: EventBody[] = [];
  for (let grown = true; grown;) {
    grown = false;
    const dossier = after(at.standing, events);
    const standingOf = (of: string) => standingOfPart(dossier, { stage: at.name, visit: at.visit, of });
    for (const [name, part] of Object.entries(at.stage.parts)) {
      const before = (part.after ?? []).map(standingOf);
      if (standingOf(name) !== undefined || before.some((each) => each === undefined || each === 'open')) continue;
      events.push(
        ...(before.includes('refused') ? [notOpened(at, name, 'refused-before')] : await orderPart(at, name)),
      );
      grown = true;
    }
  }
  return events;
}

/** All that one commit orders. */
function bounded(name: string, events: EventBody[]): EventBody[] {
  const count = events.filter(({ type }) => type === 'ChildOrdered').length;
  if (count > MOST_AT_ONCE)
    throw new TaskTerminal(`stage ${name}: expected at most ${MOST_AT_ONCE} dossiers at once, got ${count}`);
  return events;
}

async function orderPart(at: Place, name: string): Promise<EventBody[]> {
  const orders: EventBody[] = [];
  for (const { id, part, evaluator } of await neededOf(at, name))
    orders.push(await orderOf(at, { id, of: name, part }, evaluator));
  return orders.length > 0 ? orders : [notOpened(at, name, 'not-needed')];
}

/** What could not be opened is evaluated anew: what stood in its way may be put right. */
async function orderAgain(at: Place, children: readonly ChildState[]): Promise<EventBody[]> {
  const orders: EventBody[] = [];
  for (const { part: id, of } of children) {
    const needed = (await neededOf(at, of)).find((each) => each.id === id);
    if (!needed) throw new TaskTerminal(`part ${id}: it was ordered and is no longer needed`);
    orders.push(await orderOf(at, { id, of, part: needed.part }, needed.evaluator));
  }
  return orders;
}

function notOpened(
  { standing, name: stage, visit }: Place,
  part: string,
  why: 'not-needed' | 'refused-before',
): EventBody {
  return { type: 'ChildNotOpened', data: { run: standing.loaded.dossier.run, stage, visit, part, why } };
}

/** The dossiers of a part: one, none if it is not needed, or one for each item of its list. */
async function neededOf(
  { stage, standing: { evaluator } }: Place,
  name: string,
): Promise<{ id: string; part: ChildPart; evaluator: Evaluator }[]> {
  const part = stage.parts[name];
  if (!part) throw new TaskTerminal(`part ${name}: the stage has none of this name`);
  const isNeeded = async (by: Evaluator) => part.when === undefined || (await by.test(part.when));
  if (part.each === undefined) return (await isNeeded(evaluator)) ? [{ id: name, part, evaluator }] : [];
  const found = await evaluator.optional(part.each);
  const items: unknown[] = found === undefined ? [] : Array.isArray(found) ? found : [found];
  const needed: { id: string; part: ChildPart; evaluator: Evaluator }[] = [];
  for (const [index, item] of items.entries()) {
    const ofItem = evaluator.withItem(item);
    if (await isNeeded(ofItem)) needed.push({ id: `${name}${index + 1}`, part, evaluator: ofItem });
  }
  return needed;
}

/** Judges all that can be judged before a dossier is opened: else nobody would see why it is not there. */
async function orderOf(
  { catalogue, standing, name, visit, stage }: Place,
  { id, of, part }: { id: string; of: string; part: ChildPart },
  evaluator: Evaluator,
): Promise<EventBody> {
  const { loaded, now, calendar } = standing;
  const { dossier } = loaded;
  if ((dossier.parent?.depth ?? 0) >= MOST_DEEP)
    throw new TaskTerminal(`part ${id}: expected dossiers to be opened at most ${MOST_DEEP} below one another`);
  const procedure = String(await evaluator.value(part.procedure));
  const version = await catalogue.current(procedure, now);
  if (!version) throw new TaskTerminal(`part ${id}: expected a procedure in force, got ${procedure}`);
  const input = await inputOf(catalogue, { id, part, procedure, version: version.version }, evaluator);
  const counts = part.counts ?? true;
  const term = counts ? (part.within ?? stage.within) : undefined;
  const until = term === undefined ? undefined : await endOfTerm(term, now, evaluator, calendar);
  const child = childId(dossier.id, { stage: name, visit, part: id });
  return {
    type: 'ChildOrdered',
    data: {
      run: dossier.run,
      stage: name,
      visit,
      part: id,
      of,
      child,
      procedure,
      version: version.version,
      unit: await unitOf(catalogue, standing, { id, part }, evaluator),
      counts,
      gets: [...(part.gets ?? [])],
      ...(until !== undefined && { until }),
    },
    secret: { input },
  };
}

async function inputOf(
  catalogue: Catalogue,
  { id, part, procedure, version }: { id: string; part: ChildPart; procedure: string; version: string },
  evaluator: Evaluator,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(part.with ?? {})) {
    const handed = await evaluator.handed(value);
    if (handed !== undefined) input[name] = handed;
  }
  const pinned = await catalogue.pinned(procedure, version);
  const schema = pinned.procedure.input ?? pinned.procedure.form;
  const faults = schema === undefined ? [] : await pinned.validateForm(schema, input, input);
  if (faults.length > 0) {
    const told = faults.map(({ at, expected }) => `${at}: expected ${expected}`).join('; ');
    throw new TaskTerminal(`part ${id}: what ${procedure} is handed does not hold: ${told}`);
  }
  return input;
}

async function unitOf(
  catalogue: Catalogue,
  { loaded, workOf, now }: Standing,
  { id, part }: { id: string; part: ChildPart },
  evaluator: Evaluator,
): Promise<string> {
  const named = part.unit === undefined ? loaded.dossier.unit : String(await evaluator.value(part.unit));
  const unit = named === null ? null : workOf(named);
  if (unit !== null && (await catalogue.unitsInForce(now)).some((each) => each.id === unit)) return unit;
  throw new TaskTerminal(
    `part ${id}: expected a unit that receives, got ${named ?? 'a dossier that nobody has placed'}`,
  );
}
