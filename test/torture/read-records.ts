import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createLocalPki } from '../../adapters/local/pki/local-pki.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import type { CommandClient } from './client.ts';

/** The record of every dossier, read through the API: which there are by the feed, each by its own events. */
export async function readRecords(client: CommandClient, token: string): Promise<Map<string, ChainedEvent[]>> {
  const dossiers = new Set<string>();
  for (let after = ''; ;) {
    const path = `/v1/events?limit=500${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`;
    const { items, cursor } = (await client.read(path, token)) as { items: { subject: string }[]; cursor: string };
    for (const { subject } of items) dossiers.add(subject);
    if (items.length === 0) break;
    after = cursor;
  }
  const records = new Map<string, ChainedEvent[]>();
  for (const id of dossiers) {
    const { items } = await client.read(`/v1/dossiers/${id}/events`, token);
    records.set(id, items as ChainedEvent[]);
  }
  return records;
}

/** The public record key of a data folder, by its id. */
export async function recordKeyOf(dir: string): Promise<(kid: string) => KeyObject | undefined> {
  const key = await createLocalPki(join(dir, 'ca'), { now: () => Date.now() }).recordKey();
  const [certificate = new Uint8Array()] = await key.certificateChain();
  const { publicKey } = new X509Certificate(certificate);
  return (kid) => (kid === key.kid ? publicKey : undefined);
}

/** Neither running nor succeeded; an execution that gave way to a newer run of its dossier did not fail. */
const FAILED = `status NOT IN (0, 1) AND error IS NOT 'NewRun'`;

/** What the platform still has to do, in words, once it has had `patienceMs` to do it; empty: nothing. */
export async function findLeftovers(dir: string, patienceMs: number): Promise<string[]> {
  const database = new DatabaseSync(join(dir, 'onetrack.db'), { readOnly: true, timeout: 5_000 });
  try {
    const count = (sql: string): number => Number(database.prepare(sql).get()?.['n']);
    const end = Date.now() + patienceMs;
    for (;;) {
      const left = {
        'outbox rows': count('SELECT count(*) AS n FROM outbox'),
        'running executions': count('SELECT count(*) AS n FROM engine_execution WHERE status = 0'),
        'failed executions': count(`SELECT count(*) AS n FROM engine_execution WHERE ${FAILED}`),
        'timers of closed dossiers': count('SELECT count(*) AS n FROM timer'),
      };
      const found = Object.entries(left).filter(([, n]) => n > 0);
      if (found.length === 0) return [];
      if (Date.now() > end) return [...found.map(([what, n]) => `${n} ${what} are left over`), ...failuresOf(database)];
      await pause(100);
    }
  } finally {
    database.close();
  }
}

/** Why executions failed. */
function failuresOf(database: DatabaseSync): string[] {
  const rows = database
    .prepare(`SELECT name, status, error, cause FROM engine_execution WHERE ${FAILED} LIMIT 5`)
    .all();
  return rows.map((row) => `execution ${Object.values(row).map(String).join(' ')}`);
}

/** Every document of these records can be fetched, and its bytes are those of its digest. */
export async function findLostDocuments(
  fetchDocument: (dossier: string, digest: string) => Promise<Uint8Array>,
  records: ReadonlyMap<string, readonly ChainedEvent[]>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const [dossier, record] of records)
    for (const digest of documentsOf(record)) {
      const bytes = await fetchDocument(dossier, digest).catch(() => undefined);
      const found = bytes && createHash('sha256').update(bytes).digest('hex');
      if (found !== digest) faults.push(`${dossier}: document ${digest} is ${bytes ? 'another' : 'lost'}`);
    }
  return faults;
}

/** Documents handed in, and papers once sealed. */
function documentsOf(record: readonly ChainedEvent[]): string[] {
  return record.flatMap(({ event: { type, data } }) => {
    if (type === 'DossierSubmitted') return (data['documents'] as { sha256: string }[]).map(({ sha256 }) => sha256);
    return type === 'IssueSealed' ? [String(data['document'])] : [];
  });
}
