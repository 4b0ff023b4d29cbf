import type { Procedure } from '../schemas/procedure.ts';
import type { ScenarioStep } from '../schemas/scenario.ts';
import { dotted, type Place } from '../workflows/compiler/problem.ts';
import { type Story, tellAfter } from '../workflows/scenarios/read-scenarios.ts';
import type { Loading } from './scenarios/load-scenarios.ts';
import { type PaperMade, PlayHere } from './scenarios/play-here.ts';
import type { Done, Playing } from './scenarios/playing.ts';
import { StageMachine, type ScenarioHouse } from './scenarios/stage-machine.ts';

/** Where a scenario was not kept, and how. */
export interface ScenarioFault extends Place {
  readonly message: string;
}

export interface ScenarioReport {
  readonly scenario: string;
  readonly procedure: string;
  readonly file: string;
  readonly faults: readonly ScenarioFault[];
  /** Every `<stage>.<outcome>` by which a stage was left; of dossiers that it opened with their procedure and a colon before it. */
  readonly taken: readonly string[];
  readonly milliseconds: number;
}

/** Runs a story in virtual time against the real use cases, engine and stores of one machine. `keep` is given the papers that it came to. */
export async function runScenario(
  house: ScenarioHouse,
  story: Story,
  keep?: (papers: readonly PaperMade[]) => void,
): Promise<ScenarioReport> {
  const stage = await StageMachine.open(house, beginningOf(story));
  try {
    const led = await leadThere(stage, house, story);
    if (!led.ok) return { ...nameOf(story), faults: led.faults, taken: [], milliseconds: 0 };
    const playing = new PlayHere(stage, led.story, house.organisation);
    const report = await playStory(playing, led.story);
    keep?.(await playing.papers());
    return report;
  } finally {
    await stage.close();
  }
}

/** When the first dossier of a story is handed in. */
export function beginningOf({ given, earlier }: Story): number {
  return earlier ? beginningOf(earlier) : Date.parse(given.at);
}

type Led = { ok: true; story: Story } | { ok: false; faults: ScenarioFault[] };

/** Leads the applicant's earlier dossier to where its own story leaves it, and time to the story's beginning. */
export async function leadThere(
  stage: StageMachine,
  { organisation }: Pick<ScenarioHouse, 'organisation'>,
  story: Story,
): Promise<Led> {
  if (!story.earlier) return { ok: true, story };
  const before = await leadThere(stage, { organisation }, story.earlier);
  if (!before.ok) return before;
  const playing = new PlayHere(stage, before.story, organisation);
  const faults = await playSteps(playing, before.story);
  if (faults.length > 0) return { ok: false, faults };
  await stage.passUntil(Date.parse(story.given.at));
  return { ok: true, story: tellAfter(story, await playing.dossier()) };
}

/** Plays a story. It ends at the first step that goes otherwise than told; at the end the record itself is judged. */
export async function playStory(playing: Playing, story: Story): Promise<ScenarioReport> {
  const began = performance.now();
  const faults = await playSteps(playing, story);
  if (faults.length === 0)
    faults.push(...(await playing.faults()).map((message) => ({ ...story.locate(['scenario']), message })));
  const taken = await playing.taken();
  const milliseconds = Math.round(performance.now() - began);
  return { ...nameOf(story), faults, taken, milliseconds };
}

function nameOf({ scenario, procedure, locate }: Story): Pick<ScenarioReport, 'scenario' | 'procedure' | 'file'> {
  return { scenario, procedure, file: locate([]).file };
}

/** The outcomes that no story takes, of a procedure and of those that are only opened by it: these have no stories of their own. */
export function untoldBeside(
  { procedure, opens }: Pick<Extract<Loading, { ok: true }>, 'procedure' | 'opens'>,
  reports: readonly Pick<ScenarioReport, 'taken'>[],
): string[] {
  const children = opens
    .map(({ parsed }) => parsed.procedure)
    .filter(({ startedBy }) => startedBy === 'agency')
    .flatMap((child) =>
      untoldOutcomes(
        child,
        reports.map(({ taken }) => ({ taken: takenBy(child.procedure, taken) })),
      ).map((outcome) => `${child.procedure}:${outcome}`),
    );
  return [...untoldOutcomes(procedure.parsed.procedure, reports), ...children];
}

