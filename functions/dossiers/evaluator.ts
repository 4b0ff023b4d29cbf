import { sha256 } from '../../domain/chain.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import { dayOf, localDate, type WorkingCalendar } from '../../domain/time/working-calendar.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import type { LegalBasis } from '../../schemas/procedure/values.ts';
import { evaluateValue, isLiteral } from '../../workflows/expressions/evaluate-value.ts';
import {
  evaluate,
  evaluateCondition,
  type ConditionEvaluation,
  type Evaluation,
} from '../../workflows/expressions/evaluate.ts';
import type { ExpressionContext, View } from '../../workflows/expressions/view.ts';

/** An expression needed something that is not there. It is never "no": the dossier is parked until a person has looked. */
export class NothingToDecideBy extends TaskTerminal {
  override readonly name = 'NothingToDecideBy';
}

/** All expressions together take more than is allowed. Nothing is known then: it is nobody's `no`, and no reason to park. */
export class TooManySteps extends Error {
  override readonly name = 'TooManySteps';
}

/** Steps that several evaluators may take together. */
export class Budget {
  readonly #allowed: number;
  #taken = 0;

  constructor(allowed: number) {
    this.#allowed = allowed;
  }

  take(steps: number): void {
    this.#taken += steps;
    if (this.#taken > this.#allowed)
      throw new TooManySteps(`expected expressions that take at most ${this.#allowed} steps together`);
  }
}

/** What several evaluators have together. */
interface Shared {
  /** Where what they evaluated is kept: of one dossier, in one place. */
  evaluations?: Kept[];
  /** Absent: each expression has its own bound, and no other. */
  budget?: Budget;
}

/** Characters of JSON, up to which a value is kept as it is: several expressions may read one long note, and an event has its bound. */
const MAX_KEPT = 5_000;

type Kept = { expression: string; kind: string; inputs: readonly KeptInput[] } & KeptValue;
type KeptInput = { path: string } & KeptValue;
/** A long value by the SHA-256 of its JSON; whole it stands in the record where it was first said. Neither: there was none. */
type KeptValue = { value?: unknown; sha256?: string };

/** Evaluates a procedure's expressions over one view, and keeps what was read and what came out for the record. */
export class Evaluator {
  readonly evaluations: Kept[];
  readonly #readView: () => View;
  readonly #context: ExpressionContext;
  readonly #anew: (readView: () => View) => Evaluator;
  readonly #budget: Budget | undefined;
  #known: View | undefined;

  /** A view that must be made is made when the first expression asks for it: most stages are left without one. */
  constructor(
    view: View | (() => View),
    definition: Definition,
    calendar: WorkingCalendar,
    now: number,
    { evaluations = [], budget }: Shared = {},
  ) {
    this.#readView = typeof view === 'function' ? view : () => view;
    this.evaluations = evaluations;
    this.#anew = (readView) =>
      new Evaluator(readView, definition, calendar, now, { evaluations, ...(budget && { budget }) });
    this.#budget = budget;
    this.#context = {
      now: new Date(now).toISOString(),
      table: (name, key) => definition.tables[name]?.[key],
      calendar: {
        localDate: (instant) => localDate(calendar, Date.parse(instant)),
        workingDays: (from, to) => workedBetween(calendar, from, to),
      },
    };
  }

  /** The same, with one item of a list to be read as `item`. */
  withItem(item: unknown): Evaluator {
    return this.#anew(() => ({ ...this.#view, item }));
  }

  /** Yes or no. Throws `NothingToDecideBy` where the dossier does not say. */
  async test(expression: string): Promise<boolean> {
    const result = await this.condition(expression);
    if (result.kind === 'value') return result.value;
    throw unanswered(result);
  }

  /** Yes, no, or that the dossier does not say. */
  async condition(expression: string): Promise<ConditionEvaluation> {
    const result = await evaluateCondition(expression, this.#view, this.#context);
    this.#keep(result);
    return result;
  }

  /** A literal, an expression or cases. */
  async value(value: unknown): Promise<unknown> {
    return (await this.#found(value)).value;
  }

  /** A term, with the law of the case by which it holds. */
  async term(value: unknown): Promise<unknown> {
    const { value: term, legalBasis } = await this.#found(value);
    return legalBasis !== undefined && typeof term === 'object' ? { ...term, legalBasis } : term;
  }

  async #found(value: unknown): Promise<{ value: unknown; legalBasis?: LegalBasis }> {
    if (isLiteral(value)) return { value };
    const result = await evaluateValue(value, this.#view, this.#context);
    for (const evaluation of result.evaluated) this.#keep(evaluation);
    if (result.kind === 'value') return result;
    const last = result.evaluated.at(-1);
    throw last && last.kind !== 'value'
      ? unanswered(last)
      : new NothingToDecideBy('value: expected one of its cases to hold, none did');
  }

  /** What is handed over: an expression that has nothing gives nothing, and whoever gets it says whether it is needed. */
  async handed(value: unknown): Promise<unknown> {
    return typeof value === 'string' && value.startsWith('=') ? this.optional(value.slice(1)) : this.value(value);
  }

  /** The value of a bare expression, or undefined where there is nothing. */
  async optional(expression: string): Promise<unknown> {
    const result = await evaluate(expression, this.#view, this.#context);
    this.#keep(result);
    if (result.kind === 'failed') throw unanswered(result);
    return result.kind === 'value' ? result.value : undefined;
  }

  get #view(): View {
    this.#known ??= this.#readView();
    return this.#known;
  }

  #keep(evaluation: Evaluation): void {
    const { expression, kind, steps } = evaluation;
    this.#budget?.take(steps);
    const inputs = evaluation.inputs.map(({ path, ...read }) => ({ path, ...('value' in read && kept(read.value)) }));
    this.evaluations.push({ expression, kind, inputs, ...(evaluation.kind === 'value' && kept(evaluation.value)) });
  }
}

function kept(value: unknown): KeptValue {
  if (isSmall(value)) return { value };
  const json = JSON.stringify(value);
  return json.length > MAX_KEPT ? { sha256: sha256(json) } : { value };
}

/** As most are: spares writing them out. */
function isSmall(value: unknown): boolean {
  return typeof value === 'string' ? value.length < MAX_KEPT / 8 : typeof value !== 'object' || value === null;
}

function workedBetween(calendar: WorkingCalendar, from: string, to: string): number | undefined {
  const [first, last] = [dayOf(calendar, from), dayOf(calendar, to)];
  return first.ok && last.ok ? last.value.workingDaysUpTo - first.value.workingDaysUpTo : undefined;
}

function unanswered(evaluation: Exclude<Evaluation, { kind: 'value' }>): NothingToDecideBy {
  const missing = evaluation.inputs.filter((input) => input.value === undefined).map((input) => input.path);
  const why = evaluation.kind === 'failed' ? evaluation.reason : `nothing at ${missing.join(', ') || 'its paths'}`;
  return new NothingToDecideBy(`expression "${evaluation.expression}": expected a value, got ${why}`);
}
