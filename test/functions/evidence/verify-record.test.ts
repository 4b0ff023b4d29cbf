import { join } from 'node:path';
import type { TimestampAuthority } from '../../../domain/ports/timestamps.ts';
import { createSampleWorld } from '../../../embedded/scenarios/sample-world.ts';
import type { ChainedEvent } from '../../../schemas/events.ts';
import { canonical } from '../../../domain/chain.ts';
import {
  type EvidenceOffice,
  eventsOf,
  type Files,
  forged,
  handOf,
  anchorsOf,
  open,
  openEvidenceOffice,
  pack,
  rechained,
  resigned,
  restamped,
  withEvents,
  without,
} from '../../builders/evidence.ts';

let office: EvidenceOffice;
let stranger: EvidenceOffice;
let files: Files;
let others: Files;

beforeAll(async () => {
  office = await openEvidenceOffice();
  stranger = await openEvidenceOffice();
  files = open(await office.pack(await office.play(2)));
  others = open(await office.pack(await office.play(2)));
});
afterAll(async () => {
  await office.close();
  await stranger.close();
});

function firstFault(changed: Files): { place: string; fault: string } | undefined {
  const verdict = office.verify(pack(changed));
  return verdict.ok ? undefined : { place: verdict.faults[0].place, fault: verdict.faults[0].fault };
}

function faultsOf(changed: Files): string[] {
  const verdict = office.verify(pack(changed));
  return verdict.ok ? [] : verdict.faults.map(({ place, fault }) => `${place}: ${fault}`);
}

const byOperator = (changed: Files): Promise<Files> => resigned(changed, handOf(office));
const swap = <T>(items: readonly T[], one: number, two: number): T[] =>
  items.map((item, index) => (index === one ? items[two] : index === two ? items[one] : item) ?? item);

describe('events of a package, changed by who holds no key', () => {
  it.each([
    ['truncated', (events: ChainedEvent[]) => events.slice(0, -1), 'wrong-head'],
    ['without the first', (events: ChainedEvent[]) => events.slice(1), 'wrong-sequence'],
    ['without one in the middle', (events: ChainedEvent[]) => events.toSpliced(2, 1), 'wrong-sequence'],
    ['reordered', (events: ChainedEvent[]) => swap(events, 1, 2), 'wrong-sequence'],
    ['doubled', (events: ChainedEvent[]) => events.toSpliced(2, 0, ...events.slice(2, 3)), 'wrong-sequence'],
  ])('are refused, naming the line: %s', (_what, change, fault) => {
    const found = firstFault(withEvents(files, change(eventsOf(files))));
    expect(found?.fault).toBe(fault);
    expect(found?.place).toMatch(/^events\.jsonl line \d+$/);
  });

  it('are refused where a line is not in canonical JSON, though it says the same', () => {
    const text = Buffer.from(files['events.jsonl'] ?? []).toString('utf8');
    const changed = { ...files, 'events.jsonl': Buffer.from(text.replace('{', '{ ')) };
    expect(firstFault(changed)).toEqual({ place: 'events.jsonl line 1', fault: 'malformed' });
  });

  it('are refused where an event says something else', () => {
    const changed = eventsOf(files).map((chained) =>
      chained.event.type === 'CodeAssigned'
        ? { ...chained, event: { ...chained.event, data: { ...chained.event.data, code: 'H26.15-261123-0009' } } }
        : chained,
    );
    expect(firstFault(withEvents(files, changed))?.fault).toBe('wrong-hash');
  });
});