function takenBy(procedure: string, taken: readonly string[]): string[] {
  return taken.filter((each) => each.startsWith(`${procedure}:`)).map((each) => each.slice(procedure.length + 1));
}

/** The outcomes that a procedure names and no story takes. */
export function untoldOutcomes(procedure: Procedure, reports: readonly Pick<ScenarioReport, 'taken'>[]): string[] {
  const taken = new Set(reports.flatMap((report) => report.taken));
  return Object.entries(procedure.stages)
    .flatMap(([stage, definition]) =>
      definition.kind === 'decide' ? [] : Object.keys(definition.then ?? {}).map((outcome) => `${stage}.${outcome}`),
    )
    .filter((outcome) => !taken.has(outcome));
}

async function playSteps(playing: Playing, story: Story): Promise<ScenarioFault[]> {
  if (!story.do.some(({ kind }) => kind === 'submit')) {
    const submitted = await playing.submit({});
    if (!submitted.ok)
      return [{ ...story.locate(['given']), message: `the submission is refused: ${refusalOf(submitted)}` }];
    const failure = crashes(story.do[0]) ? undefined : await settleFault(playing);
    if (failure !== undefined) return [{ ...story.locate(['given']), message: failure }];
  }
  for (const [index, step] of story.do.entries()) {
    const faults = await playStep(playing, story, { step, index });
    if (faults.length > 0) return faults;
  }
  return [];
}

interface Numbered {
  step: ScenarioStep;
  index: number;
}

async function playStep(playing: Playing, story: Story, { step, index }: Numbered): Promise<ScenarioFault[]> {
  const at = ['do', index];
  if (step.kind === 'expect') {
    const found = await playing.differences(step.step.expect, step.child);
    return found.map(({ path, expected, found: actual }) => ({
      ...story.locate([...at, 'expect', ...path]),
      message: `${dotted(path)}: expected ${show(expected)}, found ${show(actual)}`,
    }));
  }
  const message =
    (await outcomeFault(playing, step)) ?? (crashes(story.do[index + 1]) ? undefined : await settleFault(playing));
  return message === undefined ? [] : [{ ...story.locate(at), message }];
}

/** What a step came to, where that is not what was told. */
async function outcomeFault(playing: Playing, step: ScenarioStep): Promise<string | undefined> {
  const refused = 'refused' in step.step ? step.step.refused : undefined;
  const fails = 'fails' in step.step ? step.step.fails : undefined;
  try {
    const done = await playing.perform(step);
    if (fails !== undefined) return `expected it to fail with ${fails}, it was ${done.ok ? 'done' : 'refused'}`;
    if (done.ok) return refused === undefined ? undefined : `expected it to be refused (${refused}), it was done`;
    return done.refusal.code === refused
      ? undefined
      : `refused: ${refusalOf(done)}${refused === undefined ? '' : `; expected ${refused}`}`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.name === fails ? undefined : `failed: ${error.name}: ${error.message}\n${error.stack ?? ''}`;
  }
}

/** What the machine could not do by itself afterwards: a defect, told where it first shows. */
async function settleFault(playing: Playing): Promise<string | undefined> {
  try {
    await playing.settle();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `the machine failed: ${error.name}: ${error.message}\n${error.stack ?? ''}`;
  }
}

function crashes(step: ScenarioStep | undefined): boolean {
  return step?.kind === 'machine' && step.step.machine === 'crash';
}

function refusalOf({ refusal }: Exclude<Done, { ok: true }>): string {
  const errors = (refusal.errors ?? []).map(({ at, expected }) => `${at}: expected ${expected}`);
  return [`${refusal.code}: ${refusal.detail}`, ...errors].join('; ');
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
