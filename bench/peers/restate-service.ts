// The service process of the Restate yardstick: the five steps of the frozen procedure, one durable SQLite row a step.
import { createServer } from 'node:http2';
import { createPrivateKey, sign } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { createEndpointHandler, service, type Context } from '@restatedev/restate-sdk';

export type ServiceMessage =
  | { kind: 'listening'; port: number }
  | { kind: 'awaiting'; dossier: string; awakeable: string }
  | { kind: 'counts'; rows: number; signatures: number };

const tell = (message: ServiceMessage): void => void process.send?.(message);

const database = new DatabaseSync(required('PEER_DATABASE'));
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
database.exec(`CREATE TABLE IF NOT EXISTS step (
  dossier TEXT NOT NULL, step TEXT NOT NULL, outcome TEXT NOT NULL, signature BLOB, PRIMARY KEY (dossier, step)
) WITHOUT ROWID`);
const insert = database.prepare('INSERT OR REPLACE INTO step (dossier, step, outcome, signature) VALUES (?, ?, ?, ?)');
const key = createPrivateKey(required('PEER_KEY'));
const recordStep = process.env.PEER_COMMIT === 'grouped' ? recordGrouped : recordAlone;
let signatures = 0;

interface Row {
  dossier: string;
  step: string;
  outcome: string;
  signature: Uint8Array | null;
}

/** One row, one transaction, one fsync: what a handler of its own accord would write. */
function recordAlone(row: Row): Promise<void> {
  insert.run(row.dossier, row.step, row.outcome, row.signature);
  return Promise.resolve();
}

let waiting: { row: Row; resolve: () => void; reject: (cause: unknown) => void }[] = [];

/** Group commit: all rows of one turn of the event loop share a transaction and its fsync; each step still waits for its own. */
function recordGrouped(row: Row): Promise<void> {
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) setImmediate(commitWaiting);
    waiting.push({ row, resolve, reject });
  });
}

function commitWaiting(): void {
  const group = waiting;
  waiting = [];
  try {
    database.exec('BEGIN IMMEDIATE');
    for (const { row } of group) insert.run(row.dossier, row.step, row.outcome, row.signature);
    database.exec('COMMIT');
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK');
    for (const { reject } of group) reject(cause);
    return;
  }
  for (const { resolve } of group) resolve();
}

const dossiers = service({
  name: 'dossiers',
  handlers: {
    run: async (
      context: Context,
      dossier: { id: string; applicant: string },
    ): Promise<{ id: string; result: string }> => {
      const record = (step: string, outcome: string): Promise<void> =>
        context.run(step, () => recordStep({ dossier: dossier.id, step, outcome, signature: null }));
      await record('receive', 'accepted');
      await record('verify', 'valid');
      const approval = context.awakeable<{ outcome: string }>();
      tell({ kind: 'awaiting', dossier: dossier.id, awakeable: approval.id });
      const decision = await approval.promise;
      await record('approve', decision.outcome);
      await context.run('sign', () => {
        const text = JSON.stringify({ id: dossier.id, applicant: dossier.applicant, decision: decision.outcome });
        const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
        signatures += 1;
        return recordStep({ dossier: dossier.id, step: 'sign', outcome: 'signed', signature });
      });
      await record('notify', 'delivered');
      return { id: dossier.id, result: 'granted' };
    },
  },
});

const server = createServer(createEndpointHandler({ services: [dossiers] }));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  tell({ kind: 'listening', port: address.port });
});

let serverPid = 0;
process.on('message', (message: 'counts' | { serverPid: number }) => {
  if (message !== 'counts') {
    serverPid = message.serverPid;
    return;
  }
  const row = database.prepare('SELECT count(*) AS rows FROM step').get();
  tell({ kind: 'counts', rows: Number(row?.rows), signatures });
});

// The driver is gone, however it went: take the server, which knows nobody, along.
process.on('disconnect', () => {
  try {
    if (serverPid > 0) process.kill(serverPid, 'SIGKILL');
  } catch {
    // It had already ended.
  }
  process.exit(0);
});

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`expected ${name} in the environment`);
  return value;
}
