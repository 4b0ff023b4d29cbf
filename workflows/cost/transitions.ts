import { z } from 'zod';
import type { MeasuredCounts } from '../../schemas/cost.ts';

/** What counts of a compiled machine: where its states lead. */
const Machine = z.object({
  StartAt: z.string(),
  States: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Next: z.string().optional(),
      End: z.boolean().optional(),
      Choices: z.array(z.object({ Condition: z.string(), Next: z.string() })).optional(),
    }),
  ),
});

/** "Step Functions counts a state transition each time a step of your workflow is executed": read so that the start and the end are steps too. */
const START_AND_END = 2;

/** Transitions of an execution that goes this way: one for each state entered, and those for start and end. Nothing where the machine does not go this way. */
export function countTransitions(definition: string, way: MeasuredCounts['way']): number | undefined {
  const entered = statesEntered(definition, way);
  return entered && START_AND_END + entered.length;
}

type Way = MeasuredCounts['way'];
interface Walk {
  states: z.output<typeof Machine>['States'];
  entered: string[];
}

function statesEntered(definition: string, way: Way): string[] | undefined {
  const { StartAt, States: states } = Machine.parse(JSON.parse(definition));
  const walk = { states, entered: [StartAt] };
  const goes =
    choose(walk, '$states.input.stage', way[0]?.stage ?? '') &&
    way.every((step) => leave(walk, step)) &&
    ends(walk, way);
  return goes ? walk.entered : undefined;
}

function last({ states, entered }: Walk) {
  return states[entered.at(-1) ?? ''];
}

/** Takes the way that a Choice has for this value, if it has one. */
function choose(walk: Walk, variable: string, value: string): boolean {
  const chosen = last(walk)?.Choices?.find(({ Condition }) => Condition === `{% ${variable} = "${value}" %}`);
  if (chosen) walk.entered.push(chosen.Next);
  return chosen !== undefined;
}

/** Leaves a stage's task by its answer. */
function leave(walk: Walk, { stage, next }: Way[number]): boolean {
  const task = last(walk);
  if (walk.entered.at(-1) !== stage || task?.Type !== 'Task') return false;
  if (task.Next !== undefined) walk.entered.push(task.Next);
  return last(walk)?.Type !== 'Choice' || choose(walk, '$next', next);
}

function ends(walk: Walk, way: Way): boolean {
  const state = last(walk);
  return state?.Type === 'Succeed' || (state?.End === true && walk.entered.at(-1) === way.at(-1)?.stage);
}
