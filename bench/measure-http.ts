// Measures through HTTP: submission with an access token, decision by a signed webhook. The platform is a process of its own. Prints one JSON object.
import { BenchClient } from './bench-client.ts';
import { drive } from './drive.ts';
import { readRun } from './figures.ts';

const run = readRun();
const client = await BenchClient.start({ folder: run.folder, sockets: 2 * run.concurrency });
const one = (index: number): Promise<void> => client.whole(index);
await drive(run.warmUp, run.concurrency, one);
await client.ask({ kind: 'mark' }, 'marked');
const before = client.requests;
const times = await drive(run.dossiers, run.concurrency, one);
const requests = (client.requests - before) / run.dossiers;
console.log(JSON.stringify((await client.ask({ kind: 'finish', run, times, requests }, 'figures')).figures));
await client.end({ kill: false });
