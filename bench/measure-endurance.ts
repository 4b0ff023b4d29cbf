// Half of what the server gets done, through HTTP, for as long as `--minutes` says: whether memory, open files, the log and latency stay as they are.
// Beside it a beat, which the same machine makes slow. Prints one JSON object.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { atPace } from './at-pace.ts';
import { BenchClient } from './bench-client.ts';
import { drive, quantile } from './drive.ts';
import type { EnduranceFigures, EnduranceSpan } from './report.ts';

const SHARE = 0.5;
const WARM_UP = 300;

const { values } = parseArgs({
  options: {
    dossiers: { type: 'string' },
    minutes: { type: 'string' },
    spans: { type: 'string', default: '12' },
    folder: { type: 'string' },
  },
});
const [minutes, spans] = [Number(values.minutes), Number(values.spans)];
const client = await BenchClient.start({ folder: values.folder, sockets: Infinity });
await drive(WARM_UP, 32, (index) => client.whole(index));
const { dossiersPerSecond } = await drive(Number(values.dossiers), 32, (index) => client.whole(index));
const perSecond = SHARE * dossiersPerSecond;

const beat = spawn(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    fileURLToPath(new URL('beat.ts', import.meta.url)),
    ...(values.folder === undefined ? [] : [values.folder]),
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let beats: number[] = [];
const beating = createInterface(beat.stdout).on('line', (ms) => beats.push(Number(ms)));
await once(beating, 'line');

let [lost, sentAway] = [0, 0];
const measured: EnduranceSpan[] = [];
for (let span = 0; span < spans; span += 1) {
  const taken: number[] = [];
  beats = [];
  const one = async (index: number): Promise<void> => {
    const from = performance.now();
    const { id } = await client.submit(index);
    if (id === undefined) {
      sentAway += 1;
      return;
    }
    await client.decide(id);
    await client.closed(id);
    taken.push(performance.now() - from);
  };
  const { failed } = await atPace({ perSecond, forMs: (minutes * 60_000) / spans }, one);
  // Looked at under load: nobody waits for the last ones first.
  const { held } = await client.ask({ kind: 'look' }, 'held');
  lost += await failed();
  taken.sort((a, b) => a - b);
  beats.sort((a, b) => a - b);
  measured.push({
    dossiers: taken.length,
    p50Ms: quantile(taken, 0.5),
    p99Ms: quantile(taken, 0.99),
    beatMs: quantile(beats, 0.5),
    ...held,
  });
}
const figures: EnduranceFigures = {
  sustainedPerSecond: dossiersPerSecond,
  perSecond,
  minutes,
  sentAway,
  lost,
  spans: measured,
};
beat.kill();
console.log(JSON.stringify(figures));
await client.end({ kill: true });
