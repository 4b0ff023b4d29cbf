import type { WorkingCalendar } from '../../domain/time/working-calendar.ts';
import type { View } from '../../workflows/expressions/view.ts';
import type { Pinned } from '../procedures/catalogue.ts';
import { type Budget, Evaluator, NothingToDecideBy } from './evaluator.ts';

type Data = Readonly<Record<string, unknown>>;

interface Computed {
  facts: Data;
  /** As the record keeps them, in a secret. */
  kept: { facts: Data; label?: string };
  evaluations: unknown[];
}

/** Characters of a label. */
const LONGEST_LABEL = 120;

/** The named values of a procedure, in the order of its file: a later fact may use an earlier one. A fact without a value is absent. With them the label, which may use them all. */
export async function computeFacts(
  pinned: Pick<Pinned, 'procedure' | 'definition'>,
  view: View,
  calendar: WorkingCalendar,
  now: number,
  budget?: Budget,
): Promise<Computed> {
  const facts: Record<string, unknown> = {};
  const evaluations: unknown[] = [];
  const evaluatorOver = (known: Data): Evaluator =>
    new Evaluator({ ...view, facts: known }, pinned.definition, calendar, now, budget && { budget });
  for (const [name, fact] of Object.entries(pinned.procedure.facts ?? {})) {
    const evaluator = evaluatorOver({ ...facts });
    const value = typeof fact === 'string' ? await evaluator.optional(fact) : await valueOrNothing(evaluator, fact);
    if (value !== undefined) facts[name] = value;
    evaluations.push(...evaluator.evaluations);
  }
  if (pinned.procedure.label === undefined) return { facts, kept: { facts }, evaluations };
  const evaluator = evaluatorOver(facts);
  const label = labelIn(await valueOrNothing(evaluator, `=${pinned.procedure.label}`));
  evaluations.push(...evaluator.evaluations);
  return { facts, kept: { facts, ...(label !== undefined && { label }) }, evaluations };
}

/** One short line; what is no text, or an empty one, is no label: nobody is turned away for that. */
function labelIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const line = value.replace(/\s+/g, ' ').trim();
  return line === '' ? undefined : [...line].slice(0, LONGEST_LABEL).join('');
}

/** The parties, each an expression into the form. A party that the form does not name is absent. */
export async function computeParties(
  pinned: Pinned,
  view: View,
  calendar: WorkingCalendar,
  now: number,
  budget?: Budget,
): Promise<Data> {
  const evaluator = new Evaluator(view, pinned.definition, calendar, now, budget && { budget });
  const parties: Record<string, unknown> = {};
  for (const [name, expression] of Object.entries(pinned.procedure.parties ?? {})) {
    const value = await evaluator.optional(expression);
    if (value !== undefined) parties[name] = value;
  }
  return parties;
}

async function valueOrNothing(evaluator: Evaluator, value: unknown): Promise<unknown> {
  try {
    return await evaluator.value(value);
  } catch (error) {
    if (error instanceof NothingToDecideBy) return undefined;
    throw error;
  }
}
