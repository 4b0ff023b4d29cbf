import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawGrowth } from './draw-growth.ts';
import type { Figures } from './figures.ts';
import {
  type AmendmentFigures,
  type EnduranceFigures,
  type FloorFigures,
  type GrowthFigures,
  type OverloadFigures,
  type PageFigures,
  type PeerFigures,
  type Report,
  type ScenarioFigures,
  type TimerFigures,
  writeAmendment,
  writeEndurance,
  writeFloor,
  writeGrowth,
  writeOverload,
  writePages,
  writeScenario,
  writeTable,
  writeTimers,
} from './report.ts';
import { measureYardsticks } from './yardsticks.ts';

const USAGE = `npm run bench -- [--dossiers N] [--concurrency 1,32] [--mode in-process,http,inbox,pages,growth,amendment,timers,overload,endurance,scenario,floor] [--peers] [--minutes 60] [--stored 1000,10000,100000] [--picture FILE] [--json FILE] [--folder DIR]`;
const MODES = { 'in-process': 'measure-in-process.ts', http: 'measure-http.ts' } as const;
/** Not rows of the table. */
const APART: ReadonlySet<string> = new Set([
  'inbox',
  'pages',
  'growth',
  'amendment',
  'timers',
  'overload',
  'endurance',
  'scenario',
  'floor',
]);
/** Open tasks over which pages are measured: the bar is that the last take at most three times the first. */
const OPEN_TASKS = [1_000, 100_000];
const PEERS = fileURLToPath(new URL('peers/', import.meta.url));

const { values } = parseArgs({
  options: {
    dossiers: { type: 'string', default: '3000' },
    concurrency: { type: 'string', default: '1,32' },
    mode: { type: 'string', default: 'in-process,http' },
    peers: { type: 'boolean', default: false },
    stored: { type: 'string', default: '1000,10000,100000' },
    minutes: { type: 'string', default: '60' },
    picture: { type: 'string' },
    json: { type: 'string' },
    folder: { type: 'string' },
  },
});
const asked = values.mode.split(',');
const modes = asked.filter((mode) => !APART.has(mode)).filter(isMode);
const concurrencies = values.concurrency.split(',').map(Number);
const dossiers = Number(values.dossiers);
if (!Number.isInteger(dossiers) || dossiers < 1 || concurrencies.some((n) => !Number.isInteger(n) || n < 1)) {
  console.error(USAGE);
  process.exit(2);
}
const folder = values.folder === undefined ? [] : ['--folder', values.folder];

if (asked.includes('inbox')) await measurePages('inbox', new URL('measure-inbox.ts', import.meta.url));
if (asked.includes('pages')) await measurePages('page', new URL('measure-pages.ts', import.meta.url));
if (asked.includes('growth')) await measureGrowth();
if (asked.includes('amendment')) await measureAmendment();
if (asked.includes('timers')) await measureTimers();
if (asked.includes('overload')) await measureOverload();
if (asked.includes('endurance')) await measureEndurance();
if (asked.includes('scenario')) await measureScenario();
if (asked.includes('floor')) await measureFloor();
if (modes.length === 0) process.exit(0);

const report: Report = { yardsticks: await measureYardsticks(values.folder), figures: [], peers: [] };
for (const concurrency of concurrencies) {
  // One at a time there is nothing to gain from many: a tenth is enough.
  const count = concurrency === 1 ? Math.max(1, Math.round(dossiers / 10)) : dossiers;
  const args = ['--dossiers', String(count), '--concurrency', String(concurrency), ...folder];
  if (values.peers) for (const commit of ['each', 'grouped']) report.peers.push(await measurePeer(args, commit));
  for (const mode of modes) {
    progress(`${mode}, concurrency ${concurrency}`);
    report.figures.push((await measure(fileURLToPath(new URL(MODES[mode], import.meta.url)), args)) as Figures);
  }
}
console.log(writeTable(report));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);

async function measurePages(heading: string, script: URL): Promise<void> {
  const figures: PageFigures[] = [];
  for (const tasks of OPEN_TASKS) {
    progress(`${heading}, ${tasks} open tasks`);
    figures.push((await measure(fileURLToPath(script), ['--tasks', String(tasks), ...folder])) as PageFigures);
  }
  console.log(writePages(heading, figures));
}

