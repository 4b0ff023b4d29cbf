import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { CommandClient } from './client.ts';
import { BENCH, openTortureHouse, startServer, SYSTEM } from './house.ts';
import { makeOpen } from './make-open.ts';

export interface RestartReport {
  open: number;
  databaseBytes: number;
  /** Milliseconds from the start of the new process until `/v1/health` answers, and until a decision was acknowledged. */
  healthMs: number;
  decisionMs: number;
  /** Until the dossier so decided was closed. */
  closedMs: number;
  /** Processor time that the new process had used when the decision was acknowledged: what it would take on a machine of its own. */
  processorMs: number;
}

/** Leaves `open` dossiers waiting for approval, kills the server, and times its return. Sample services run outside and are not counted. */
export async function measureRestart(open: number): Promise<RestartReport> {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-restart-'));
  const house = await openTortureHouse(dir);
  const { settings, secret } = house;
  try {
    const submitted = await makeOpen(settings, open);
    const first = await startServer(settings).listening;
    await pause(2_000);
    await first.kill();
    const issuer = await openIssuer(dir, settings.url);
    const token = await issuer.issueToken({ subject: BENCH.approver, unit: BENCH.unit, role: 'approver' });
    const begun = performance.now();
    const starting = startServer(settings);
    await untilHealthy(settings.url);
    const healthMs = performance.now() - begun;
    const client = new CommandClient(settings.url);
    // The last dossier submitted: nothing of it is in any cache.
    const dossier = submitted.at(-1) ?? '';
    const task = `${dossier}.approve.1`;
    const body = JSON.stringify({ system: SYSTEM, task, official: BENCH.approver, outcome: 'approved' });
    const path = '/v1/webhooks/decisions';
    await client.command({ kind: 'decision', key: `decide-${task}`, method: 'POST', path, secret, body });
    const decisionMs = performance.now() - begun;
    const processorMs = processorTime(starting.pid);
    while (!(await isClosed(client, token, dossier))) await pause(10);
    const closedMs = performance.now() - begun;
    await starting.kill();
    return {
      open,
      databaseBytes: statSync(join(dir, 'onetrack.db')).size,
      healthMs,
      decisionMs,
      closedMs,
      processorMs,
    };
  } finally {
    await house.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function isClosed(client: CommandClient, token: string, dossier: string): Promise<boolean> {
  const { status } = (await client.read(`/v1/dossiers/${dossier}`, token)) as { status: { business: string } };
  return status.business === 'closed';
}

async function untilHealthy(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/v1/health`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    await pause(10);
  }
}

/** User and system time of a process by `/proc/PID/stat` (proc(5), fields 14 and 15, in ticks of 10 ms), its threads included. */
function processorTime(pid: number): number {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return NaN;
  const fields = readFileSync(path, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
