/*
 * `npm run torture:restore -- [--dossiers 1000] [--seconds 10] [--clients 6]`: the ransomware drill. Exit 1 when more than the last second of what was acknowledged
 * is lost, when the restored folder does not hold, or when restoring takes a minute.
 */
import { parseArgs } from 'node:util';
import { runRestore } from './restore-run.ts';

const { values } = parseArgs({
  options: {
    dossiers: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '6' },
  },
});
const [dossiers, seconds, clients] = [Number(values.dossiers), Number(values.seconds), Number(values.clients)];
if (!(dossiers >= 1 && seconds >= 1 && clients >= 1)) {
  process.stderr.write('torture:restore: expected --dossiers, --seconds and --clients of at least 1\n');
  process.exit(2);
}
const LOSS_MS = 1_000;
const RESTORE_MS = 60_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const { said, ...report } = await runRestore({ dossiers, seconds, clients, tell: say });
const faults = [
  ...report.faults,
  ...(report.lossMs > LOSS_MS ? [`lost what was acknowledged ${inSeconds(report.lossMs)} before`] : []),
  ...(report.restoreMs > RESTORE_MS ? [`restoring took ${inSeconds(report.restoreMs)}`] : []),
  ...(report.acknowledged === 0 ? ['no command was acknowledged'] : []),
];
say(`database           ${(report.databaseBytes / 1e6).toFixed(0)} MB
lost               ${report.lost} of ${report.acknowledged} acknowledged commands, the oldest ${inSeconds(report.lossMs)} before the disaster
restored in        ${inSeconds(report.restoreMs)}, judged: ${said.dossiers} dossiers, ${said.events} events, ${said.anchors} anchors under ${said.timestamps} time-stamps, ${said.documents} documents
serving            a new dossier was closed ${inSeconds(report.closedMs)} after the start of the restored server`);
if (faults.length > 0) {
  say(`BROKEN: ${faults.length}\n${faults.slice(0, 50).join('\n')}`);
  process.exitCode = 1;
} else say('every promise held');
