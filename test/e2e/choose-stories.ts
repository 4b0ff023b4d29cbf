import type { ScenarioStep } from '../../schemas/scenario.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';
import { houseOf } from './house.ts';

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
  'certified-copy',
  'team-decision',
  'decision-recall',
  'urbanism-certificate',
  'building-permit',
  'permit-extension',
];

/** Some forty stories: the first of each procedure, and the fewest found in which every kind of step and every outcome of the procedures occurs. */
export function shortForm(): (story: Story) => boolean {
  const byProcedure = PROCEDURES.map((name) => houseOf(name).stories);
  const stories = byProcedure.flat();
  const chosen = byProcedure.flatMap((of) => of.slice(0, 1));
  const missing = new Set(stories.flatMap(whatHappens));
  const fresh = (story: Story): number => new Set(whatHappens(story).filter((what) => missing.has(what))).size;
  for (let next: Story | undefined = chosen[0]; next && missing.size > 0;) {
    for (const story of [...chosen, next]) for (const what of whatHappens(story)) missing.delete(what);
    if (!chosen.includes(next)) chosen.push(next);
    next = stories.reduce((best, story) => (fresh(story) > fresh(best) ? story : best));
  }
  const names = new Set(chosen.map(nameOf));
  return (story) => names.has(nameOf(story));
}

const nameOf = ({ procedure, scenario }: Story): string => `${procedure}: ${scenario}`;

function whatHappens(story: Story): string[] {
  return story.do.flatMap((step) => (step.kind === 'expect' ? [] : [happening(step)]));
}

function happening(step: ScenarioStep): string {
  switch (step.kind) {
    case 'decide':
      return `${step.stage}.${step.outcome}`;
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
