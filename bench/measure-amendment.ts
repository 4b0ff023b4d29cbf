// Measures how long open dossiers take to follow an amended calendar, with the process killed half-way, and prints one JSON object. Each step is a process of
// its own on the same folder: dossiers are opened and the calendar amended; the walk, killed; the walk to its end; every dossier looked at.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SqliteCursors } from '../adapters/local/sqlite-cursors.ts';
import type { OneMachine } from '../embedded/one-machine.ts';
import { followAmendments, openDossiers, type Place } from '../functions/calendars/follow-amendments.ts';
import { calendarVersions, putCalendar } from '../functions/calendars/put-calendar.ts';
import { openBenchMachine } from './bench-machine.ts';
import { openMany } from './open-many.ts';
import type { AmendmentFigures } from './report.ts';
import { type Ran, runStep } from './run-step.ts';

const CALENDAR = 'vn';

const { values } = parseArgs({
  options: {
    dossiers: { type: 'string' },
    folder: { type: 'string' },
    step: { type: 'string' },
    dir: { type: 'string' },
  },
});
const dossiers = Number(values.dossiers);
const STEPS = { open: (machine: OneMachine) => openMany(machine, dossiers), amend, walk, look } as const;

if (values.step === undefined) await measure();
else await doStep(values.step as keyof typeof STEPS, values.dir ?? '');

async function measure(): Promise<void> {
  const dir = mkdtempSync(join(values.folder ?? tmpdir(), 'onetrack-bench-'));
  try {
    await step('open', dir);
    await step('amend', dir);
    const killed = await step('walk', dir, { killAfter: dossiers / 2 });
    const ended = await step('walk', dir);
    const looked = JSON.parse((await step('look', dir)).last) as AmendmentFigures['recomputed'];
    const figures: AmendmentFigures = {
      dossiers,
      seconds: killed.seconds + ended.seconds,
      killedAfter: killed.behind,
      recomputed: looked,
    };
    console.log(JSON.stringify(figures));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs one step; with `killAfter`, ends it without warning once so many dossiers are behind it. */
function step(name: keyof typeof STEPS, dir: string, options: { killAfter?: number } = {}): Promise<Ran> {
  const args = ['--step', name, '--dir', dir, '--dossiers', String(dossiers)];
  return runStep(import.meta.filename, args, { ...options, counts: name === 'walk' });
}

async function doStep(name: keyof typeof STEPS, dir: string): Promise<void> {
  // What is opened need not outlive the power: only the walk is measured.
  const opened = await openBenchMachine(dir, 'http://127.0.0.1:1', { trial: name === 'open' });
  await STEPS[name](opened.machine);
  await opened.close();
  process.exit(0);
}

/** The last day of the first one's limit becomes a day off. */
async function amend({ platform }: OneMachine): Promise<void> {
  const { heads } = await openDossiers(platform, undefined);
  const [calendar] = await calendarVersions(platform.registry, CALENDAR);
  const date = heads[0]?.due;
  if (!calendar || !date) throw new Error('expected a calendar, and a dossier with a day on which it is due');
  const off = { date, kind: 'off', source: 'the benchmark', verified: 'memory' } as const;
  const added = { ...off, name: { en: 'A day off' }, legalBasis: { en: 'none, a benchmark' } };
  const put = await putCalendar(platform.registry, {
    ...calendar,
    version: `${calendar.version.split('.')[0]}.999.0`,
    amends: { reason: { en: 'A benchmark' }, promises: 'follow' },
    days: [...calendar.days.filter((day) => day.date !== date), added].toSorted((a, b) => (a.date < b.date ? -1 : 1)),
  });
  if (!put.ok) throw new Error(JSON.stringify(put));
}

/** Says after each page how many dossiers are behind. */
async function walk({ platform, catalogue, database }: OneMachine): Promise<void> {
  const cursors = new SqliteCursors(database);
  let pages = 0;
  const goOn = (): boolean => {
    process.stdout.write(`${pages++ * 100}\n`);
    return true;
  };
  await followAmendments(platform, catalogue, cursors, goOn);
  process.stdout.write(`${pages * 100}\n`);
}

async function look({ platform }: OneMachine): Promise<void> {
  const looked: AmendmentFigures['recomputed'] = { none: 0, once: 0, more: 0 };
  for (let at: Place | null | undefined; at !== null;) {
    const page: Awaited<ReturnType<typeof openDossiers>> = await openDossiers(platform, at);
    for (const { id } of page.heads) {
      const events = await platform.store.events(id, 0);
      const times = events.filter(({ event }) => event.type === 'DeadlineRecomputed').length;
      looked[times === 0 ? 'none' : times === 1 ? 'once' : 'more'] += 1;
    }
    at = page.next;
  }
  console.log(JSON.stringify(looked));
}
