import { setTimeout as pause } from 'node:timers/promises';
import type { OneMachine } from '../../embedded/one-machine.ts';
import { replaceLostRun } from '../../functions/watch/replace-lost-run.ts';
import type { Sabotage } from './house.ts';

/** The first is hit, and one in so many; of numbers, of which there are few. */
const ONE_IN = 5;
const ONE_NUMBER_IN = 2;
/** As long as an older run may take to act. */
const ACTS_MS = 10_000;

/** Plants a bug in a server, to show that the checker finds it. */
export function sabotage(machine: OneMachine, which: Sabotage): void {
  const { platform, database } = machine;
  const { store, outbound, engine } = platform;
  const commit = store.commit.bind(store);
  let count = 0;
  const isHit = (oneIn = ONE_IN): boolean => (count += 1) % oneIn === 1;
  const versionOf = async (id: string): Promise<number | undefined> => (await store.events(id)).length;
  switch (which) {
    case 'acknowledge-early':
      store.commit = async (what) => {
        if (!what.idempotency) return commit(what);
        setTimeout(() => void commit(what), 400);
        return { ok: true };
      };
      return;
    case 'drop-event':
      store.commit = async (what) => (what.idempotency && isHit() ? { ok: true } : commit(what));
      return;
    case 'double-number': {
      // The register forgets its last number, as if it had been restored from yesterday's copy.
      store.commit = async (what) => {
        const done = await commit(what);
        const [taken] = what.numbers;
        if (done.ok && taken && isHit(ONE_NUMBER_IN))
          await database.write((db) => {
            db.prepare('UPDATE series SET number = number - 1 WHERE name = ?').run(taken.series);
          });
        return done;
      };
      return;
    }
    case 'lose-webhook': {
      const post = outbound.post.bind(outbound);
      outbound.post = async (message) => (isHit() ? { status: 204, took: 1 } : post(message));
      return;
    }
    case 'unfenced-run': {
      // A run is taken for lost before it has begun, and another one asked for; it acts all the same, and `run-without-fence.ts` lets it.
      const start = engine.start.bind(engine);
      engine.start = async (execution) => {
        const { dossierId, run } = execution.input as { dossierId: string; run: number };
        if (run !== 1 || !isHit()) return start(execution);
        await replaceLostRun(platform, { name: execution.name, status: 'ABORTED' });
        const before = await versionOf(dossierId);
        const started = await start(execution);
        for (let waited = 0; waited < ACTS_MS && (await versionOf(dossierId)) === before; waited += 20) await pause(20);
        return started;
      };
      return;
    }
    case 'no-sync':
      return;
  }
}
