import type { WorkingCalendar } from '../../domain/time/working-calendar.ts';
import type { View } from '../../workflows/expressions/view.ts';
import type { Pinned } from '../procedures/catalogue.ts';
import { type Budget, Evaluator, NothingToDecideBy } from './evaluator.ts';

type Data = Readonly<Record<string, unknown>>;

/** The named values of a procedure, in the order of its file: a later fact may use an earlier one. A fact without a value is absent. */
export async function computeFacts(
  pinned: Pick<Pinned, 'procedure' | 'definition'>,
  view: View,
  calendar: WorkingCalendar,
  now: number,
  budget?: Budget,
): Promise<{ facts: Data; evaluations: unknown[] }> {
  const facts: Record<string, unknown> = {};
  const evaluations: unknown[] = [];
  for (const [name, fact] of Object.entries(pinned.procedure.facts ?? {})) {
    const evaluator = new Evaluator(
      { ...view, facts: { ...facts } },
      pinned.definition,
      calendar,
      now,
      budget && { budget },
    );
    const value = typeof fact === 'string' ? await evaluator.optional(fact) : await valueOrNothing(evaluator, fact);
    if (value !== undefined) facts[name] = value;
    evaluations.push(...evaluator.evaluations);
  }
  return { facts, evaluations };
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
