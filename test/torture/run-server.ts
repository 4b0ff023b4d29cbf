// The server of one machine as `serve` runs it, but with the sample services outside: so that killing it kills nothing else and it is soon back.
import { Conductor } from '../../embedded/conductor.ts';
import { createLocalApp } from '../../embedded/local-app.ts';
import type { OneMachine } from '../../embedded/one-machine.ts';
import { listenLocally } from '../../embedded/server.ts';
import { openFor, type ServerSettings } from './house.ts';

const settings = JSON.parse(process.env['ONETRACK_TORTURE'] ?? '') as ServerSettings;
const machine = await openFor(settings);
if (settings.sabotage === 'acknowledge-early') acknowledgeEarly(machine);
const conductor = new Conductor(machine, (error) => {
  process.stderr.write(`conductor: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
});
const server = await listenLocally(await createLocalApp(machine, settings), settings.port);
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
await conductor.start();

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await server.close();
  await conductor.stop();
  process.exit(0);
}
// Asked to stop, or the driver is gone.
process.stdin.on('end', () => void stop()).resume();

function acknowledgeEarly({ platform: { store } }: OneMachine): void {
  const commit = store.commit.bind(store);
  store.commit = async (what) => {
    if (!what.idempotency) return commit(what);
    setTimeout(() => void commit(what), 400);
    return { ok: true };
  };
}
