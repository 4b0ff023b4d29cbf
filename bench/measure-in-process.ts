// Measures the use cases in this process, without HTTP, and prints one JSON object. A process of its own, so that its peak memory is its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Conductor } from '../embedded/conductor.ts';
import { openBenchMachine } from './bench-machine.ts';
import { drive } from './drive.ts';
import { figuresOf, meterOf, readRun } from './figures.ts';
import { inProcess } from './in-process.ts';

const run = readRun();
const dir = mkdtempSync(join(run.folder ?? tmpdir(), 'onetrack-bench-'));
process.once('exit', () => {
  rmSync(dir, { recursive: true, force: true });
});
const opened = await openBenchMachine(dir, 'http://127.0.0.1:1');
const { machine } = opened;
const conductor = new Conductor(machine, (error) => {
  console.error(error);
  process.exit(1);
});
await conductor.start();
const { whole: one } = inProcess(machine);
await drive(run.warmUp, run.concurrency, one);
const meter = await meterOf(machine);
const times = await drive(run.dossiers, run.concurrency, (index) => one(run.warmUp + index));
console.log(JSON.stringify(await figuresOf(machine, run, { mode: 'in-process', times, meter, requests: 0 })));
await conductor.stop();
await opened.close();
