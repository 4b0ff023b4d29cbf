import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signInThread } from '../adapters/local/pki/signing-thread.ts';
import { openDatabase } from '../adapters/local/sqlite.ts';

const MEASURED_MS = 2_000;
const SIGNING_AT_ONCE = 64;

export interface Yardsticks {
  /** SQLite transactions of four rows, one after another, each synced (WAL, synchronous=FULL). */
  durableTransactionsPerSecond: number;
  /** ES256 signatures over 600 bytes as the platform makes them, 64 asked for at once. */
  signaturesPerSecond: number;
}

/** What this machine can do at this moment, to judge the figures by. */
export async function measureYardsticks(folder: string | undefined): Promise<Yardsticks> {
  return {
    durableTransactionsPerSecond: await transactionsPerSecond(folder ?? tmpdir()),
    signaturesPerSecond: await signaturesPerSecond(),
  };
}

/** Transactions of four rows, each synced, in a database of its own that is thrown away at the end. */
async function transactionsPerSecond(folder: string): Promise<number> {
  const dir = mkdtempSync(join(folder, 'onetrack-yardstick-'));
  const database = openDatabase(join(dir, 'yardstick.db'));
  try {
    database.migrate([
      { id: 'yardstick-001', sql: 'CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT' },
    ]);
    const insert = database.prepare('INSERT INTO line (text) VALUES (?)');
    const text = 'x'.repeat(500);
    return await perSecond(1, () =>
      database.write(() => {
        for (let row = 0; row < 4; row += 1) insert.run(text);
      }),
    );
  } finally {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function signaturesPerSecond(): Promise<number> {
  const sign = openSigning();
  return perSecond(SIGNING_AT_ONCE, () => Promise.all(Array.from({ length: SIGNING_AT_ONCE }, sign)));
}

/** Makes ES256 signatures over 600 bytes, as the platform does. */
export function openSigning(): () => Promise<Uint8Array> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sign = signInThread(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })));
  const data = new Uint8Array(600).fill(65);
  return () => sign(data);
}

async function perSecond(each: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const begun = performance.now();
  let done = 0;
  while (performance.now() - begun < MEASURED_MS) {
    await work();
    done += each;
  }
  return (done * 1000) / (performance.now() - begun);
}
