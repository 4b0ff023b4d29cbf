import type { Expectation, ScenarioStep } from '../../schemas/scenario.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';
import { type House, houseOf } from './house.ts';

/** In order of their instants: a seal is certified when it is first needed, and is not valid before. */
export const PROCEDURES = [
  'criminal-record',
  'construction-permit',
  'library-card',
  'birth-registration',
  'household-business',
  'marriage-registration',
  'civil-record-change',
  'newborn',
  'permanent-residence',
  'mortgage-registration',
  'certified-copy',
  'driving-licence',
  'social-allowance',
  'social-allowance-change',
  'team-decision',
  'decision-recall',
  'urbanism-certificate',
  'building-permit',
  'permit-extension',
  'estonian-building-permit',
];

/** Some thirty stories: the first of each procedure, and the fewest found besides in which every outcome of each kind of stage, every kind of step and every reason to stand still occurs. */
export function shortForm(): (story: Story) => boolean {
  return fewestBeside(({ stories }) => stories.slice(0, 1));
}

/** The fewest stories found in which every outcome of each kind of stage, every kind of step and every reason to stand still occurs. */
export function fewestStories(): (story: Story) => boolean {
  return fewestBeside(() => []);
}

function fewestBeside(given: (house: ReturnType<typeof houseOf>) => Story[]): (story: Story) => boolean {
  const houses = PROCEDURES.map((name) => houseOf(name));
  const happenings = new Map(
    houses.flatMap(({ house, stories }) =>
      stories.map((story) => [story, whatHappens(story, kindsOf(house))] as const),
    ),
  );
  const stories = [...happenings.keys()];
  const happeningsOf = (story: Story): string[] => happenings.get(story) ?? [];
  const chosen = houses.flatMap(given);
  const missing = new Set([...happenings.values()].flat());
  const fresh = (story: Story): number => new Set(happeningsOf(story).filter((what) => missing.has(what))).size;
  for (let next = chosen[0] ?? stories[0]; next && missing.size > 0;) {
    for (const story of [...chosen, next]) for (const what of happeningsOf(story)) missing.delete(what);
    if (!chosen.includes(next)) chosen.push(next);
    next = stories.reduce((best, story) => (fresh(story) > fresh(best) ? story : best));
  }
  const names = new Set(chosen.map(nameOf));
  return (story) => names.has(nameOf(story));
}

/** What its stages are, and those of the procedures that it opens. */
function kindsOf({ procedure, opens }: House): Map<string, string> {
  const stages = [...opens.values(), procedure].flatMap((each) => Object.entries(each.stages));
  return new Map(stages.map(([id, { kind }]) => [id, kind]));
}

const nameOf = ({ procedure, scenario }: Story): string => `${procedure}: ${scenario}`;

function whatHappens(story: Story, kinds: ReadonlyMap<string, string>): string[] {
  return story.do.flatMap((step) => (step.kind === 'expect' ? standing(step.step.expect) : [happening(step, kinds)]));
}

/** For what it stands still. */
function standing({ parked }: Expectation): string[] {
  return parked === undefined || parked === 'none' ? [] : [`parked: ${parked}`];
}

function happening(step: ScenarioStep, kinds: ReadonlyMap<string, string>): string {
  switch (step.kind) {
    case 'decide':
      return `${kinds.get(step.stage) ?? step.stage}.${step.outcome}`;
    case 'answer':
      return step.step.answer;
    case 'machine':
      return step.step.machine;
    case 'signer':
      return `signer ${step.step.signer}`;
    default:
      return step.kind;
  }
}
