import { parseArgs } from 'node:util';
import type { OneMachine } from '../embedded/one-machine.ts';
import { countRows, type Counts } from './count-rows.ts';
import type { Times } from './drive.ts';

/** What one configuration of Onetrack measured. Counts are per dossier. */
export interface Figures extends Times {
  mode: 'in-process' | 'http';
  dossiers: number;
  concurrency: number;
  /** Peak resident size of the process that runs the platform. */
  peakRssBytes: number;
  /** Processor seconds of that process while measuring. */
  cpuSeconds: number;
  /** Processor time of its main thread, microseconds per dossier. */
  mainThreadMicros: number;
  /** Time after the last dossier's end until nothing is left in the outbox: the last heads are anchored. */
  drainMs: number;
  events: number;
  signatures: number;
  rows: number;
  requests: number;
  /** Time-stamps in the whole run, each over the heads of many dossiers. */
  timeStamps: number;
}

export interface Run {
  dossiers: number;
  concurrency: number;
  /** Dossiers driven before measuring starts. */
  warmUp: number;
  /** Where the temporary data folder is made. */
  folder: string | undefined;
}

/** The run that the command line of a measuring process names. */
export function readRun(): Run {
  const { values } = parseArgs({
    options: {
      dossiers: { type: 'string' },
      concurrency: { type: 'string' },
      'warm-up': { type: 'string', default: '300' },
      folder: { type: 'string' },
    },
  });
  return {
    dossiers: Number(values.dossiers),
    concurrency: Number(values.concurrency),
    warmUp: Number(values['warm-up']),
    folder: values.folder,
  };
}

export interface Meter {
  counts: Counts;
  cpu: NodeJS.CpuUsage;
  mainThread: NodeJS.CpuUsage;
}

/** Counts and processor time at the beginning of what is measured. */
export async function meterOf(machine: OneMachine): Promise<Meter> {
  await drained(machine);
  return { counts: countRows(machine.database), cpu: process.cpuUsage(), mainThread: process.threadCpuUsage() };
}

/** Figures of a run that has just ended, once nothing of it is left to do. */
export async function figuresOf(
  machine: OneMachine,
  { dossiers, concurrency }: Run,
  { mode, times, meter, requests }: { mode: Figures['mode']; times: Times; meter: Meter; requests: number },
): Promise<Figures> {
  const { user, system } = process.cpuUsage(meter.cpu);
  const main = process.threadCpuUsage(meter.mainThread);
  const ended = performance.now();
  await drained(machine);
  const drainMs = performance.now() - ended;
  const counts = countRows(machine.database);
  return {
    mode,
    dossiers,
    concurrency,
    ...times,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    cpuSeconds: (user + system) / 1e6,
    mainThreadMicros: (main.user + main.system) / dossiers,
    drainMs,
    events: (counts.events - meter.counts.events) / dossiers,
    signatures: (counts.signatures - meter.counts.signatures) / dossiers,
    rows: (counts.rows - meter.counts.rows) / dossiers,
    requests,
    timeStamps: counts.timeStamps - meter.counts.timeStamps,
  };
}

async function drained({ platform }: OneMachine): Promise<void> {
  while ((await platform.store.nextOutbox()) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
}
