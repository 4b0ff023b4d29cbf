// Measures the console's pages over so many open dossiers of one office, in this process, and prints one JSON object.
import { parseArgs } from 'node:util';
import { newSession, Sealer, type Session } from '../console/session.ts';
import { AT } from '../console/visit.ts';
import { Conductor } from '../embedded/conductor.ts';
import { createLocalApp } from '../embedded/local-app.ts';
import { APPROVER, UNIT } from './bench-machine.ts';
import { APPLICANT, openFilled, timePages, URL_HERE } from './fill-inbox.ts';
import { inProcess } from './in-process.ts';
import type { PageFigures } from './report.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string' },
    requests: { type: 'string', default: '1000' },
    folder: { type: 'string' },
  },
});
const tasks = Number(values.tasks);
const requests = Number(values.requests);
/** Behind all that the inbox is filled with. */
const REAL = 10_000_000;

const { dir, machine, close } = await openFilled(tasks, values.folder);
const conductor = new Conductor(machine, (error) => {
  console.error(error);
  process.exit(1);
});
await conductor.start();
// What a page of one dossier reads is the record of a real one.
const { open, whole } = inProcess(machine);
const { task } = await open(REAL);
const dossier = task.slice(0, task.indexOf('.'));
await whole(REAL + 1);

const app = await createLocalApp(machine, { dir, url: URL_HERE });
const sealer = new Sealer(machine.platform.config.indexKey);
const cookieOf = (who: Pick<Session, 'subject' | 'claimed'>): string =>
  `onetrack-session=${sealer.seal('session', newSession(who, Date.now()))}`;
const official = cookieOf({ subject: APPROVER, claimed: { unit: UNIT, role: APPROVER } });
const applicant = cookieOf({ subject: APPLICANT });
const as = (cookie: string) => async (path: string) => {
  const response = await app.request(`${AT}${path}`, { headers: { cookie, 'accept-language': 'vi' } });
  if (response.status !== 200) throw new Error(`${path}: expected 200, got ${response.status}`);
  return response.text();
};

const pages = {
  ...(await timePages(
    {
      inbox: '/tasks',
      'inbox, late': '/tasks?status=late',
      'inbox, mine': '/tasks?whose=me',
      work: '/work',
      money: '/money',
      'paper debt': '/paper-debt',
      stalled: '/stalled',
      task: `/tasks/${task}`,
      dossier: `/dossiers/${dossier}`,
    },
    requests,
    as(official),
  )),
  ...(await timePages(
    { 'own dossiers': '/mine', papers: '/papers', catalogue: '/procedures' },
    requests,
    as(applicant),
  )),
};
console.log(JSON.stringify({ tasks, requests, pages } satisfies PageFigures));
await conductor.stop();
await close();
process.exit(0);
