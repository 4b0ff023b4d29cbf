// The server of one machine as `serve` runs it, but with the sample services outside: so that killing it kills nothing else and it is soon back.
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { Conductor } from '../../embedded/conductor.ts';
import { createLocalApp } from '../../embedded/local-app.ts';
import { listenLocally } from '../../embedded/server.ts';
import { SharedClock } from '../e2e/target.ts';
import { openFor, type ServerSettings } from './house.ts';
import { sabotage } from './sabotage.ts';

const settings = JSON.parse(process.env['ONETRACK_TORTURE'] ?? '') as ServerSettings;
const clock = new SharedClock();
clock.ahead = settings.ahead ?? 0;
// Each line sets the clock, also before anybody is served; the end of them asks to stop, or the driver is gone.
const told = createInterface({ input: process.stdin }).on('line', (line) => {
  clock.ahead = (JSON.parse(line) as { ahead: number }).ahead;
});
const askedToStop = once(told, 'close');
const machine = await openFor(settings, clock);
for (const each of settings.sabotage ?? []) sabotage(machine, each);
const conductor = new Conductor(machine, (error) => {
  process.stderr.write(`conductor: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
});
const server = await listenLocally(await createLocalApp(machine, settings), settings.port);
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
await conductor.start();
// It is killed again and again.
flushCompileCache();

await askedToStop;
await server.close();
await conductor.stop();
process.exit(0);
