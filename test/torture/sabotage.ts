import type { OneMachine } from '../../embedded/one-machine.ts';
import type { Sabotage } from './house.ts';

/** A command in so many is hit. */
const ONE_IN = 5;

/** Plants a bug in a server, to show that the checker finds it. */
export function sabotage(machine: OneMachine, which: Sabotage): void {
  const { platform, database } = machine;
  const { store, outbound } = platform;
  const commit = store.commit.bind(store);
  let count = 0;
  const isHit = (): boolean => (count += 1) % ONE_IN === 0;
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
        if (done.ok && taken && isHit())
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
    case 'no-sync':
      return;
  }
}
