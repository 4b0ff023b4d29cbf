/*
 * `npm run torture:kill -- [--kills 100] [--seed S] [--clients 12]`: kills the one-machine server with SIGKILL over and over while clients submit and decide
 * over HTTP, lets every dossier end, and compares what clients were told with what the records say. Exit 1 when a promise is broken or fewer than
 * nine kills in ten hit commands in flight. A page cache outlives a killed process: what a power cut leaves is the matter of `torture:fsync`.
 */
import { parseArgs } from 'node:util';
import { runKills } from './kill-run.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '12' },
    verbose: { type: 'boolean', default: false },
    // Plants a bug: a command is acknowledged 400 ms before it is committed.
    sabotage: { type: 'boolean', default: false },
  },
});
const [kills, seed, clients] = [Number(values.kills), Number(values.seed), Number(values.clients)];
if (!(kills >= 1 && clients >= 1 && Number.isInteger(seed))) {
  process.stderr.write('torture:kill: expected --kills and --clients of at least 1, --seed an integer\n');
  process.exit(2);
}
const begun = performance.now();
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const tell = values.verbose ? say : () => undefined;
const report = await runKills({
  kills,
  seed,
  clients,
  tell,
  ...(values.sabotage && { sabotage: ['acknowledge-early'] }),
});
const slowest = Math.max(...report.restartsMs);
const median = report.restartsMs.toSorted((a, b) => a - b)[Math.floor(report.restartsMs.length / 2)] ?? NaN;
const { tally } = report;
const needed = Math.ceil(kills * 0.9);
const faults = [
  ...report.faults,
  ...(report.killsInFlight >= needed ? [] : [`expected ${needed} kills with commands in flight`]),
];
say(`seed ${seed}, ${clients} clients, ${((performance.now() - begun) / 1000).toFixed(0)} s
kill -9            ${report.kills}, of these ${report.killsInFlight} with unacknowledged commands in flight; ${report.killsWhileStarting} more while it was starting
restart            median ${median.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms, until it listens
dossiers           ${report.dossiers}; ${report.events} events, ${report.replacedRuns} runs begun anew, ${report.documents} documents
commands           ${report.commands} acknowledged, ${report.decisions} of them decisions; ${tally.requests} requests, ${tally.lost} without an answer, ${tally.twins} sent twice at once
lost answers       ${tally.replayed} commands had been committed before the kill: the retry was told the same
checked            every acknowledged head in its record, each decision once, numbers without gap or repetition, chains, retries, documents, all closed, nothing left to do`);
if (faults.length > 0) {
  say(`BROKEN: ${faults.length}\n${faults.slice(0, 50).join('\n')}`);
  process.exitCode = 1;
} else say('every promise held');
