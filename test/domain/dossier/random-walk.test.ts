import fc from 'fast-check';
import { fold } from '../../../domain/dossier/fold.ts';
import { canonical, sha256 } from '../../../domain/chain.ts';
import { headOf, isOpen, project } from '../../../domain/dossier/project.ts';
import type { Dossier } from '../../../domain/dossier/state.ts';
import {
  BUSINESS_TRANSITIONS,
  DELIVERY_TRANSITIONS,
  FINANCIAL_TRANSITIONS,
  PORTAL_TRANSITIONS,
} from '../../../domain/dossier/transitions.ts';
import type { OutboxRow, Timer } from '../../../domain/ports/dossier-store.ts';
import { Head, Task } from '../../../schemas/dossier.ts';
import { eventData } from '../../../schemas/events.ts';
import { DossierStory } from '../../builders/dossier-story.ts';
import { moves, paperMoves, perform, type Move } from './random-walk.ts';

const RUNS = { numRuns: 400 };
/** A paper is sealed, which ends the way, after the dossier was parked: found by chance once in many runs. */
const SEALED_WHILE_PARKED: Move[] = (['jump', 'act', 'act', 'park', 'act'] as const).map((what) =>
  what === 'jump' ? { what, a: 381, b: 368 } : { what, a: 0, b: 0 },
);

/** Every state that a walk passes through, event by event. */
function states(story: DossierStory): Dossier[] {
  const found: Dossier[] = [];
  let dossier: Dossier | undefined;
  for (const event of story.events) {
    dossier = fold(dossier, event, sha256(canonical(event)));
    found.push(dossier);
  }
  return found;
}

function walk(steps: readonly Move[], after?: (story: DossierStory, events: number) => void): DossierStory {
  const story = new DossierStory();
  after?.(story, 1);
  for (const step of steps) {
    const events = perform(story, step);
    if (events > 0) after?.(story, events);
  }
  return story;
}

/** The rows of a store that does nothing but what commits tell it. */
class ToyStore {
  readonly tasks = new Map<string, Task>();
  readonly timers = new Map<string, Timer>();
  readonly outbox = new Map<string, OutboxRow>();
  head: Head | undefined;
  #before: Dossier | undefined;

