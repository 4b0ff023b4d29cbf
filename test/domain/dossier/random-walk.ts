import fc from 'fast-check';
import type { Decision } from '../../../domain/dossier/commands/decision.ts';
import { sha256 } from '../../../domain/chain.ts';
import { newCopy } from '../../../domain/dossier/commands/papers.ts';
import { enterStage, park, passStage, requestRun, resume, visitOf } from '../../../domain/dossier/commands/stages.ts';
import { claimTask, decideTask, leaveStage, releaseTask } from '../../../domain/dossier/commands/tasks.ts';
import { isOpen } from '../../../domain/dossier/project.ts';
import type { Dossier } from '../../../domain/dossier/state.ts';
import type { EventBody } from '../../../schemas/events.ts';
import { Result, type StageKind } from '../../../schemas/procedure/closed-sets.ts';
import { anOfficial, anOpening, APPLICANT, type DossierStory } from '../../builders/dossier-story.ts';

/** Stages of the walk, by name; each leads to any other. */
export const STAGES = {
  receive: 'receive',
  verify: 'verify',
  complete: 'ask',
  hear: 'ask',
  pay: 'pay',
  fine: 'pay',
  hold: 'wait',
  link: 'call',
  sign: 'sign',
  tell: 'notify',
} as const satisfies Record<string, StageKind>;
type StageName = keyof typeof STAGES;
const NAMES = Object.keys(STAGES) as StageName[];
const OUTCOMES = { receive: 'accepted', pay: 'paid' } as const;

/** What happens next, as far as the dossier allows it; `a` and `b` choose among what is possible. */
export interface Move {
  what: 'act' | 'time' | 'pay' | 'park' | 'resume' | 'jump' | 'withdraw' | 'claim' | 'release' | 'after' | 'paper';
  a: number;
  b: number;
}

export const moves = fc.array(
  fc.record({
    what: fc.oneof(
      { weight: 8, arbitrary: fc.constant('act' as const) },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          'time' as const,
          'pay' as const,
          'claim' as const,
          'after' as const,
          'paper' as const,
        ),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'park' as const,
          'resume' as const,
          'jump' as const,
          'withdraw' as const,
          'release' as const,
        ),
      },
    ),
    a: fc.nat(1000),
    b: fc.nat(1000),
  }),
  { maxLength: 40 },
);

/** Walks about papers: much drawing, numbering and sealing, and ways that lead off and back to where it is done. */
export const paperMoves = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<Move>({ what: 'paper', a: 0, b: 0 }) },
      { weight: 2, arbitrary: fc.constantFrom(...[8, 1, 9].map((b): Move => ({ what: 'jump', a: 1, b }))) },
      { weight: 1, arbitrary: fc.constant<Move>({ what: 'withdraw', a: 1, b: 0 }) },
      {
        weight: 1,
        arbitrary: fc.record({
          what: fc.constantFrom('act' as const, 'park' as const, 'resume' as const),
          a: fc.nat(1000),
          b: fc.nat(1000),
        }),
      },
    ),
    { maxLength: 40 },
  )
  .map((steps): Move[] => [{ what: 'jump', a: 1, b: 8 }, { what: 'act', a: 1, b: 0 }, ...steps]);

/** Does one move; answers how many events it came to. Only refusals are left out: what the commands accept must be legal. */
export function perform(story: DossierStory, move: Move): number {
  const before = story.events.length;
  const decision = decide(story.dossier, move);
  if (decision?.ok) story.do(decision, move.what === 'claim' ? anOfficial() : undefined);
  return story.events.length - before;
}

function decide(d: Dossier, { what, a, b }: Move): Decision | undefined {
  switch (what) {
    case 'act':
      return act(d, a, b);
    case 'time':
      return d.parked || d.stage === null || !d.stages[d.stage]?.until
        ? undefined
        : leave(d, d.stage as StageName, 'expired', nameOf(a));
    case 'pay':
      return pay(d, a);
    case 'park':
      return park(d, { run: d.run, error: 'Failed', cause: 'no answer' });
    case 'resume':
      return resume(d);
    case 'jump':
      return requestRun(d, { stage: a % 2 === 0 ? (d.stage ?? 'verify') : nameOf(b), reason: 'migration' });
    case 'withdraw':
      return withdraw(d, nameOf(a));
    case 'claim':
    case 'release':
      return handle(d, what);
    case 'after':
      return after(d, a);
    case 'paper':
      return paper(d);
  }
}