async function measureGrowth(): Promise<void> {
  progress(`growth, ${values.stored} dossiers`);
  const script = fileURLToPath(new URL('measure-growth.ts', import.meta.url));
  const figures = (await measure(script, ['--stored', values.stored, ...folder])) as GrowthFigures[];
  console.log(writeGrowth(figures));
  if (values.picture !== undefined) writeFileSync(values.picture, drawGrowth(figures));
}

async function measureAmendment(): Promise<void> {
  progress(`amended calendar, ${dossiers} open dossiers`);
  const yardsticks = await measureYardsticks(values.folder);
  const script = fileURLToPath(new URL('measure-amendment.ts', import.meta.url));
  const figures = (await measure(script, ['--dossiers', String(dossiers), ...folder])) as AmendmentFigures;
  console.log(writeAmendment(figures, yardsticks));
  const { once } = figures.recomputed;
  if (once !== dossiers) throw new Error(`expected each of ${dossiers} dossiers to be recomputed once, got ${once}`);
}

async function measureTimers(): Promise<void> {
  progress(`timers, ${dossiers} open dossiers`);
  const yardsticks = await measureYardsticks(values.folder);
  const script = fileURLToPath(new URL('measure-timers.ts', import.meta.url));
  const figures = (await measure(script, ['--dossiers', String(dossiers), ...folder])) as TimerFigures;
  console.log(writeTimers(figures, yardsticks));
  const { due, acted, waiting } = figures;
  if (acted.once !== due || waiting !== dossiers - due)
    throw new Error(`expected ${due} timers to act once and the others to wait, got ${JSON.stringify(figures)}`);
}

async function measureScenario(): Promise<void> {
  progress('scenario');
  const script = fileURLToPath(new URL('measure-scenario.ts', import.meta.url));
  for (const figures of (await measure(script, [])) as ScenarioFigures[]) console.log(writeScenario(figures));
}

async function measureFloor(): Promise<void> {
  const script = fileURLToPath(new URL('measure-floor.ts', import.meta.url));
  for (const concurrency of concurrencies) {
    progress(`commits and signatures alone, concurrency ${concurrency}`);
    const args = ['--dossiers', String(dossiers), '--concurrency', String(concurrency), ...folder];
    console.log(writeFloor((await measure(script, args)) as FloorFigures));
  }
}

async function measureEndurance(): Promise<void> {
  progress(`endurance, ${values.minutes} minutes`);
  const script = fileURLToPath(new URL('measure-endurance.ts', import.meta.url));
  const args = ['--dossiers', String(dossiers), '--minutes', values.minutes, ...folder];
  const figures = (await measure(script, args)) as EnduranceFigures;
  console.log(writeEndurance(figures));
  if (figures.lost > 0) throw new Error(`expected every dossier to end, lost ${figures.lost}`);
}

async function measureOverload(): Promise<void> {
  progress('overload');
  const script = fileURLToPath(new URL('measure-overload.ts', import.meta.url));
  const figures = (await measure(script, [
    '--dossiers',
    String(dossiers),
    '--concurrency',
    '32',
    ...folder,
  ])) as OverloadFigures;
  console.log(writeOverload(figures));
  if (figures.lost > 0) throw new Error(`expected every dossier that was taken on to end, lost ${figures.lost}`);
}

function isMode(text: string): text is keyof typeof MODES {
  if (text in MODES) return true;
  console.error(USAGE);
  process.exit(2);
}

async function measurePeer(args: string[], commit: string): Promise<PeerFigures> {
  if (!existsSync(`${PEERS}node_modules`)) {
    progress('installing the peers');
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: PEERS, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  progress(`Restate, ${commit}, ${args.slice(0, 4).join(' ')}`);
  return (await measure(`${PEERS}restate.ts`, [...args, '--commit', commit])) as PeerFigures;
}

/** Runs a measuring script in a process of its own and reads the one JSON object that it prints. */
function measure(script: string, args: string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (part: string) => (text += part));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`${script}: expected exit code 0, got ${String(code)}`));
    });
  });
}

function progress(what: string): void {
  if (process.stderr.isTTY) console.error(`measuring: ${what}`);
}
