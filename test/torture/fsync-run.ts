import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { createFileMasterKey } from '../../adapters/local/file-master-key.ts';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { documentName } from '../../functions/dossiers/documents.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { checkTrace, type Expected, type TraceReport } from './check-trace.ts';
import { type Acknowledged, CommandClient } from './client.ts';
import { openTortureHouse, type ServerSettings, startServer } from './house.ts';
import { readRecords } from './read-records.ts';
import { readTrace } from './read-trace.ts';
import { driveBench, driveCard } from './ways.ts';

export interface FsyncReport extends TraceReport {
  dossiers: number;
  /** Acknowledgements by kind of command. */
  commands: Record<string, number>;
  documents: number;
  calls: number;
}

/** Calls that can make something durable, name it, or tell a client; reads of sockets say which request an answer belongs to. */
const CALLS = [
  'read,recvfrom,recvmsg,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg',
  'fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat',
].join(',');

export function straceIsThere(): boolean {
  return spawnSync('strace', ['-V']).error === undefined;
}

/** Runs dossiers through a traced server and checks the order of its system calls. */
export async function traceDossiers(options: {
  dossiers: number;
  clients: number;
  sabotage?: ServerSettings['sabotage'];
}): Promise<FsyncReport> {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-fsync-'));
  const house = await openTortureHouse(dir);
  const settings = { ...house.settings, ...(options.sabotage && { sabotage: options.sabotage }) };
  const trace = join(dir, 'trace.txt');
  try {
    const server = await startServer(settings, { command: tracer(trace) }).listening;
    const client = new CommandClient(settings.url);
    const issuer = await openIssuer(dir, settings.url);
    const drivers = { client, issuer, secret: house.secret, signerUrl: settings.signer.url, twice: () => false };
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < options.dossiers; index = next++)
        await (index % 2 === 0
          ? driveCard(drivers, String(index), index % 4 === 0 ? 'thu-lam' : 'dong-anh')
          : driveBench(drivers, String(index)));
    };
    await Promise.all(Array.from({ length: options.clients }, worker));
    const records = await readRecords(client, await issuer.issueToken({ subject: 'admin', role: 'admin' }));
    await server.stop();
    const lines: string[] = [];
    for await (const line of createInterface({ input: createReadStream(trace, 'latin1') })) lines.push(line);
    const calls = readTrace(lines);
    const names = await documentNames(dir, records);
    const expected = client.acknowledged.map((each) => expectationOf(each, records, names));
    const kinds = Object.groupBy(client.acknowledged, ({ command }) => command.kind);
    return {
      ...checkTrace(calls, expected),
      dossiers: records.size,
      commands: Object.fromEntries(Object.entries(kinds).map(([kind, each]) => [kind, each.length])),
      documents: new Set(expected.flatMap(({ documents }) => documents.map((document) => document.name))).size,
      calls: calls.length,
    };
  } finally {
    await house.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function tracer(output: string): string[] {
  // libuv's io_uring, off by default, would hide writes from a tracer.
  const settings = ['-E', 'UV_USE_IO_URING=0', '--strings-in-hex=non-ascii-chars', '-s', '8192'];
  return ['strace', '-f', '-ttt', '-yy', ...settings, '-e', `trace=${CALLS}`, '-o', output];
}

/** What has to be on the disk before this command may be answered. */
function expectationOf(
  { command, answers }: Acknowledged,
  records: ReadonlyMap<string, readonly ChainedEvent[]>,
  names: NamesOf,
): Expected {
  const told = answers[0]?.body ?? '';
  const { kind, key: name } = command;
  if (kind === 'announce') {
    const { id } = JSON.parse(told) as { id: string };
    return {
      name,
      response: `"id":"${id}"`,
      row: new RegExp(`"id":"${id}"[^}]*"state":"expected"`),
      uploads: [],
      documents: [],
    };
  }
  if (kind === 'upload') {
    const [, id = ''] = /\/uploads\/(\w+)/.exec(command.path) ?? [];
    const row = new RegExp(`"id":"${id}"[^}]*"state":"expected"`);
    return { name, request: `PUT /v1/uploads/${id}`, row, uploads: [id], documents: [] };
  }
  const { id, head } = JSON.parse(told) as { id: string; head: { seq: number; hash: string } };
  const record = records.get(id)?.slice(0, head.seq) ?? [];
  const documents = record
    .flatMap(({ event }) => documentsOf(event))
    .map((digest) => ({ dossier: id, name: names(id, digest) }));
  return { name, response: `"hash":"${head.hash}"`, row: new RegExp(head.hash), uploads: [], documents };
}

type NamesOf = (dossier: string, digest: string) => string;

/** Under which names a server that has ended keeps documents: only who has its keys can tell. */
async function documentNames(dir: string, records: ReadonlyMap<string, unknown>): Promise<NamesOf> {
  const masterKey = createFileMasterKey(join(dir, 'keys', 'master.key'));
  const database = new DatabaseSync(join(dir, 'onetrack.db'), { readOnly: true });
  const wrapped = database.prepare('SELECT key FROM dossier_key JOIN dossier ON no = dossier WHERE id = ?');
  const keys = new Map<string, Uint8Array>();
  for (const id of records.keys()) keys.set(id, await masterKey.unwrap(wrapped.get(id)?.['key'] as Uint8Array, id));
  database.close();
  return (dossier, digest) => documentName(keys.get(dossier) ?? new Uint8Array(), digest);
}

function documentsOf({ data }: ChainedEvent['event']): string[] {
  const handedIn = Array.isArray(data['documents']) ? (data['documents'] as { sha256: string }[]) : [];
  const made = typeof data['document'] === 'string' ? [data['document']] : [];
  return [...handedIn.map(({ sha256 }) => sha256), ...made];
}