function nameOf(choice: number): StageName {
  return NAMES[choice % NAMES.length] ?? 'verify';
}

function act(d: Dossier, a: number, b: number): Decision | undefined {
  if (d.stage === null) return undefined;
  const stage = d.stage as StageName;
  const kind = STAGES[stage];
  if (kind === 'call' || kind === 'notify') return pass(d, stage, a, b);
  if (d.stages[stage]?.left !== null) return enter(d, stage, a);
  const [task] = Object.values(d.tasks).filter((each) => each.stage === stage && isOpen(each));
  const next = a % 12 === 0 ? 'end' : nameOf(b);
  if (!task) return kind === 'sign' ? leave(d, stage, 'signed', next) : undefined;
  const outcome = task.outcomes[a % task.outcomes.length] ?? 'valid';
  const by = task.party === null ? anOfficial({ id: `officer-${b % 3}` }) : APPLICANT;
  return decideTask(d, {
    task: task.task,
    outcome,
    by,
    comment: 'a reason',
    documents: [],
    missing: [],
    revises: false,
    ...(kind === 'sign' && b % 2 === 0
      ? {}
      : { leaves: { next, skipped: [], with: accepts(d, stage, outcome) ? acceptance(d, a) : [] } }),
  });
}

function accepts(d: Dossier, stage: StageName, outcome: string): boolean {
  return STAGES[stage] === 'receive' && outcome === 'accepted' && d.code === null;
}

function acceptance(d: Dossier, a: number): EventBody[] {
  const fee = (name: string, value: number) => ({
    fee: name,
    kind: 'fee' as const,
    amount: { value, currency: 'VND' },
    exempt: false,
  });
  return [
    { type: 'CodeAssigned', data: { code: 'H26.15-261123-0001', unit: 'ward-1', scheme: 'vn-one-stop' } },
    { type: 'FeesAssessed', data: { fees: [fee('card', (a % 3) * 1000), fee('post', (a % 2) * 500)] } },
    promise(d, 'start'),
  ];
}

function promise(d: Dossier, clock: 'start' | 'resume'): EventBody {
  const due = `2026-12-${String(1 + (d.version % 28)).padStart(2, '0')}`;
  return {
    type: 'PromiseMade',
    data: {
      due,
      dueAt: `${due}T10:00:00.000Z`,
      startsAt: d.updated,
      calendar: 'vn@1',
      clock,
      cause: 'receive.accepted',
    },
  };
}

function enter(d: Dossier, stage: StageName, a: number): Decision {
  const kind = STAGES[stage];
  const visit = visitOf(d, stage);
  const timed = kind === 'wait' || (kind !== 'receive' && a % 2 === 0);
  const party = kind === 'ask' ? { party: 'applicant', unit: null, role: null } : {};
  const first = Object.hasOwn(OUTCOMES, kind) ? OUTCOMES[kind as keyof typeof OUTCOMES] : 'valid';
  return enterStage(d, {
    run: d.run,
    stage,
    kind,
    tasks:
      kind === 'pay' || kind === 'wait' ? [] : [anOpening(stage, visit, { ...party, outcomes: [first, 'incomplete'] })],
    ...(kind === 'ask' && { asks: a % 3 === 0 ? ('supplement' as const) : ('confirmation' as const) }),
    ...(timed && { until: new Date(Date.parse(d.updated) + 86_400_000).toISOString(), onTime: 'expired' }),
    stopsClock: kind === 'ask' && d.promise !== null ? { stage, effect: 'stops' } : undefined,
  });
}

function leave(d: Dossier, stage: StageName, outcome: string, next: string): Decision {
  const visit = d.stages[stage]?.visits ?? 0;
  const stopped = d.clock.at(-1)?.kind === 'stop';
  const withs = stopped ? [promise(d, 'resume')] : [];
  return leaveStage(d, { stage, visit, outcome, next, skipped: [], by: 'timer', with: withs });
}

