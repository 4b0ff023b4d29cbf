// The server of one machine as `serve` runs it, with a clock that can be set and the services outside elsewhere. What its driver asks, over the channel to it, it answers by the same number.
import { flushCompileCache } from 'node:module';
import { Conductor } from '../../embedded/conductor.ts';
import { createLocalApp } from '../../embedded/local-app.ts';
import { openOneMachine } from '../../embedded/one-machine.ts';
import { installConnectors, installSamples } from '../../embedded/samples/install-samples.ts';
import { listenLocally } from '../../embedded/server.ts';
import { SharedClock } from './target.ts';
import type { Asked, ServerSettings } from './one-machine.ts';

const settings = JSON.parse(process.env['ONETRACK_E2E'] ?? '') as ServerSettings;
const { dir, url, port, signer, timestamps, systems, connectors } = settings;
const clock = new SharedClock();
clock.ahead = settings.ahead;
const machine = await openOneMachine({ dir, clock, publicUrl: url, signer, timestamps: { url: timestamps }, systems });
const { platform, engine } = machine;
await installSamples(machine, dir, signer);
await installConnectors(platform.registry, connectors);
const conductor = new Conductor(machine, (error) => {
  process.stderr.write(`conductor: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
});
const server = await listenLocally(await createLocalApp(machine, { dir, url }), port);
await conductor.start();
// Suites kill it.
flushCompileCache();

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks until nothing is due; the conductor does the work, as it always does. Twice: a row that was just done may have set the engine going. */
async function settle(anchors: boolean): Promise<void> {
  for (let still = 0; still < 2;) {
    const now = clock.now();
    engine.fireDue(now);
    await engine.idle();
    const rows = (await platform.store.outboxDue(now, 500)).filter(({ kind }) => anchors || kind !== 'anchor');
    const timer = (await platform.store.nextTimer()) ?? Infinity;
    if (rows.length === 0 && timer > now) {
      still += 1;
      continue;
    }
    still = 0;
    platform.ring();
    await pause(15);
  }
}

async function nextDue(): Promise<number | undefined> {
  const due = [engine.nextDue(), await platform.store.nextTimer(), await platform.store.nextOutbox()];
  const next = Math.min(...due.filter((instant) => instant !== undefined));
  return next === Infinity ? undefined : next;
}

async function answer(asked: Asked): Promise<unknown> {
  switch (asked.what) {
    case 'clock':
      clock.ahead = asked.ahead;
      return undefined;
    case 'settle':
      return settle(asked.anchors);
    case 'nextDue':
      return nextDue();
  }
}

process.on('message', (asked: Asked & { id: number }) => {
  void answer(asked).then(
    (answered) => process.send?.({ id: asked.id, answered }),
    (error: unknown) => process.send?.({ id: asked.id, failed: String(error) }),
  );
});
// Its driver is gone, or has closed the channel to end it.
process.on('disconnect', () => {
  void server
    .close()
    .then(() => conductor.stop())
    .then(() => process.exit(0));
});
process.send?.({ id: 0 });
