// Measures pages of the inbox over so many open tasks, through the whole API in this process, and prints one JSON object.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openIssuer } from '../adapters/local/issuer.ts';
import { createLocalApp } from '../embedded/local-app.ts';
import { openBenchMachine, PROCEDURE, UNIT } from './bench-machine.ts';
import { quantile } from './drive.ts';
import { openTask } from './open-task.ts';
import type { InboxFigures } from './report.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string' },
    requests: { type: 'string', default: '3000' },
    folder: { type: 'string' },
  },
});
const tasks = Number(values.tasks);
const requests = Number(values.requests);
const ROLE = 'approver';
const OFFICIAL = 'approver';

const dir = mkdtempSync(join(values.folder ?? tmpdir(), 'onetrack-bench-'));
process.once('exit', () => {
  rmSync(dir, { recursive: true, force: true });
});
const opened = await openBenchMachine(dir, 'http://127.0.0.1:1');
const { machine } = opened;
const { store, registry } = machine.platform;
const appointment = { unit: UNIT, role: ROLE, title: 'Approver', from: '2020-01-01' };
const official = { id: OFFICIAL, name: OFFICIAL, subject: OFFICIAL, appointments: [appointment] };
await registry.put('official', OFFICIAL, official, 0);
const now = Date.now();
for (let n = 0; n < tasks;) {
  const batch = Array.from({ length: Math.min(1_000, tasks - n) }, (_, i) => n + i);
  const place = { unit: UNIT, role: ROLE, procedure: PROCEDURE, official: OFFICIAL, now };
  const results = await Promise.all(batch.map((index) => store.commit(openTask(index, place))));
  if (results.some(({ ok }) => !ok)) throw new Error('expected every dossier to be new');
  n += batch.length;
}

const app = await createLocalApp(machine, { dir, url: 'http://127.0.0.1:1' });
const issuer = await openIssuer(dir);
const authorization = `Bearer ${await issuer.issueToken({ subject: OFFICIAL, unit: UNIT, role: ROLE })}`;
const read = async (path: string): Promise<{ items?: unknown[]; next?: string }> => {
  const response = await app.request(`/v1${path}`, { headers: { authorization } });
  if (response.status !== 200) throw new Error(`${path}: expected 200, got ${response.status}`);
  return (await response.json()) as { items?: unknown[]; next?: string };
};
/** The cursor in the middle of the list: what a page far behind costs. */
let middle: string | undefined;
for (let seen = 0; seen < tasks / 2; seen += 100)
  middle = (await read(`/tasks?limit=100${middle === undefined ? '' : `&after=${middle}`}`)).next;
const paths = {
  first: '/tasks?limit=50',
  middle: `/tasks?limit=50&after=${middle ?? ''}`,
  unit: `/tasks?limit=50&unit=${UNIT}`,
  person: '/tasks?limit=50&person=me',
  late: '/tasks?limit=50&status=late',
  stage: '/tasks?limit=50&stage=rare',
  counts: '/tasks/counts',
} satisfies Record<keyof InboxFigures['pages'], string>;
const pages = {} as InboxFigures['pages'];
for (const [name, path] of Object.entries(paths) as [keyof typeof paths, string][]) {
  for (let n = 0; n < 300; n += 1) await read(path);
  const taken: number[] = [];
  for (let n = 0; n < requests; n += 1) {
    const from = performance.now();
    await read(path);
    taken.push(performance.now() - from);
  }
  taken.sort((a, b) => a - b);
  pages[name] = { p50Ms: quantile(taken, 0.5), p99Ms: quantile(taken, 0.99) };
}
console.log(JSON.stringify({ tasks, requests, pages } satisfies InboxFigures));
await opened.close();
process.exit(0);
