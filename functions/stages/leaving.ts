import { newCopy } from '../../domain/dossier/commands/papers.ts';
import type { Skipped } from '../../domain/dossier/commands/decision.ts';
import { RecordsDisagree, TaskTerminal } from '../../domain/failures.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { type Passed, route } from '../../workflows/route.ts';
import { takeCode } from '../dossiers/codes.ts';
import { hasRunBeyond } from '../../domain/time/around-deadline.ts';
import { limitOf } from '../../domain/time/clock-policy.ts';
import { decidedAt, extendedBy } from '../clock/extension.ts';
import { leavingClockStanding, moveClock } from '../clock/move-clock.ts';
import { policyFor } from '../dossiers/deadline.ts';
import { NothingToDecideBy } from '../dossiers/evaluator.ts';
import { makeRow } from '../issues/steps.ts';
import { noticeOf } from '../notices/notice.ts';
import { isPaidAt } from '../payments/owed.ts';
import { payeeOf } from '../payments/payees.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Extras } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { evaluatorOnLeaving, type Leave } from './foresight.ts';
import { forward, type Standing, stageOf } from './standing.ts';

/** Where an outcome leads, and what leaving by it entails. */
export type Leaving =
  | { kind: 'next'; next: string; skipped: Skipped[]; with: EventBody[]; outbox: NonNullable<Extras['outbox']> }
  | { kind: 'park'; cause: string }
  | { kind: 'refused'; refused: Refused };

/** Plans the leaving of a stage: the next stage over `then`, `when`, `decide`, `times`; code, fees and promise at acceptance; the clock. */
export async function planLeaving(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  from: Leave,
): Promise<Leaving> {
  try {
    const entailed = await entailedBy(platform, catalogue, standing, from);
    const way = await findWay(standing, { ...from, events: [...(from.events ?? []), ...entailed.events] });
    if (way.kind !== 'next') return way;
    return {
      ...way,
      with: leavingClockStanding(standing.procedure, way.next, entailed.events),
      outbox: entailed.outbox,
    };
  } catch (error) {
    // Also a calendar or a clock that cannot say when.
    if (error instanceof TaskTerminal) return { kind: 'park', cause: error.message };
    throw error;
  }
}

type Way = { kind: 'next'; next: string; skipped: Skipped[] } | Exclude<Leaving, { kind: 'next' }>;

/** Conditions on the way read the dossier as the outcome leaves it: with what was decided, handed in, paid, and made at acceptance. */
async function findWay(standing: Standing, from: Leave): Promise<Way> {
  const { loaded, procedure } = standing;
  const { dossier } = loaded;
  const evaluator = evaluatorOnLeaving(standing, from);
  const found = await route(procedure, from, {
    enteredFrom: (stage) => dossier.stages[stage]?.from ?? undefined,
    // Once more than the law's rule was allowed by whom it names.
    visits: (stage) => (dossier.stages[stage]?.visits ?? 0) - (dossier.overridden[stage] ?? 0),
    condition: (expression) => evaluator.condition(expression),
    precluded: (before) => isPrecluded(standing, before),
  });
  if (found.kind === 'park')
    return {
      kind: 'park',
      cause: `stage ${found.stage}: ${found.condition ? `"${found.condition.expression}" gives nothing` : 'no way leads on'}`,
    };
  if (found.kind === 'refused') {
    const detail = {
      'entered-too-often': tooOften(procedure, found.stage),
      'outcome-not-offered': `stage ${found.stage} does not offer ${from.outcome}`,
      precluded: `stage ${found.stage} can be entered only until so much of the clock has run as the law allows`,
    }[found.code];
    return { kind: 'refused', refused: refuse(found.code, detail) };
  }
  const decided = decidedAt(procedure, found.next);
  const lawful = decided && (await extendedBy({ ...standing, evaluator }, decided));
  if (lawful?.ok === false) return { kind: 'refused', refused: lawful };
  return {
    kind: 'next',
    next: found.next,
    skipped: found.passed.map((passed, index) =>
      skippedOf(procedure, passed, found.passed[index + 1]?.stage ?? found.next),
    ),
  };
}

function tooOften(procedure: Standing['procedure'], name: string): string {
  const stage = stageOf(procedure, name);
  const times = 'times' in stage ? stage.times : undefined;
  const override = typeof times === 'object' ? times.override : undefined;
  const may = override ? `; ${override.by} may override this with a reason (${String(override.legalBasis)})` : '';
  return `stage ${name} has been entered as often as the procedure allows${may}`;
}