function pass(d: Dossier, stage: StageName, a: number, b: number): Decision {
  const kind = STAGES[stage];
  const result = Result.options[a % Result.options.length] ?? 'stopped';
  const lawful = d.withdrawal !== null ? 'withdrawn' : d.code === null ? 'refused' : result;
  const next = a % 3 === 0 ? 'end' : nameOf(b);
  const skipped = { stage: 'hold', kind: 'wait' as const, outcome: 'skipped', next };
  return passStage(d, {
    run: d.run,
    stage,
    kind,
    outcome: kind === 'call' ? 'done' : 'delivered',
    next,
    why: kind === 'call' ? 'call' : 'notify',
    skipped: a % 5 === 0 ? [skipped] : [],
    ...(kind === 'notify' && { result: { result: lawful, issues: b % 2 === 0 ? ['card'] : [] } }),
  });
}

function pay(d: Dossier, a: number): Decision {
  const owed = Object.entries(d.fees).filter(([, fee]) => fee.amount.value > 0 && fee.paid === null);
  const [fee] = owed[a % Math.max(1, owed.length)] ?? [];
  const isRight = fee !== undefined && a % 2 === 0;
  return {
    ok: true,
    events: [
      {
        type: 'PaymentRecorded',
        data: {
          payment: `p${d.version}`,
          fees: isRight ? [fee] : [],
          amount: { value: 1000, currency: 'VND' },
          effect: isRight ? 'settled' : 'refund-due',
          reason: isRight ? 'exact' : 'wrong-amount',
        },
      },
    ],
  };
}

function withdraw(d: Dossier, stage: StageName): Decision | undefined {
  if (d.withdrawal !== null || d.settled !== null) return undefined;
  const run = requestRun(d, { stage, reason: 'withdrawal' });
  return run.ok
    ? { ok: true, events: [{ type: 'WithdrawalRequested', data: { rule: 'withdraw' } }, ...run.events] }
    : run;
}

/** The next step of a paper: drafted, numbered, sealed; then a new copy of it. The number is the dossier's version: never twice. */
function paper(d: Dossier): Decision | undefined {
  if (d.stage !== 'sign') return undefined;
  const issue = d.issues['card'];
  const document = sha256(`document ${d.version}`);
  const { copy, voided } = newCopy(d, 'card');
  if (!issue || issue.sealed || issue.stage !== d.stage || d.version % 7 === 0)
    return {
      ok: true,
      events: [...voided, { type: 'IssueDrafted', data: { issue: 'card', copy, stage: 'sign', document } }],
    };
  const of = { issue: 'card', copy: issue.copy };
  const register = { register: 'cards', unit: 'ward-1', year: 2026 };
  if (!issue.number) {
    const number = { ...register, number: d.version, text: `${d.version}/CARDS`, ...of };
    return { ok: true, events: [{ type: 'NumberTaken', data: number }] };
  }
  const sealed = { ...of, document, mediaType: 'application/pdf', unit: 'ward-1', certificate: document };
  return { ok: true, events: [{ type: 'IssueSealed', data: sealed }] };
}

function handle(d: Dossier, what: 'claim' | 'release'): Decision | undefined {
  const [task] = Object.values(d.tasks).filter(isOpen);
  if (!task) return undefined;
  const command = { task: task.task, by: anOfficial() };
  return what === 'claim' ? claimTask(d, command) : releaseTask(d, command);
}

/** What may still be recorded at any time, the dossier being closed or not. */
function after(d: Dossier, a: number): Decision {
  const [message] = Object.keys(d.notices);
  const events: EventBody[] = [
    { type: 'CallRefused', data: { run: d.run, source: 'handler', stage: 'verify' } },
    {
      type: 'NoticeIssued',
      data: { notice: 'accepted', message: `m${d.version}`, party: 'submitter', channel: 'email' },
    },
    message === undefined
      ? { type: 'RatingGiven', data: { score: 5 } }
      : { type: 'NoticeDelivered', data: { message, how: 'smtp' } },
    ...(d.delivery === 'ready' ? [{ type: 'ResultDelivered' as const, data: { how: 'email' as const } }] : []),
  ];
  const event = events[a % events.length];
  return { ok: true, events: event ? [event] : [] };
}
