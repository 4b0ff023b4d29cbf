/*
 * `npm run torture:restart -- [--open 5000] [--times 3]`: how long the one-machine server takes to come back after SIGKILL with many open dossiers. Timed from
 * the start of the process, node's own start included; the sample signing and time-stamp services run outside, as they would at an agency, and are not
 * counted. The bar is 3 seconds until a decision on an open dossier is acknowledged.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureRestart } from './restart-run.ts';

const { values } = parseArgs({
  options: { open: { type: 'string', default: '5000' }, times: { type: 'string', default: '3' } },
});
const BAR_MS = 3_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** Measures once and prints it; answers whether it was under the bar. */
async function measure(open: number): Promise<boolean> {
  const { databaseBytes, healthMs, decisionMs, closedMs, processorMs } = await measureRestart(open);
  const under = decisionMs < BAR_MS;
  say(`${open} open, database of ${(databaseBytes / 1e6).toFixed(0)} MB: health after ${seconds(healthMs)}, decision acknowledged after ${seconds(decisionMs)} \
(${seconds(processorMs)} of processor time), that dossier closed after ${seconds(closedMs)}; load of the machine ${(loadavg()[0] ?? NaN).toFixed(1)} on ${availableParallelism()} processors`);
  return under;
}

say('for comparison, a single open dossier:');
await measure(1);
for (let time = 0; time < Number(values.times); time += 1) {
  const under = await measure(Number(values.open));
  say(`${under ? 'under' : 'OVER'} the bar of ${seconds(BAR_MS)}`);
  if (!under) process.exitCode = 1;
}
