import { enterStage, visitOf } from '../../domain/dossier/commands/stages.ts';
import { isOpen } from '../../domain/dossier/project.ts';
import { type ConsultedTask, lapseOpinions, outcomeOfParts, partsOf } from '../../domain/dossier/opinions.ts';
import { type Dossier, taskId } from '../../domain/dossier/state.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { TaskOpening } from '../../schemas/dossier.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { OpinionPart, StageOf } from '../../schemas/procedure/stages.ts';
import { unitFor } from '../dossiers/competence.ts';
import { endOfTerm } from '../dossiers/deadline.ts';
import type { Evaluator } from '../dossiers/evaluator.ts';
import { paperOfStage } from '../intake/paper-of-stage.ts';
import { holdClock } from '../clock/move-clock.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import type { StageCall } from './call.ts';
import { evaluatorAfter, foresee } from './foresight.ts';
import { following, leavingBy, parkingWith } from './going-on.ts';
import { leaveAtOnce } from './leave-at-once.ts';
import { type Standing, standingOf, stageOf } from './standing.ts';

/** DynamoDB writes at most 100 items in one transaction; a consultation opens one task and one timer for each body. */
const MOST_BODIES = 40;
/** Who answers in a body, where the procedure names no role. */
const ANSWERING_ROLE = 'case-officer';
const PLATFORM = { kind: 'platform' } as const;

interface Consultation {
  catalogue: Catalogue;
  standing: Standing;
  name: string;
  stage: StageOf<'consult'>;
  visit: number;
}

/** Asks all bodies at once; those that come `after` others are asked when these have answered. Where nobody is to be asked the stage is left. */
export async function enterConsult(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  call: StageCall,
  stage: StageOf<'consult'>,
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  const visit = visitOf(dossier, call.stage);
  const paper = paperOfStage(stage);
  const tasks = await openParts(
    { catalogue, standing, name: call.stage, stage, visit },
    NOTHING_YET,
    standing.evaluator,
  );
  const { evaluations } = standing.evaluator;
  const decision = enterStage(dossier, {
    run: call.run,
    stage: call.stage,
    kind: 'consult',
    ...(paper && { paper }),
    tasks,
    stopsClock: tasks.length > 0 ? await holdClock(standing, call.stage) : undefined,
    ...(evaluations.length > 0 && { secret: { evaluations } }),
  });
  const entered = { decision, actor: PLATFORM };
  return tasks.length > 0 ? entered : leaveAtOnce(platform, catalogue, standing, entered, call.stage);
}

/**
 * What the platform does once an opinion is recorded: terms that have passed are found, those whose turn has come are asked, and when nobody's
 * answer is missing the stage is left by what all say together. `before` is the dossier as it was before the opinion.
 */
export async function followOpinion(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  { stage: name, before }: { stage: string; before: Dossier },
): Promise<Proposal | undefined> {
  // What was said is kept; a parked dossier goes on when a person resumes it.
  if (loaded.dossier.parked) return undefined;
  return goOn(platform, catalogue, { loaded, name }, (stage, parts) => {
    const { asked } = turnsOf(stage, partsOf(before, name));
    return { asked, answered: turnsOf(stage, parts, asked).answered };
  });
}

/** The same where a consultation stood still meanwhile: whoever has no task yet is asked, if it is his turn. */
export async function resumeConsult(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  name: string,
): Promise<Proposal | undefined> {
  const { dossier } = loaded;
  if (dossier.parked || dossier.stage !== name || dossier.stages[name]?.left !== null) return undefined;
  return goOn(platform, catalogue, { loaded, name }, (_, parts) => {
    const names = (tasks: readonly ConsultedTask[]) => new Set(tasks.flatMap(({ part }) => part.of ?? []));
    const asked = names(parts);
    const open = names(parts.filter(isOpen));
    return { asked, answered: new Set([...asked].filter((part) => !open.has(part))) };
  });
}

async function goOn(
  platform: Platform,
  catalogue: Catalogue,
  { loaded, name }: { loaded: Loaded; name: string },
  turnsAt: (stage: StageOf<'consult'>, parts: readonly ConsultedTask[]) => Turns,
): Promise<Proposal | undefined> {
  const standing = await standingOf(catalogue, loaded, platform.clock.now());
  const stage = stageOf(standing.procedure, name);
  if (stage.kind !== 'consult') throw new Error(`stage ${name}: expected a consultation`);
  const lapsed = lapseOpinions(loaded.dossier, name, standing.now);
  const after = foresee(loaded, lapsed, { actor: PLATFORM, now: standing.now }).dossier;
  const parts = partsOf(after, name);
  const turns = turnsAt(stage, parts);
  const visit = after.stages[name]?.visits ?? 1;
  try {
    const evaluator = evaluatorAfter(standing, { events: lapsed });
    const tasks = await openParts({ catalogue, standing, name, stage, visit }, turns, evaluator);
    if (tasks.length > 0) {
      const opened = tasks.map((opening): EventBody => {
        return { type: 'TaskOpened', data: { run: after.run, stage: name, visit, opening } };
      });
      return following(standing, [...lapsed, ...opened]);
    }
    const outcome = outcomeOfParts(parts);
    if (outcome === undefined) return following(standing, lapsed);
    return await leavingBy(platform, catalogue, standing, { stage: name, outcome, events: lapsed });
  } catch (error) {
    return parkingWith(standing, { stage: name, events: lapsed }, error);
  }
}

