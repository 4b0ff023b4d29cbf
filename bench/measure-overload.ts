// Twice what the server gets done, through HTTP: submissions come at their own times, whether earlier ones are answered or not. Prints one JSON object.
import { setTimeout as pause } from 'node:timers/promises';
import { atPace } from './at-pace.ts';
import { BenchClient } from './bench-client.ts';
import { drive, quantile } from './drive.ts';
import { readRun } from './figures.ts';
import type { OverloadFigures } from './report.ts';

const OVERLOAD_MS = 20_000;
const TIMES = 2;
const ALONE = 100;
/** So long after the load at most it is looked whether all is as before. */
const PROBE_MS = 30_000;

const run = readRun();
const client = await BenchClient.start({ folder: run.folder, sockets: Infinity });
const whole = (index: number): Promise<void> => client.whole(index);
await drive(run.warmUp, run.concurrency, whole);
const sustained = await drive(run.dossiers, run.concurrency, whole);
const alone = await drive(ALONE, 1, whole);

const takenMs: number[] = [];
const sentAwayMs: number[] = [];
const decidedMs: number[] = [];
const load = await atPace({ perSecond: TIMES * sustained.dossiersPerSecond, forMs: OVERLOAD_MS }, arrive);
const endOfLoad = performance.now();
const normalAfterMs = await untilNormal();
const figures: OverloadFigures = {
  sustainedPerSecond: sustained.dossiersPerSecond,
  arrivedPerSecond: (load.called * 1000) / load.ms,
  taken: takenMs.length,
  sentAway: sentAwayMs.length,
  taken99Ms: quantileOf(takenMs, 0.99),
  decided99Ms: quantileOf(decidedMs, 0.99),
  sentAway99Ms: sentAwayMs.length > 0 ? quantileOf(sentAwayMs, 0.99) : null,
  lost: await load.failed(),
  normalAfterMs,
};
console.log(JSON.stringify(figures));
await client.end({ kill: true });

/** A dossier that comes at its own time. Sent away it does not come back; taken on it must end. */
async function arrive(index: number): Promise<void> {
  const { id, ms } = await client.submit(index);
  (id === undefined ? sentAwayMs : takenMs).push(ms);
  if (id === undefined) return;
  decidedMs.push(await client.decide(id));
  await client.closed(id);
}

/** Until three lone dossiers running are taken on and end as soon as 99 in 100 did before the load. */
async function untilNormal(): Promise<number | null> {
  let good = 0;
  let since = endOfLoad;
  while (performance.now() < endOfLoad + PROBE_MS) {
    const from = performance.now();
    const isTaken = await whole(0).then(
      () => true,
      () => false,
    );
    const isNormal = isTaken && performance.now() - from <= alone.p99Ms;
    if (isNormal && good === 0) since = from;
    good = isNormal ? good + 1 : 0;
    if (good === 3) return since - endOfLoad;
    if (!isTaken) await pause(100);
  }
  return null;
}

function quantileOf(values: number[], q: number): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    q,
  );
}
