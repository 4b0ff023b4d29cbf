/*
 * `npm run torture:aws -- [--seconds 60] [--seed S] [--clients 4] [--procedures a,b]`: deploys the stacks to an emulator of AWS and drives several
 * procedures over HTTP while calls that functions make of AWS are throttled, fail, are done without an answer, conflict or are done by half, functions die
 * between any two of them, and the table's stream brings records again and in any order. Then everything must end, and what clients were told, what reached
 * others, records and evidence packages must fit together. The seed gives what persons do again, and what the whiles are like. Exit 1 when they do not.
 */
import { parseArgs } from 'node:util';
import { startDeployedStack } from '../e2e/deployed/target.ts';
import { hasMiniStack } from '../oracles/ministack/start.ts';
import { tortureDeployed } from './deployed/torture-deployed.ts';
import { PROCEDURES } from './torture-run.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '4' },
    procedures: { type: 'string', default: PROCEDURES.join() },
    verbose: { type: 'boolean', default: false },
  },
});
const [seconds, seed, clients] = [Number(values.seconds), Number(values.seed), Number(values.clients)];
const refuse = (expected: string): never => {
  process.stderr.write(`torture:aws: expected ${expected}\n`);
  process.exit(2);
};
if (!(seconds >= 1 && clients >= 1 && Number.isInteger(seed)))
  refuse('--seconds and --clients of at least 1, --seed an integer');
if (!hasMiniStack) refuse('MiniStack (scripts/ministack.sh installs it)');
const say = (text: string): void => void process.stdout.write(`${text}\n`);
say(`seed ${seed}, ${seconds} s, ${clients} clients`);
const stack = await startDeployedStack();
say('deployed');
const tell = values.verbose ? say : () => undefined;
const report = await tortureDeployed(stack, { seconds, seed, clients, procedures: values.procedures.split(','), tell });
await stack.close();
const { tally, webhooks, mails, faults } = report;
say(`faults             ${Object.entries(report.injected)
  .map(([fault, count]) => `${fault} ${count}`)
  .join(', ')}; all environments thrown away ${report.thrownAway} times, ${report.jumps} jumps of the clock
dossiers           ${report.dossiers}; ${report.events} events, ${report.replacedRuns} runs begun anew, ${report.parked} times parked
commands           ${report.commands} acknowledged, ${report.decisions} of them decisions, ${report.repeated} sent again at the end; ${tally.requests} requests, ${tally.unanswered} without an answer, ${tally.serverErrors} answered 5xx
reached others     ${webhooks.received} webhooks for ${webhooks.events} events, ${mails.taken} mails for ${mails.notices} notices
evidence           ${report.evidence} packages verified offline
ended              ${(report.restedMs / 1000).toFixed(0)} s after the faults`);
if (faults.length > 0) {
  say(`BROKEN: ${faults.length}\n${faults.join('\n')}`);
  process.exitCode = 1;
} else say('every promise held');
process.exit();
