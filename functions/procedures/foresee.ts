import { TaskTerminal } from '../../domain/failures.ts';
import { type WorkingCalendar, localDate } from '../../domain/time/working-calendar.ts';
import type { View } from '../../workflows/expressions/view.ts';
import { statutoryDeadline } from '../dossiers/deadline.ts';
import { Budget, Evaluator, NothingToDecideBy, TooManySteps } from '../dossiers/evaluator.ts';
import { computeFacts, computeParties } from '../dossiers/facts.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Pinned } from './catalogue.ts';

/** `perhaps`: it depends on what is not filled in yet. */
export type Needed = 'yes' | 'no' | 'perhaps';

export interface Foreseen {
  documents: { document: string; needed: Needed }[];
  /** `null`: it depends on what is not filled in yet. */
  fees: { fee: string; amount: number | null }[];
  /** The latest date by law, were it accepted now; null: it depends on what is not filled in yet. */
  due: string | null;
}

/** Steps of all expressions together: anybody may ask, without a token. The largest known procedure takes some hundred. */
export const FORESIGHT_STEPS = 50_000;

interface Asked {
  form: Readonly<Record<string, unknown>>;
  unit: string;
  now: number;
}

/** What a dossier would need and cost, and by when it would be due, were it handed in now with this much of its form. It promises nothing: that is fixed at acceptance. */
export async function foresee(
  pinned: Pinned,
  calendar: WorkingCalendar,
  asked: Asked,
): Promise<{ ok: true; foreseen: Foreseen } | Refused> {
  try {
    return { ok: true, foreseen: await foreseeAll(pinned, calendar, asked) };
  } catch (error) {
    if (error instanceof TooManySteps) return refuse('form-invalid', `this form cannot be foreseen: ${error.message}`);
    throw error;
  }
}

async function foreseeAll(pinned: Pinned, calendar: WorkingCalendar, { form, unit, now }: Asked): Promise<Foreseen> {
  const budget = new Budget(FORESIGHT_STEPS);
  const { procedure } = pinned;
  const today = localDate(calendar, now);
  const view: View = {
    form,
    facts: {},
    documents: {},
    dossier: {
      channel: 'online',
      submitted: today,
      submittedAt: new Date(now).toISOString(),
      today,
      receivingUnit: unit,
      procedure: pinned.record.id,
      version: pinned.record.version,
    },
  };
  const parties = await orNothing(() => computeParties(pinned, view, calendar, now, budget), {});
  const computed = async () => (await computeFacts(pinned, { ...view, parties }, calendar, now, budget)).facts;
  const facts = await orNothing(computed, {});
  const evaluator = new Evaluator({ ...view, parties, facts }, pinned.definition, calendar, now, { budget });
  const documents = await documentsAsked(procedure, evaluator);
  const fees: Foreseen['fees'] = [];
  for (const [fee, { amount, when, exempt }] of Object.entries(procedure.fees ?? {})) {
    const owed = when === undefined ? 'yes' : await conditionOf(evaluator, when);
    const isExempt = exempt === undefined ? 'no' : await conditionOf(evaluator, exempt);
    if (owed === 'no' || isExempt === 'yes') continue;
    const value = await orNothing(async () => Number(await evaluator.value(amount)), NaN);
    const known = owed === 'yes' && isExempt === 'no' && Number.isFinite(value);
    fees.push({ fee, amount: known ? Math.floor(value + 0.5) : null });
  }
  return { documents, fees, due: await orNothing(() => dueOf(pinned, calendar, evaluator, now), null) };
}

/** What is asked for at the first stage. What a source holds is fetched instead. */
async function documentsAsked(procedure: Pinned['procedure'], evaluator: Evaluator): Promise<Foreseen['documents']> {
  const [first] = Object.keys(procedure.stages);
  const documents: Foreseen['documents'] = [];
  for (const [document, need] of Object.entries(procedure.documents ?? {})) {
    if (need.source !== undefined || (need.at !== undefined && need.at !== first)) continue;
    documents.push({ document, needed: need.when === undefined ? 'yes' : await conditionOf(evaluator, need.when) });
  }
  return documents;
}

async function dueOf(
  { procedure }: Pinned,
  calendar: WorkingCalendar,
  evaluator: Evaluator,
  now: number,
): Promise<string | null> {
  const started = [{ at: new Date(now).toISOString(), kind: 'start' as const, cause: 'submitted' }];
  const deadline = await statutoryDeadline({ procedure, calendar }, started, evaluator);
  return deadline.state === 'due' ? deadline.due : null;
}

async function conditionOf(evaluator: Evaluator, expression: string): Promise<Needed> {
  const result = await evaluator.condition(expression);
  return result.kind === 'value' ? (result.value ? 'yes' : 'no') : 'perhaps';
}

async function orNothing<T>(work: () => Promise<T>, nothing: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NothingToDecideBy || error instanceof TaskTerminal) return nothing;
    throw error;
  }
}
