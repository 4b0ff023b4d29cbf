import type { ClockPolicy, Happening } from './clock-policy.ts';
import { beginRun, dueOf, place } from './running-clock.ts';
import type { ClockOutOfOrder, TimeAnswer, TimeRefusal } from './time-refusals.ts';
import { instantText, type WorkingCalendar } from './working-calendar.ts';

/** A happening with its place among those that were asked about. `idle`: it changes nothing, the clock stands still for another ground. */
export interface Settled {
  readonly happening: Happening;
  readonly index: number;
  readonly idle?: true;
}

type Settling = { ok: true; settled: readonly Settled[] } | { ok: false; refusal: TimeRefusal };

/**
 * Happenings as one clock sees them: a stop that counts only if it lasts is resolved into a plain one or none, and grounds that
 * overlap become interruptions one after another. A pause that outlasts a stage's stop stops what the stage let go on.
 */
export function settleHappenings(calendar: WorkingCalendar, happenings: readonly Happening[]): Settling {
  const resolved = resolveConditional(calendar, happenings);
  return resolved.ok ? settleGrounds(resolved.value) : resolved;
}

/** The instant at which a term that begins at an instant has passed: the day of the beginning does not count, a day off moves it on. */
function endOfTerm(calendar: WorkingCalendar, at: number, limit: NonNullable<Happening['limit']>): TimeAnswer<number> {
  const policy: ClockPolicy = { limit, firstDay: 'next', onDayOff: 'next' };
  const placed = place(calendar, policy, at, 'sameDay' in limit ? 'counted' : 'free');
  if (!placed.ok) return placed;
  const due = dueOf(calendar, policy, beginRun(policy, {}, placed.value));
  return due.ok ? { ok: true, value: due.value.at } : due;
}

function resolveConditional(
  calendar: WorkingCalendar,
  happenings: readonly Happening[],
): TimeAnswer<readonly Settled[]> {
  const resolved: Settled[] = [];
  let skipped: Happening | undefined;
  for (const [index, happening] of happenings.entries()) {
    if (happening === skipped) continue;
    const { ifOver, ...plain } = happening;
    if (happening.kind !== 'stop' || ifOver === undefined) {
      resolved.push({ happening, index });
      continue;
    }
    const began = instant(happening.at);
    const over = endOfTerm(calendar, began, ifOver.limit);
    if (!over.ok) return over;
    const until = happenings
      .slice(index + 1)
      .find(({ kind, ground }) => kind === 'end' || (kind === 'resume' && ground === undefined));
    if (until !== undefined && instant(until.at) <= over.value) {
      if (until.kind === 'resume') skipped = until;
      continue;
    }
    const at = ifOver.counting === 'all' ? happening.at : instantText(over.value);
    resolved.push({ happening: { ...plain, at }, index });
  }
  return { ok: true, value: resolved.sort((a, b) => instant(a.happening.at) - instant(b.happening.at)) };
}

function instant(at: string): number {
  return Date.parse(at);
}

/** The grounds for which a clock may stand still at once: a stage, and pauses outside the stages. */
class Grounds {
  readonly settled: Settled[] = [];
  readonly #pauses = new Map<string, Happening>();
  #stage: Settled | undefined;
  #mode: 'runs' | 'stops' | 'shifts' = 'runs';

  /** Why the happening contradicts those before it, if it does. */
  take(each: Settled): string | undefined {
    const { kind } = each.happening;
    switch (kind) {
      case 'start':
      case 'restart':
        this.#begin(each);
        return undefined;
      case 'stop':
      case 'shift':
        return this.#open(each);
      case 'resume':
        return this.#close(each);
      case 'extend':
      case 'end':
        this.settled.push(each);
        return undefined;
    }
  }

  #begin(each: Settled): void {
    this.settled.push(each);
    this.#stage = undefined;
    this.#mode = 'runs';
    this.#goOn(each);
  }

  #open(each: Settled): string | undefined {
    const { ground } = each.happening;
    if (ground === undefined) {
      if (this.#stage) return 'expected a running clock to stop, found a stopped one';
      this.#stage = each;
    } else {
      if (this.#pauses.has(ground)) return `expected the pause ${ground} to be over, found it open`;
      this.#pauses.set(ground, each.happening);
    }
    this.settled.push(this.#mode === 'runs' ? each : { ...each, idle: true });
    if (this.#mode === 'runs') this.#mode = each.happening.kind === 'shift' ? 'shifts' : 'stops';
    return undefined;
  }

  #close(each: Settled): string | undefined {
    const { ground } = each.happening;
    const known = ground === undefined ? this.#stage !== undefined : this.#pauses.delete(ground);
    if (!known && ground !== undefined) return `expected the pause ${ground} to be open, found none`;
    if (ground === undefined) this.#stage = undefined;
    const still =
      this.#mode === 'shifts'
        ? this.#stage !== undefined
        : this.#pauses.size > 0 || this.#stage?.happening.kind === 'stop';
    this.settled.push(known && still ? { ...each, idle: true } : each);
    if (!known || still) return undefined;
    this.#mode = 'runs';
    this.#goOn(each);
    return undefined;
  }

  /** What is open still stops the clock, or moves its date, from the moment at which it was let go on. */
  #goOn({ happening: { at }, index }: Settled): void {
    const [pause] = this.#pauses.values();
    const next = pause ?? this.#stage?.happening;
    if (!next) return;
    this.settled.push({ happening: { ...next, at }, index });
    this.#mode = next.kind === 'shift' ? 'shifts' : 'stops';
  }
}

function settleGrounds(happenings: readonly Settled[]): Settling {
  const grounds = new Grounds();
  for (const each of happenings) {
    const wrong = grounds.take(each);
    if (wrong !== undefined) return refused(each.index, wrong);
  }
  return { ok: true, settled: grounds.settled };
}

function refused(index: number, detail: string): { ok: false; refusal: ClockOutOfOrder } {
  return { ok: false, refusal: { code: 'clock-out-of-order', index, detail } };
}
