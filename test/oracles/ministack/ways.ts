import { FUNCTION_ENDED, LAMBDA_TRANSIENT, TASK_RETRYABLE, TASK_TERMINAL } from '../../../schemas/error-names.ts';

/** What the next invocation of a function comes to. A stage that waits is told by its token; `early` while its function still runs. */
export type Answer =
  | { readonly next: string; readonly early?: true }
  | { readonly throws: string }
  | { readonly fails: string }
  | { readonly stopped: true };

/** One run of a machine: where it starts, and what each invocation comes to in turn. */
export interface Way {
  readonly says: string;
  readonly stage: string;
  readonly answers: readonly Answer[];
  /** Whether nothing fails on it. */
  readonly goesOn?: true;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A step onwards: the answer that takes it, and the stage it leads to, none at the end. */
interface Step {
  readonly answer: Answer;
  readonly to: string | undefined;
}

const PARKED = 'parked';
const NOWHERE = 'no-such-stage';
const RETRIES = 6;
const times = (count: number, answer: Answer): Answer[] => Array.from({ length: count }, () => answer);

/** Every way that a compiled machine has to be right on: each outcome, each kind of failure at each stage, each entry through the router. */
export function waysOf(machine: Machine): Way[] {
  const stages = Object.keys(machine.States).filter((name) => machine.States[name]?.Type === 'Task' && name !== PARKED);
  const ends = endings(machine, stages);
  const resumed = (stage: string): Answer[] => [{ next: stage }, ...(ends.get(stage) ?? [])];
  return [
    { says: 'a stage that the machine does not have', stage: NOWHERE, answers: [] },
    ...parked(stages[0] ?? ''),
    ...stages.flatMap((stage) => [
      ...outcomes(machine, stage, ends),
      ...failures(machine, stage, resumed),
      ...(isWaiting(machine, stage) ? told(stage, resumed) : []),
    ]),
  ];
}

/** Answers, machine after machine, every outcome of every stage; of the ways that fail those that no stage like it has gone before, in whatever machine. */
export function fewestOf(): (machine: Machine) => Way[] {
  const gone = new Set<string>();
  return (machine) =>
    waysOf(machine).filter((way) => {
      if (way.goesOn === true) return true;
      const like = likenessOf(machine, way);
      const isNew = !gone.has(like);
      gone.add(like);
      return isNew;
    });
}

/** What a failing way is, and all that its stage says, but for names: of the stage, and of where it leads. */
function likenessOf(machine: Machine, { says, stage }: Way): string {
  const { Next = '', ...state } = machine.States[stage] ?? {};
  return `${says} ${JSON.stringify({ ...state, next: machine.States[Next]?.Type })}`.replaceAll(stage, 'stage');
}

function isWaiting(machine: Machine, stage: string): boolean {
  return machine.States[stage]?.Resource?.endsWith('.waitForTaskToken') === true;
}

/** The steps that lead on from a stage, one for each outcome that the machine knows. */
export function stepsFrom(machine: Machine, stage: string): Step[] {
  const state = machine.States[stage];
  if (state?.End === true) return [{ answer: { next: 'anything' }, to: undefined }];
  const next = machine.States[state?.Next ?? ''];
  if (next?.Type !== 'Choice') return [{ answer: { next: 'anything' }, to: state?.Next }];
  return (next.Choices ?? []).map(({ Condition, Next }) => ({
    answer: { next: /= "([^"]+)"/.exec(Condition)?.[1] ?? '' },
    to: machine.States[Next]?.Type === 'Succeed' ? undefined : Next,
  }));
}

/** For each stage the answers of a shortest way from it to the end. */
function endings(machine: Machine, stages: readonly string[]): Map<string, Answer[]> {
  const found = new Map<string, Answer[]>();
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const stage of stages.filter((name) => !found.has(name))) {
      for (const { answer, to } of stepsFrom(machine, stage)) {
        const rest = to === undefined ? [] : found.get(to);
        if (rest !== undefined) found.set(stage, [answer, ...rest]);
      }
    }
  }
  return found;
}

function outcomes(machine: Machine, stage: string, ends: ReadonlyMap<string, Answer[]>): Way[] {
  return stepsFrom(machine, stage).flatMap(({ answer, to }) => {
    const rest = to === undefined ? [] : (ends.get(to) ?? []);
    const says = `${stage}, entered through the router, goes on to ${to ?? 'the end'}`;
    const way: Way = { says, stage, answers: [answer, ...rest], goesOn: true };
    return isWaiting(machine, stage) && 'next' in answer
      ? [way, { ...way, says: `${says}, told while its function runs`, answers: [{ ...answer, early: true }, ...rest] }]
      : [way];
  });
}

function failures(machine: Machine, stage: string, resumed: (stage: string) => Answer[]): Way[] {
  const retryable = { throws: TASK_RETRYABLE };
  const [first = { next: '' }, ...rest] = resumed(stage);
  const choosing = machine.States[machine.States[stage]?.Next ?? '']?.Type === 'Choice';
  return [
    { says: `${stage} succeeds at the third attempt`, stage, answers: [...times(2, retryable), ...rest] },
    ...[LAMBDA_TRANSIENT[0], FUNCTION_ENDED[0]].map((name) => ({
      says: `${stage} is repeated after ${name}`,
      stage,
      answers: [{ throws: name }, ...rest],
    })),
    {
      says: `${stage} parks when it does not succeed, and is resumed`,
      stage,
      answers: [...times(RETRIES + 1, retryable), first, ...rest],
    },
    {
      says: `${stage} parks at once at a terminal failure`,
      stage,
      answers: [{ throws: TASK_TERMINAL }, first, ...rest],
    },
    { says: `${stage} parks at a defect`, stage, answers: [{ throws: 'TypeError' }, first, ...rest] },
    ...(choosing
      ? [
          {
            says: `${stage} parks when told a way that it does not have`,
            stage,
            answers: [{ next: NOWHERE }, first, ...rest],
          },
        ]
      : []),
  ];
}

/** What becomes of a parked run. It is the same state whatever stage it comes from. */
function parked(stage: string): Way[] {
  const fails = { throws: TASK_TERMINAL };
  const retryable = { throws: TASK_RETRYABLE };
  return [
    {
      says: 'parked, and resumed at a stage that the machine does not have',
      stage,
      answers: [fails, { next: NOWHERE }],
    },
    {
      says: 'parked, shown to a person at the third attempt, and stopped',
      stage,
      answers: [fails, retryable, retryable, { stopped: true }],
    },
    {
      says: 'parked, and showing it fails as often as it is tried',
      stage,
      answers: [fails, ...times(RETRIES + 1, retryable)],
    },
  ];
}

function told(stage: string, resumed: (stage: string) => Answer[]): Way[] {
  const [first = { next: '' }, ...rest] = resumed(stage);
  return [
    {
      says: `${stage} is told a terminal failure and parks`,
      stage,
      answers: [{ fails: TASK_TERMINAL }, first, ...rest],
    },
    { says: `${stage} is told to try again`, stage, answers: [{ fails: TASK_RETRYABLE }, ...rest] },
    { says: `${stage} is stopped while it waits`, stage, answers: [{ stopped: true }] },
  ];
}
