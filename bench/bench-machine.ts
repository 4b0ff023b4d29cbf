import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalPki } from '../adapters/local/pki/local-pki.ts';
import { openOneMachine, type OneMachine } from '../embedded/one-machine.ts';
import { spawnSigningService } from '../embedded/samples/sample-process.ts';
import { deployProcedure } from '../functions/procedures/publish.ts';
import { readCalendar } from '../workflows/calendars/read-calendar.ts';
import { parseProcedure } from '../workflows/compiler/parse.ts';

/** The one unit of the benchmark: it receives and decides. */
export const UNIT = 'bench-office';
export const PROCEDURE = 'bench';
/** The one official, by id, subject and role. */
export const APPROVER = 'approver';

export interface BenchMachine {
  machine: OneMachine;
  /** Ends the time-stamp authority, a process of its own. */
  close: () => Promise<void>;
}

/** The whole platform in a new folder, as `serve` opens it, with the frozen procedure published and a time-stamp authority beside it. */
export async function openBenchMachine(
  dir: string,
  publicUrl: string,
  { trial = false, clock = { now: () => Date.now() } } = {},
): Promise<BenchMachine> {
  const tsaDir = join(dir, 'tsa');
  createLocalPki(join(dir, 'ca'), clock).ensureIdentity(tsaDir, 'timestamp', {
    id: 'tsa',
    name: 'Time-stamp authority of the benchmark',
    organisation: 'Onetrack',
  });
  const tsa = await spawnSigningService('timestamp-authority', { dir: tsaDir });
  const machine = await openOneMachine({
    dir,
    clock,
    publicUrl,
    signer: { signHash: unused, credential: unused },
    timestamps: { url: tsa.url },
    systems: {},
    trial,
  });
  await publishBench(machine);
  return { machine, close: () => tsa.stop() };
}

async function publishBench({ platform }: OneMachine): Promise<void> {
  const read = readCalendar(readFileSync(new URL('../workflows/calendars/vn.yaml', import.meta.url), 'utf8'));
  if (!read.ok) throw new Error(`calendar: ${JSON.stringify(read)}`);
  await platform.registry.put('calendar', `${read.calendar.id}@${read.calendar.version}`, read.calendar, 0);
  await platform.registry.put('unit', UNIT, unit(read.calendar.id), 0);
  const appointment = { unit: UNIT, role: APPROVER, title: 'Approver', from: '2020-01-01' };
  const approver = { id: APPROVER, name: 'Approver', subject: APPROVER, appointments: [appointment] };
  await platform.registry.put('official', APPROVER, approver, 0);
  const yaml = readFileSync(new URL('bench.yaml', import.meta.url), 'utf8');
  const parsed = parseProcedure(yaml, 'bench.yaml');
  if (!parsed.ok) throw new Error(`bench.yaml: ${JSON.stringify(parsed.problems)}`);
  const deployed = await deployProcedure(platform, { parsed: parsed.procedure, source: yaml });
  if (!deployed.ok) throw new Error(`bench.yaml: ${JSON.stringify(deployed)}`);
}

function unit(calendar: string) {
  return {
    id: UNIT,
    name: 'Office of the benchmark',
    level: 'commune' as const,
    parent: null,
    area: ['A'],
    identifier: 'B01.01',
    symbol: 'BENCH',
    place: 'Hà Nội',
    codeScheme: 'vn-one-stop' as const,
    calendar,
  };
}

/** The procedure signs by the system alone: nobody's own key is asked for. */
function unused(): Promise<never> {
  return Promise.reject(new Error('the benchmark asks no official to sign'));
}
