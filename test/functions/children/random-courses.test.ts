import fc from 'fast-check';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import { findFamilyFaults } from '../../../embedded/scenarios/check-record.ts';
import type { Loaded } from '../../../functions/runtime/dossier-cache.ts';
import { type Family, FamilyHouse } from '../../builders/family.ts';

const house = new FamilyHouse();
afterEach(() => house.close());
afterAll(() => house.end());

/** Something that somebody does to one of the dossiers, or the machine; `who` chooses among those that are open. */
interface Move {
  what: 'valid' | 'invalid' | 'incomplete' | 'answer' | 'withdrawChild' | 'withdraw' | 'crash' | 'pass' | 'late';
  who: number;
  /** Whether what it leaves to do is done before the next move. */
  settled: boolean;
}

const moves = fc.array(
  fc.record({
    what: fc.oneof(
      { weight: 8, arbitrary: fc.constant('valid' as const) },
      {
        weight: 3,
        arbitrary: fc.constantFrom('invalid' as const, 'incomplete' as const, 'answer' as const, 'crash' as const),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('withdrawChild' as const, 'withdraw' as const, 'pass' as const, 'late' as const),
      },
    ),
    who: fc.nat(100),
    settled: fc.boolean(),
  }),
  { minLength: 3, maxLength: 14 },
);

async function perform(family: Family, parent: string, { what, who }: Move): Promise<void> {
  const { children } = await family.dossier(parent);
  const open: Loaded[] = [];
  for (const { child } of Object.values(children)) {
    const loaded = (await family.stage.machine.platform.store.head(child)) && (await family.read(child));
    if (loaded && loaded.dossier.status !== 'closed') open.push(loaded);
  }
  const [dossier] = [open[who % Math.max(1, open.length)]?.dossier];
  switch (what) {
    case 'valid':
    case 'invalid':
    case 'incomplete':
      if (dossier?.stages['check']?.left === null) await family.check(dossier.id, what);
      return;
    case 'answer':
      if (dossier?.stages['complete']?.left === null)
        await family.answer(`${dossier.id}.complete.${dossier.stages['complete'].visits}`);
      return;
    case 'withdrawChild':
      if (dossier) await family.withdraw(dossier.id);
      return;
    case 'withdraw':
      await family.withdraw(parent);
      return;
    case 'crash':
      return family.stage.crash();
    case 'pass':
      return family.stage.passUntil(family.stage.now + 86_400_000);
    case 'late':
      return family.stage.passUntil(family.stage.now + 4 * 86_400_000);
  }
}

/** Whatever is still open comes to its end: officials decide, and who is asked lets the term pass. */
async function finish(family: Family, parent: string): Promise<void> {
  await family.stage.settle();
  for (let round = 0; round < 12; round += 1) {
    for (const { child } of Object.values((await family.dossier(parent)).children)) {
      const head = await family.stage.machine.platform.store.head(child);
      if (head?.stage === 'check') await family.check(child, 'valid');
      if (head?.stage === 'complete') await family.stage.passUntil(family.stage.now + 6 * 86_400_000);
      await family.stage.settle();
    }
  }
}

async function faults(family: Family, parent: string): Promise<string[]> {
  const { store } = family.stage.machine.platform;
  const loaded = [await family.read(parent)];
  for (const id of Object.keys(loaded[0]?.dossier.children ?? {}))
    if (await store.head(id)) loaded.push(await family.read(id));
  const hashes = new Map<string, string>();
  const found: string[] = [];
  for (const { dossier } of loaded) {
    const events = await store.events(dossier.id);
    for (const { event, hash } of events) hashes.set(`${dossier.id}:${event.seq}`, hash);
    const replayed = replayEvents(events);
    if (!replayed.ok) found.push(`${dossier.id}: ${JSON.stringify(replayed.fault)}`);
    if (dossier.status !== 'closed')
      found.push(`${dossier.id} has not ended: ${dossier.status} at ${dossier.stage ?? ''}`);
    const answered = events.flatMap(({ event }) => (event.type === 'ChildAnswered' ? [event.data['child']] : []));
    for (const child of Object.keys(dossier.children)) {
      const count = answered.filter((each) => each === child).length;
      if (count !== 1) found.push(`${child} was answered ${count} times`);
    }
  }
  return [...found, ...findFamilyFaults(loaded, hashes)];
}

describe('dossiers that opened one another', () => {
  it('end, and each is answered once, in whatever order they are decided, refused, withdrawn, and the machine dies', async () => {
    await fc.assert(
      fc.asyncProperty(moves, fc.boolean(), async (course, extra) => {
        const family = await house.open();
        try {
          const parent = await family.open({ items: ['one', 'two'], extra }, { settled: course[0]?.settled ?? true });
          for (const move of course) {
            await perform(family, parent, move);
            if (move.settled) await family.stage.settle();
          }
          await finish(family, parent);
          expect(await faults(family, parent)).toEqual([]);
        } finally {
          await house.close();
        }
      }),
      { numRuns: Number(process.env['ONETRACK_RUNS'] ?? 12) },
    );
  }, 240_000);
});
