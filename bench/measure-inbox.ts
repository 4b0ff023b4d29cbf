// Measures pages of the inbox over so many open tasks, through the whole API in this process, and prints one JSON object.
import { parseArgs } from 'node:util';
import { openIssuer } from '../adapters/local/issuer.ts';
import { createLocalApp } from '../embedded/local-app.ts';
import { APPROVER, UNIT } from './bench-machine.ts';
import { openFilled, timePages, URL_HERE } from './fill-inbox.ts';
import type { PageFigures } from './report.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string' },
    requests: { type: 'string', default: '3000' },
    folder: { type: 'string' },
  },
});
const tasks = Number(values.tasks);
const requests = Number(values.requests);

const { dir, machine, close } = await openFilled(tasks, values.folder);
const app = await createLocalApp(machine, { dir, url: URL_HERE });
const issuer = await openIssuer(dir);
const authorization = `Bearer ${await issuer.issueToken({ subject: APPROVER, unit: UNIT, role: APPROVER })}`;
const read = async (path: string): Promise<{ items?: unknown[]; next?: string }> => {
  const response = await app.request(`/v1${path}`, { headers: { authorization } });
  if (response.status !== 200) throw new Error(`${path}: expected 200, got ${response.status}`);
  return (await response.json()) as { items?: unknown[]; next?: string };
};
/** The cursor in the middle of the list: what a page far behind costs. */
let middle: string | undefined;
for (let seen = 0; seen < tasks / 2; seen += 100)
  middle = (await read(`/tasks?limit=100${middle === undefined ? '' : `&after=${middle}`}`)).next;
const pages = await timePages(
  {
    first: '/tasks?limit=50',
    middle: `/tasks?limit=50&after=${middle ?? ''}`,
    unit: `/tasks?limit=50&unit=${UNIT}`,
    person: '/tasks?limit=50&person=me',
    late: '/tasks?limit=50&status=late',
    stage: '/tasks?limit=50&stage=rare',
    counts: '/tasks/counts',
  },
  requests,
  read,
);
console.log(JSON.stringify({ tasks, requests, pages } satisfies PageFigures));
await close();
process.exit(0);
