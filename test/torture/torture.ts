/*
 * `npm run torture -- [--seconds 60] [--seed S] [--clients 8] [--procedures a,b]`: drives several procedures over HTTP while a nemesis kills, stops and
 * continues the server of one machine, breaks its disk, moves clocks, and spoils every link: to clients, signing service, time-stamp authority,
 * registries, subscribers, mail server. Then it rests, everything must end, and what clients were told, what reached others, records and evidence packages
 * must fit together. The seed gives the schedule again. Exit 1 when they do not.
 */
import { parseArgs } from 'node:util';
import { SABOTAGES } from './house.ts';
import { libfiuIsThere } from './nemesis.ts';
import { PROCEDURES, runTorture } from './torture-run.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '8' },
    procedures: { type: 'string', default: PROCEDURES.join() },
    verbose: { type: 'boolean', default: false },
    // Leaves the data folder, and says where it is.
    keep: { type: 'boolean', default: false },
    // Plants bugs, and leaves everything else alone.
    sabotage: { type: 'string' },
  },
});
const [seconds, seed, clients] = [Number(values.seconds), Number(values.seed), Number(values.clients)];
const named = values.sabotage?.split(',') ?? [];
const sabotage = SABOTAGES.filter((each) => named.includes(each));
if (!(seconds >= 1 && clients >= 1 && Number.isInteger(seed)) || sabotage.length < named.length) {
  process.stderr.write(
    `torture: expected --seconds and --clients of at least 1, --seed an integer, --sabotage of ${SABOTAGES.join(', ')}\n`,
  );
  process.exit(2);
}
const say = (text: string): void => void process.stdout.write(`${text}\n`);
say(`seed ${seed}, ${seconds} s, ${clients} clients`);
if (!libfiuIsThere) say('libfiu is missing: the disk never fails (scripts/oracles.sh installs it)');
const report = await runTorture({
  seconds,
  seed,
  clients,
  procedures: values.procedures.split(','),
  keep: values.keep,
  tell: values.verbose || values.keep ? say : () => undefined,
  ...(sabotage.length > 0 && { sabotage, nemesis: false }),
});
const { counts, links, tally, webhooks, mails, faults } = report;
say(`nemesis            ${counts.kills} kills, ${counts.freezes} stops, ${counts.diskFaults} broken disks, ${counts.jumps} jumps of a clock; the server began anew ${counts.ends} times
links              ${Object.entries(links)
  .map(([fault, count]) => `${fault} ${count}`)
  .join(', ')}
dossiers           ${report.dossiers}; ${report.events} events, ${report.replacedRuns} runs begun anew, ${report.parked} times parked
commands           ${report.commands} acknowledged, ${report.decisions} of them decisions, ${report.repeated} sent again at the end; ${tally.requests} requests, ${tally.unanswered} without an answer, ${tally.serverErrors} answered 5xx; ${tally.expiredUploads} uploads expired and were sent anew
reached others     ${webhooks.received} webhooks for ${webhooks.events} events, ${mails.taken} mails for ${mails.notices} notices
evidence           ${report.evidence} packages verified offline
ended              ${(report.restedMs / 1000).toFixed(0)} s after the nemesis rested`);
if (faults.length > 0) {
  say(`BROKEN: ${faults.length}\n${faults.join('\n')}`);
  process.exitCode = 1;
} else say('every promise held');
process.exit();