describe('events of a package, changed by who holds the record key and signs the manifest anew', () => {
  it('are refused when events are spliced in from another dossier of the same keys', async () => {
    const spliced = eventsOf(files).toSpliced(3, 1, ...eventsOf(others).slice(3, 4));
    expect(firstFault(await byOperator(withEvents(files, spliced)))).toEqual({
      place: 'events.jsonl line 4',
      fault: 'wrong-dossier',
    });
  });

  it('are refused when the whole record is that of another dossier', async () => {
    expect(firstFault(await byOperator(withEvents(files, eventsOf(others))))).toEqual({
      place: 'events.jsonl line 1',
      fault: 'wrong-dossier',
    });
  });

  it('are refused when the end is cut off, because time-stamps speak of it', async () => {
    const cut = withEvents(files, eventsOf(files).slice(0, 4));
    expect(faultsOf(await byOperator(cut))).toContainEqual(
      expect.stringMatching(/^anchors\.json anchor .*wrong-anchor/),
    );
  });

  it('are refused when data was changed and everything chained and signed again, because time-stamps speak of the old', async () => {
    const changed = eventsOf(files).map((chained) =>
      chained.event.type === 'DossierSubmitted'
        ? { ...chained, event: { ...chained.event, data: { ...chained.event.data, channel: 'counter' } } }
        : chained,
    );
    const rewritten = withEvents(files, await rechained(changed, handOf(office)));
    expect(firstFault(await byOperator(rewritten))?.fault).toBe('wrong-anchor');
  });

  it('are refused when rewritten and stamped again eight days later', async () => {
    const late = { ...handOf(office), timestamps: stampingAt(office.stage.now + 8 * 86_400_000) };
    const changed = await forged(files, late, (events) => events);
    expect(faultsOf(changed)).toContainEqual(expect.stringMatching(/^events\.jsonl line \d+: stamped-late$/));
  });

  it('are refused when stamped before they happened', async () => {
    const early = { ...handOf(office), timestamps: stampingAt(office.stage.now - 3_600_000) };
    expect(faultsOf(await forged(files, early, (events) => events))).toContainEqual(
      expect.stringMatching(/stamped-before$/),
    );
  });

  it.each([
    ['an illegal transition', 'DossierClosed', { result: 'granted' }],
    ['a type nobody knows', 'DossierBlessed', {}],
    ['data outside the vocabulary', 'RatingGiven', { score: 9 }],
    ['a decision of a task that was never opened', 'TaskDecided', undefined],
  ])('are refused when all is forged with the true keys, but tells %s', async (_what, type, data) => {
    const changed = await forged(files, handOf(office), (events) => {
      const decided = events.find(({ event }) => event.type === 'TaskDecided');
      const [first] = events;
      if (!first || !decided) throw new Error('expected a decision');
      const content = data ?? { ...decided.event.data, task: `${first.event.dossier}.verify.7` };
      const { secret: _none, ...event } = { ...first.event, type, data: content, at: lastAt(events) };
      const twice = { ...first, event };
      return [...events, twice, twice];
    });
    const found = firstFault(changed);
    expect(found?.fault).toBe('illegal-event');
    expect(found?.place).toMatch(/^events\.jsonl line \d+$/);
  });

  it.each([
    ['by who had not taken it', {}, { from: null, how: 'handed-over' }],
    ['from somebody who never had it', {}, { from: 'somebody', how: 'reassigned' }],
    ['by the head of another unit', { unit: 'elsewhere' }, { from: null, how: 'reassigned' }],
  ])('are refused when a task was handed over %s', async (_what, by, how) => {
    const changed = await forged(files, handOf(office), (events) => {
      const place = events.findIndex(({ event }) => event.type === 'TaskDecided');
      const decided = events[place];
      if (!decided) throw new Error('expected a decision');
      const { secret: _none, ...event } = decided.event;
      const data = { task: event.data['task'], to: 'another', ...how };
      const given = { ...event, type: 'TaskHandedOver', actor: { ...event.actor, ...by } as typeof event.actor, data };
      return events.toSpliced(place, 0, { ...decided, event: given });
    });
    expect(firstFault(changed)?.fault).toBe('illegal-event');
  });

  it.each([
    ['with its stage', 'StageEntered'],
    ['alone', 'TaskOpened'],
  ])('are refused when a task that was decided is opened again %s', async (_what, type) => {
    let line = 0;
    const changed = await forged(files, handOf(office), (events) => {
      const entered = events.find(({ event }) => event.type === 'StageEntered');
      const place = events.findIndex(({ event }) => event.type === 'TaskDecided') + 1;
      if (!entered || place === 0) throw new Error('expected a stage that was entered and decided');
      const { secret: _none, ...event } = entered.event;
      const { run, stage, visit, tasks } = event.data as { run: number; stage: string; visit: number; tasks: object[] };
      const data = type === 'TaskOpened' ? { run, stage, visit, opening: tasks[0] } : event.data;
      line = place + 1;
      const again = { ...entered, event: { ...event, type, data, at: events[place - 1]?.event.at ?? '' } };
      return events.toSpliced(place, 0, again);
    });
    expect(firstFault(changed)).toMatchObject({ fault: 'illegal-event', place: `events.jsonl line ${line}` });
  });

  it('are refused when another official decided than might', async () => {
    const changed = await forged(files, handOf(office), (events) =>
      events.map((chained) =>
        chained.event.type === 'TaskDecided' && chained.event.actor.kind === 'official'
          ? { ...chained, event: { ...chained.event, actor: { ...chained.event.actor, role: 'clerk' } } }
          : chained,
      ),
    );
    expect(firstFault(changed)?.fault).toBe('illegal-event');
  });
});

