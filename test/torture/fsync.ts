/*
 * `npm run torture:fsync -- [--dossiers 24] [--clients 4]`: durability, judged by the system calls of the server and by nothing that it says of itself.
 *
 * Method. The server runs under `strace -f` while clients upload, submit and decide over HTTP. strace stops every thread where a call begins and where
 * it returns, so the lines of its output are in the order in which things happened. From them alone a disk is modelled: a transaction of the database is
 * the frames of SQLite's write-ahead log up to one that is marked as commit; a sync covers what was written before it began, once it has returned 0; a file
 * is durable when its bytes were synced after their last write and the folder that names it was synced after the rename, and so for each new folder
 * above it. Then for every acknowledgement that a client was given, the first byte of the 2xx answer must begin after the return of the sync that covers
 *   - the transaction whose pages hold what was acknowledged: the row of the upload, or the very hash of the head that the answer names;
 *   - the file of the upload; the files of all documents and papers that the dossier's record names up to that head.
 * Any other answer that shows a head's hash is held to the same. An acknowledgement that is not found in the trace is a fault.
 * Not shown: that the disk keeps what it has synced; that the folder of the data itself, made at the first start, was synced.
 */
import { parseArgs } from 'node:util';
import { straceIsThere, traceDossiers } from './fsync-run.ts';

const { values } = parseArgs({
  options: {
    dossiers: { type: 'string', default: '24' },
    clients: { type: 'string', default: '4' },
    sabotage: { type: 'boolean', default: false },
  },
});
const [dossiers, clients] = [Number(values.dossiers), Number(values.clients)];
const say = (text: string): void => void process.stdout.write(`${text}\n`);
if (!straceIsThere()) {
  say('strace is missing (scripts/oracles.sh installs it): nothing was traced');
  process.exit(process.env['CI'] === 'true' ? 1 : 0);
}
const report = await traceDossiers({ dossiers, clients, ...(values.sabotage && { sabotage: ['no-sync'] }) });
const kinds = Object.entries(report.commands).map(([kind, count]) => `${count} ${kind}`);
say(`${report.dossiers} dossiers, ${clients} clients${values.sabotage ? ', with a log that is not synced planted' : ''}
acknowledgements   ${report.acknowledgements} found in the trace: ${kinds.join(', ')}
covered by         ${report.syncs} syncs of ${report.transactions} transactions and ${report.documents} documents, as files or rows
trace              ${report.calls} system calls`);
if (report.faults.length > 0) {
  say(`NOT DURABLE: ${report.faults.length}\n${report.faults.slice(0, 30).join('\n')}`);
  process.exitCode = 1;
} else say('no acknowledgement left before the sync that covers it');
