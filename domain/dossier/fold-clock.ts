import type { DossierEvent, EventData } from '../../schemas/events.ts';
import type { ClockHappening, Dossier } from './state.ts';

type Change = Partial<Dossier>;

/** The clock and the promised date. */
export function applyClockEvent(d: Dossier, event: DossierEvent): Change {
  switch (event.type) {
    case 'PromiseMade': {
      const { clock: kind, cause, startsAt, limit } = event.data;
      const at = kind === 'start' ? startsAt : event.at;
      return {
        ...dated(d, event.data, startsAt),
        clock: following(d.clock, { at, kind, cause, ...(limit && { limit }) }),
      };
    }
    case 'ClockStopped': {
      const { stage, effect, ifOver, alarms } = event.data;
      const kind = effect === 'shifts' ? 'shift' : 'stop';
      return {
        clock: following(d.clock, { at: event.at, kind, cause: stage, ...(ifOver && { ifOver }) }),
        alarms: alarms ?? {},
      };
    }
    case 'ClockResumed': {
      const { clock: kind, cause, limit } = event.data;
      return { clock: following(d.clock, { at: event.at, kind, cause, ...(limit && { limit }) }) };
    }
    case 'ClockExtended': {
      const { extension, limit, date } = event.data;
      const clock = following(d.clock, { at: event.at, kind: 'extend', cause: extension, limit });
      return { ...(date && dated(d, date)), clock, moved: { by: 'extension', id: extension } };
    }
    case 'PauseBegun': {
      const { pause, since } = event.data;
      return { clock: insert(d.clock, { at: since, kind: 'stop', cause: pause, ground: pause }), alarms: {} };
    }
    case 'PauseEnded': {
      const { pause, until, date } = event.data;
      const clock = insert(d.clock, { at: until, kind: 'resume', cause: pause, ground: pause });
      return { ...(date && dated(d, date)), clock, moved: { by: 'pause', id: pause } };
    }
    case 'DeadlineRecomputed': {
      const { due, dueAt, calendar, alarms, promised } = event.data;
      const startsAt = d.promise?.startsAt ?? dueAt;
      return {
        promise: { ...promisedInstead(d, promised), startsAt, calendar },
        lawful: { due, dueAt },
        alarms: alarms ?? {},
      };
    }
    case 'ClockEnded':
      return endClock(d, { at: event.at, cause: event.data.cause });
    case 'DeadlineNeared': {
      const { warn: _, ...alarms } = d.alarms;
      return { alarms };
    }
    default:
      return {};
  }
}

function dated(
  d: Dossier,
  { due, dueAt, calendar, alarms }: Pick<EventData<'PromiseMade'>, 'due' | 'dueAt' | 'calendar' | 'alarms'>,
  startsAt = d.promise?.startsAt ?? dueAt,
): Change {
  return {
    promise: { ...promisedInstead(d, { due, dueAt }), startsAt, calendar },
    lawful: { due, dueAt },
    alarms: alarms ?? {},
  };
}

/** The date that is promised where the clock comes to this one: a date promised by an apology stands until the law's own is later. */
export function promisedInstead(
  { reappointed }: Pick<Dossier, 'reappointed'>,
  { due, dueAt }: Pick<EventData<'PromiseMade'>, 'due' | 'dueAt'>,
): Pick<EventData<'PromiseMade'>, 'due' | 'dueAt'> {
  if (reappointed === undefined || Date.parse(reappointed.dueAt) <= Date.parse(dueAt)) return { due, dueAt };
  return { due: reappointed.due, dueAt: reappointed.dueAt };
}

/** The clock with what happens next. Clocks of machines differ and are put right: what follows never counts as earlier than what it follows. */
export function following(clock: Dossier['clock'], happening: ClockHappening): readonly ClockHappening[] {
  const before = clock.at(-1)?.at ?? happening.at;
  const at = Date.parse(before) > Date.parse(happening.at) ? before : happening.at;
  return [...clock, { ...happening, at }];
}

/** What is recorded later than it happened stands where it belongs in time. */
function insert(clock: readonly ClockHappening[], happening: ClockHappening): readonly ClockHappening[] {
  return [...clock, happening].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** The clock ends once: what comes after it moves nothing. */
export function endClock(d: Dossier, { at, cause }: { at: string; cause: string }): Change {
  if (!d.promise || hasEnded(d)) return { alarms: {} };
  return { clock: following(d.clock, { at, kind: 'end', cause }), alarms: {} };
}

/** Whether the clock has ended. */
export function hasEnded({ clock }: Pick<Dossier, 'clock'>): boolean {
  return clock.at(-1)?.kind === 'end';
}

/** The stage that stops the clock, or moves its date, and is still open. */
export function stageHolding({ clock }: Pick<Dossier, 'clock'>): string | undefined {
  const last = clock.findLast(({ kind, ground }) => ground === undefined && kind !== 'extend' && kind !== 'end');
  return last?.kind === 'stop' || last?.kind === 'shift' ? last.cause : undefined;
}

/** A stage that was broken off holds the clock no longer. */
export function goOnWithout(d: Dossier, at: string): Change {
  const stage = stageHolding(d);
  if (stage === undefined || hasEnded(d)) return { alarms: {} };
  return { clock: following(d.clock, { at, kind: 'resume', cause: stage }), alarms: {} };
}