/** Whether more of the clock has run than a stage that is to be entered allows. */
async function isPrecluded(
  { procedure, loaded, evaluator, calendar, now }: Standing,
  before: unknown,
): Promise<boolean> {
  const term = limitOf((await evaluator.value(before)) as Parameters<typeof limitOf>[0]);
  if (!term) throw new TaskTerminal('before: expected one unit with an amount');
  const policy = await policyFor(procedure, evaluator);
  const beyond = hasRunBeyond({ calendar, policy, happenings: loaded.dossier.clock }, term, now);
  if (!beyond.ok) throw new TaskTerminal(`before: ${beyond.refusal.detail}`);
  return beyond.value;
}

function skippedOf(procedure: Standing['procedure'], passed: Passed, next: string): Skipped {
  const { kind } = stageOf(procedure, passed.stage);
  const outcome = typeof passed.because === 'object' ? `choice${passed.because.choice + 1}` : passed.because;
  return { stage: passed.stage, kind, outcome, next };
}

interface Entailed {
  events: EventBody[];
  outbox: NonNullable<Extras['outbox']>;
}

async function entailedBy(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  from: Leave,
): Promise<Entailed> {
  const { loaded, procedure, now } = standing;
  const { dossier } = loaded;
  const stage = stageOf(procedure, from.stage);
  const accepted = stage.kind === 'receive' && from.outcome === 'accepted' && dossier.code === null;
  const events: EventBody[] = [];
  if (accepted)
    events.push(
      await assignCode(platform, catalogue, standing),
      ...(await assessFees(platform, catalogue, standing, from)),
    );
  events.push(...(await moveClock(standing, from, accepted)));
  // The record of an inspection is drawn and signed before the stage is left.
  const makes =
    'makes' in stage && stage.kind !== 'inspect' && from.outcome === forward(stage) && isForMoney(dossier, stage, from)
      ? stage.makes
      : undefined;
  // Who is accepted without a receipt is told so at once; a receipt is told of when it can be sent along.
  if (accepted && makes === undefined) events.push(...noticeOf(platform, standing, 'accepted'));
  const occasion = `${from.stage}.${dossier.stages[from.stage]?.visits ?? 1}`;
  const outbox = makes
    ? [makeRow(dossier.id, now, { issue: makes, stage: from.stage, copy: newCopy(dossier, makes).copy, occasion })]
    : [];
  return { events, outbox };
}

/** Where nothing is owed a stage is left as if it were paid, and there is nothing to give a receipt for. */
function isForMoney(dossier: Dossier, stage: Stage, { stage: name, events = [] }: Leave): boolean {
  return (
    stage.kind !== 'pay' || events.some(({ type }) => type === 'PaymentRecorded') || isPaidAt(dossier, name, stage)
  );
}

async function assignCode(platform: Platform, catalogue: Catalogue, { loaded, now }: Standing): Promise<EventBody> {
  const { receivingUnit } = loaded.dossier;
  const unit = await catalogue.unit(receivingUnit);
  if (!unit) throw new RecordsDisagree(`registry: unit ${receivingUnit} is missing`);
  const { code, scheme } = await takeCode(platform.store, unit, await catalogue.calendarOf(unit.id), now);
  return { type: 'CodeAssigned', data: { code, unit: unit.id, scheme } };
}

/** Fees are frozen at acceptance. An amount that is not a whole number of minor units is rounded half up once, here. */
async function assessFees(
  platform: Platform,
  catalogue: Catalogue,
  before: Standing,
  from: Leave,
): Promise<EventBody[]> {
  // What reception has recorded with its decision counts.
  const evaluator = evaluatorOnLeaving(before, from);
  const standing = { ...before, evaluator };
  const { procedure } = standing;
  const fees: Extract<EventBody, { type: 'FeesAssessed' }>['data']['fees'] = [];
  for (const [fee, { kind, amount, when, exempt, payee }] of Object.entries(procedure.fees ?? {})) {
    if (when !== undefined && !(await evaluator.test(when))) continue;
    const value = Number(await evaluator.value(amount));
    if (!Number.isFinite(value) || value < 0)
      throw new NothingToDecideBy(`fee ${fee}: expected an amount of at least 0, got ${value}`);
    const isExempt = exempt !== undefined && (await evaluator.test(exempt));
    const owed = Math.floor(value + 0.5);
    // What is not owed is nobody's, and need not name whom it would be owed to.
    const isNamed = payee !== undefined && !isExempt && owed > 0;
    fees.push({
      fee,
      kind,
      amount: { value: owed, currency: platform.config.currency },
      exempt: isExempt,
      ...(isNamed && { payee: await payeeOf(catalogue, standing, fee, payee) }),
    });
  }
  return fees.length > 0 ? [{ type: 'FeesAssessed', data: { fees } }] : [];
}