describe('a record signed whole under another authority', () => {
  it('is refused by who trusts the true one, and would hold for who trusts both', async () => {
    const whole = await forged(files, handOf(stranger), (events) => events);
    expect(firstFault(whole)).toEqual({ place: 'manifest.jws', fault: 'untrusted' });
    const crlOfTheTrueOne = office.verify(pack(whole), stranger.stage.machine.pki.root);
    expect(crlOfTheTrueOne.ok).toBe(true);
  });

  it('is refused though the manifest is signed by the true key', async () => {
    const { recordKey } = handOf(office);
    const whole = await forged(files, handOf(stranger), (events) => events);
    expect(faultsOf(await resigned(whole, { recordKey }))).toContain('certificates/record-1.pem: untrusted');
  });
});

describe('time-stamps of a package', () => {
  it('are refused from an authority that nobody trusts', async () => {
    const stamped = await restamped(files, handOf(stranger));
    const found = firstFault(await byOperator(stamped));
    expect(found).toEqual({ place: expect.stringMatching(/^timestamps\//) as string, fault: 'untrusted' });
  });

  it('are missed for every event that must be under one', async () => {
    const anchors = anchorsOf(files);
    expect(anchors.length).toBeGreaterThan(1);
    for (const { seq } of anchors) {
      const left = anchors.filter((anchor) => anchor.seq !== seq);
      const used = new Set(left.map(({ token }) => `timestamps/${token}.tst`));
      const unused = Object.keys(files).filter((path) => path.startsWith('timestamps/') && !used.has(path));
      const fewer = unused.reduce(without, { ...files, 'anchors.json': Buffer.from(canonical(left)) });
      expect(firstFault(await byOperator(fewer))).toEqual({ place: `events.jsonl line ${seq}`, fault: 'not-anchored' });
    }
  });

  it('are refused when they are given to other events', async () => {
    const [one, two, ...rest] = anchorsOf(files);
    if (!one || !two) throw new Error('expected two anchors');
    const { token, leaf, leaves, path, time } = two;
    const swapped = [{ ...one, token, leaf, leaves, path, time }, two, ...rest];
    const changed = { ...files, 'anchors.json': Buffer.from(canonical(swapped)) };
    const unused = one.token === two.token ? changed : without(changed, `timestamps/${one.token}.tst`);
    expect(firstFault(await byOperator(unused))?.fault).toBe('untrusted');
  });

  it('are refused when a token says another time than the anchor', async () => {
    const anchors = anchorsOf(files);
    const changed = anchors.map((anchor) => ({ ...anchor, time: '2026-11-23T00:00:00.000Z' }));
    const found = firstFault(await byOperator({ ...files, 'anchors.json': Buffer.from(canonical(changed)) }));
    expect(found?.fault).toBe('wrong-anchor');
  });
});

function lastAt(events: readonly ChainedEvent[]): string {
  return events.at(-1)?.event.at ?? '';
}

/** The office's own authority, its clock standing elsewhere. */
function stampingAt(now: number): TimestampAuthority {
  const identity = join(office.house.dir, 'timestamp-authority');
  return createSampleWorld(identity, new Map(), { now: () => now }).timestamps;
}