  commit(after: Dossier, events: DossierStory['events']): void {
    const rows = project(this.#before, after, events);
    for (const task of rows.tasks) this.tasks.set(task.id, task);
    for (const id of rows.timers.clear) this.timers.delete(id);
    for (const timer of rows.timers.set) this.timers.set(timer.id, timer);
    for (const row of rows.outbox) this.outbox.set(row.id, row);
    this.head = rows.head;
    this.#before = after;
  }

  open(): Task[] {
    return [...this.tasks.values()].filter(({ status }) => status === 'open');
  }
}

describe('whatever legal commands come', () => {
  it('moves every status only as its table allows', () => {
    const allows = <S extends string | number>(table: Record<S, readonly S[]>, from: S, to: S): boolean =>
      from === to || table[from].includes(to);
    fc.assert(
      fc.property(moves, (steps) => {
        const passed = states(walk(steps));
        for (const [index, now] of passed.slice(1).entries()) {
          const was = passed[index] ?? now;
          expect(allows(BUSINESS_TRANSITIONS, was.status, now.status)).toBe(true);
          expect(allows(PORTAL_TRANSITIONS, was.portal, now.portal)).toBe(true);
          expect(allows(FINANCIAL_TRANSITIONS, was.financial, now.financial)).toBe(true);
          expect(allows(DELIVERY_TRANSITIONS, was.delivery, now.delivery)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('stands at one stage, with open work only there and while it is open', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        walk(steps, ({ dossier }) => {
          const open = Object.values(dossier.tasks).filter(isOpen);
          expect(open.every(({ stage }) => stage === dossier.stage)).toBe(true);
          const standing = Object.entries(dossier.stages).filter(([, { left }]) => left === null);
          expect(standing.every(([stage]) => stage === dossier.stage || dossier.stage === null)).toBe(true);
          expect((dossier.status === 'closed') === (dossier.stage === null)).toBe(true);
          expect((dossier.status === 'parked') === (dossier.parked !== null)).toBe(true);
        });
      }),
      { ...RUNS, examples: [[SEALED_WHILE_PARKED]] },
    );
  });

  it('owes while a fee is unpaid, and has nothing to wait for once all is paid', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const { dossier } = walk(steps);
        const owes = Object.values(dossier.fees).some((fee) => fee.amount.value > 0 && fee.paid === null);
        if (dossier.financial === 'owed' || dossier.financial === 'expired') expect(owes).toBe(true);
        if (dossier.financial === 'paid' || dossier.financial === 'nothing-owed') expect(owes).toBe(false);
      }),
      RUNS,
    );
  });

  it('opens each task once, and never twice under the same id', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const ids = walk(steps).events.flatMap((event) =>
          event.type === 'StageEntered'
            ? event.data.tasks.map(({ task }) => task)
            : event.type === 'TaskOpened'
              ? [event.data.opening.task]
              : [],
        );
        expect(new Set(ids).size).toBe(ids.length);
      }),
      RUNS,
    );
  });

  it('keeps every number with one copy of a paper or voids it once, and never has it again', () => {
    let numbers = 0;
    let voided = 0;
    fc.assert(
      fc.property(paperMoves, (steps) => {
        const { dossier, events } = walk(steps);
        const taken = events.flatMap((event) => (event.type === 'NumberTaken' ? [event.data.number] : []));
        const void_ = events.flatMap((event) => (event.type === 'NumberVoided' ? [event.data.number] : []));
        const live = Object.values(dossier.issues).flatMap(({ number }) => (number ? [number.number] : []));
        expect([...void_, ...live].toSorted()).toEqual(taken.toSorted());
        numbers += taken.length;
        voided += void_.length;
      }),
      RUNS,
    );
    expect(numbers).toBeGreaterThan(20);
    expect(voided).toBeGreaterThan(5);
  });

  it('voids the number of a paper under which nothing went out when its stage is broken off', () => {
    let broken = 0;
    fc.assert(
      fc.property(paperMoves, (steps) => {
        let before: Dossier | undefined;
        walk(steps, ({ dossier, events }, count) => {
          const waiting =
            before?.stage === 'sign' && before.issues['card']?.sealed === null ? before.issues['card'].number : null;
          const elsewhere =
            events.slice(-count).some(({ type }) => type === 'RunRequested') && dossier.stage !== 'sign';
          before = dossier;
          if (!waiting || !elsewhere) return;
          broken += 1;
          expect(dossier.issues['card']?.number).toBeNull();
          expect(events.slice(-count)).toContainEqual(
            expect.objectContaining({ type: 'NumberVoided', data: expect.objectContaining({ reason: 'not-issued' }) }),
          );
        });
      }),
      RUNS,
    );
    expect(broken).toBeGreaterThan(0);
  });

  it('writes events that the vocabulary knows, and a head and tasks of the published form', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const store = new ToyStore();
        const story = walk(steps, ({ dossier, events }, count) => {
          store.commit(dossier, events.slice(-count));
        });
        for (const { type, data } of story.events) eventData[type].parse(data);
        Head.parse(store.head);
        for (const task of store.tasks.values()) Task.parse(task);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the rows beside the events', () => {
  it('are the same kept commit by commit as made at once from all events', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const kept = new ToyStore();
        const { dossier, events } = walk(steps, (story, count) => {
          kept.commit(story.dossier, story.events.slice(-count));
        });
        const anew = new ToyStore();
        anew.commit(dossier, events);
        expect(kept.head).toEqual(anew.head);
        expect(new Set(kept.open())).toEqual(new Set(anew.open()));
        const statuses = (store: ToyStore) => new Map([...store.tasks].map(([id, { status }]) => [id, status]));
        expect(statuses(kept)).toEqual(statuses(anew));
        expect(kept.timers).toEqual(anew.timers);
        const rows = (store: ToyStore) =>
          [...store.outbox.values()].map(({ id, group, kind }) => ({ id, group, kind }));
        expect(rows(kept)).toEqual(rows(anew));
      }),
      RUNS,
    );
  });

  it('hold a timer for the open stage alone, and none while the dossier is parked', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const store = new ToyStore();
        walk(steps, (story, count) => {
          store.commit(story.dossier, story.events.slice(-count));
          const { stage, stages, parked } = story.dossier;
          const state = stage === null ? undefined : stages[stage];
          const until = parked === null && state?.left === null ? state.until : null;
          expect([...store.timers.values()].map(({ at }) => at)).toEqual(until ? [Date.parse(until)] : []);
        });
      }),
      RUNS,
    );
  });

  it('tell the engine of every run, once, and of every stage that was left', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const story = new DossierStory();
        const store = new ToyStore();
        store.commit(story.dossier, story.events);
        for (const step of steps) {
          const count = perform(story, step);
          if (count > 0) store.commit(story.dossier, story.events.slice(-count));
        }
        const rows = [...store.outbox.values()];
        const runs = rows.filter(({ kind }) => kind === 'start').map(({ body }) => body['run']);
        expect(runs).toEqual(Array.from({ length: story.dossier.run }, (_, index) => index + 1));
        const left = story.events.filter(({ type }) => type === 'StageLeft').length;
        expect(rows.filter(({ kind }) => kind === 'complete')).toHaveLength(left);
      }),
      RUNS,
    );
  });

  it('give the head of the last event', () => {
    const { dossier } = new DossierStory();
    expect(headOf(dossier)).toMatchObject({ version: 1, hash: dossier.hash, stage: 'receive', status: 'submitted' });
  });
});

describe('folding', () => {
  it('refuses a dossier that does not begin with its submission, and a second submission', () => {
    const [first] = new DossierStory().events;
    if (!first) throw new Error('expected an event');
    const later = { ...first, type: 'RatingGiven', data: { score: 5 } } as typeof first;
    expect(() => fold(undefined, later, 'h')).toThrow('expected DossierSubmitted first');
    expect(() => fold(new DossierStory().dossier, first, 'h')).toThrow('submitted twice');
  });

  it('gives the same dossier for the same events, and leaves the one before as it was', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const story = walk(steps);
        const passed = states(story);
        const copies = passed.map((state) => structuredClone(state));
        expect(states(story)).toEqual(copies);
        expect(passed).toEqual(copies);
        expect(passed.at(-1)).toEqual(story.dossier);
      }),
      { numRuns: 50 },
    );
  });
});