/** How far a consultation has come: the parts whose turn has come, and of these the ones that nobody waits for any more. */
interface Turns {
  asked: ReadonlySet<string>;
  answered: ReadonlySet<string>;
}

const NOTHING_YET: Turns = { asked: new Set(), answered: new Set() };

/** A part's turn comes when all before it are answered; one for which no task was opened then was not needed. */
function turnsOf(stage: StageOf<'consult'>, tasks: readonly ConsultedTask[], only?: ReadonlySet<string>): Turns {
  const asked = new Set<string>();
  const answered = new Set<string>();
  const open = new Set(tasks.filter(isOpen).map(({ part }) => part.of));
  for (let grown = true; grown;) {
    grown = false;
    for (const [name, part] of Object.entries(stage.parts)) {
      if (asked.has(name) || (only && !only.has(name)) || !(part.after ?? []).every((other) => answered.has(other)))
        continue;
      asked.add(name);
      if (!open.has(name)) answered.add(name);
      grown = true;
    }
  }
  return { asked, answered };
}

async function openParts(at: Consultation, turns: Turns, evaluator: Evaluator): Promise<TaskOpening[]> {
  const asked = new Set(turns.asked);
  const answered = new Set(turns.answered);
  const openings: TaskOpening[] = [];
  for (let grown = true; grown;) {
    grown = false;
    for (const [name, part] of Object.entries(at.stage.parts)) {
      if (asked.has(name) || !(part.after ?? []).every((other) => answered.has(other))) continue;
      const opened = await openPart(at, { name, part }, evaluator);
      asked.add(name);
      if (opened.length === 0) answered.add(name);
      openings.push(...opened);
      grown = true;
    }
  }
  if (openings.length > MOST_BODIES)
    throw new TaskTerminal(`stage ${at.name}: expected at most ${MOST_BODIES} bodies, got ${openings.length}`);
  return openings;
}

/** The tasks of a part: one, none if it is not needed, or one for each item of its list. */
async function openPart(
  at: Consultation,
  { name, part }: { name: string; part: OpinionPart },
  evaluator: Evaluator,
): Promise<TaskOpening[]> {
  if (part.each === undefined) {
    const needed = part.when === undefined || (await evaluator.test(part.when));
    return needed ? [await openingOf(at, { id: name, of: name, part }, evaluator)] : [];
  }
  const found = await evaluator.optional(part.each);
  const items: unknown[] = found === undefined ? [] : Array.isArray(found) ? found : [found];
  const openings: TaskOpening[] = [];
  for (const [index, item] of items.entries()) {
    const ofItem = evaluator.withItem(item);
    if (part.when !== undefined && !(await ofItem.test(part.when))) continue;
    openings.push(await openingOf(at, { id: `${name}${index + 1}`, of: name, part }, ofItem));
  }
  return openings;
}

async function openingOf(
  at: Consultation,
  { id, of, part }: { id: string; of: string; part: OpinionPart },
  evaluator: Evaluator,
): Promise<TaskOpening> {
  const { standing, name, stage, visit } = at;
  const unit = await bodyOf(at, { id, part }, evaluator);
  const term = part.within ?? stage.within;
  const until = term === undefined ? undefined : await endOfTerm(term, standing.now, evaluator, standing.calendar);
  return opinionOpening(standing, { stage: name, visit, id, of, unit, until }, part);
}

/** The unit that is asked: named, or found by what it is competent for. */
async function bodyOf(
  { standing, catalogue }: Consultation,
  { id, part: { unit } }: { id: string; part: OpinionPart },
  evaluator: Evaluator,
): Promise<string> {
  const { dossier } = standing.loaded;
  const receiving = await catalogue.unit(dossier.unit ?? dossier.receivingUnit);
  const isPlace = typeof unit === 'object' && 'unit' in unit;
  const named =
    isPlace && receiving
      ? await unitFor(
          { ...unit, unit: String(await evaluator.value(unit.unit)) },
          { receiving, evaluator, catalogue, now: standing.now },
        )
      : String(await evaluator.value(unit));
  const body = named !== null && (await catalogue.unit(named)) && standing.workOf(named);
  if (body) return body;
  const got = named ?? (isPlace ? `none or several of kind ${unit.unit} for its area` : 'none');
  throw new TaskTerminal(`part ${id}: expected a unit to be asked, got ${got}`);
}

/** The task by which a body is asked. */
export function opinionOpening(
  { loaded, calendar, procedure }: Standing,
  asked: { stage: string; visit: number; id: string; of: string | null; unit: string; until: string | undefined },
  how: Pick<OpinionPart, 'by' | 'assurance' | 'silence' | 'gets'>,
): TaskOpening {
  const { stage, visit, id, of, unit, until } = asked;
  const step = `part.${id}`;
  const given = how.gets ?? [];
  const papers = given.filter((name) => procedure.documents?.[name] === undefined);
  return {
    task: taskId(loaded.dossier.id, stage, visit, step),
    step,
    unit,
    role: how.by ?? ANSWERING_ROLE,
    party: null,
    outcomes: ['agreed', 'opposed'],
    assurance: how.assurance ?? 'login',
    separateFrom: [],
    part: {
      id,
      of,
      silence: how.silence ?? 'waits',
      gets: given.filter((name) => !papers.includes(name)),
      ...(papers.length > 0 && { papers }),
      ...(until !== undefined && { until, due: localDate(calendar, Date.parse(until)) }),
    },
  };
}
