import { bytesOf, descriptorOf, stringsOf, type TracedCall } from './read-trace.ts';

/** An acknowledgement that clients were given, and what must be durable before its first byte leaves. */
export interface Expected {
  name: string;
  /** Text of the response, or of the request that it answers, by which it is found in the trace. */
  response?: string;
  request?: string;
  /** What a synced transaction of the database must contain. */
  row: RegExp;
  /** Uploads: files that must be synced, and so must be the folders that name them. */
  uploads: readonly string[];
  /** Documents of a dossier: each a synced file, or a row of a synced transaction. */
  documents: readonly { dossier: string; name: string }[];
}

export interface TraceReport {
  acknowledgements: number;
  transactions: number;
  syncs: number;
  faults: string[];
}

/** Finds every acknowledgement that was written to its socket before what it acknowledges was on the disk. */
export function checkTrace(calls: readonly TracedCall[], expected: readonly Expected[]): TraceReport {
  const disk = new Disk();
  const unseen = new Set(expected);
  const requests = new Map<string, string>();
  const faults: string[] = [];
  for (const { call, at } of inOrder(calls)) {
    const target = descriptorOf(call);
    if (!target.startsWith('tcp ')) {
      disk.saw(call, at, target);
      continue;
    }
    if (at === 'end' && /^(read|recv)/.test(call.name)) {
      const [line] = /^[A-Z]+ \/\S* HTTP\/1\.1/.exec(bytesOf(call)) ?? [];
      if (line !== undefined) requests.set(target, line);
    }
    if (at !== 'begin' || !/^(write|send)/.test(call.name)) continue;
    const response = bytesOf(call);
    if (!/^HTTP\/1\.1 2\d\d /.test(response)) continue;
    const request = requests.get(target) ?? '';
    const found = [...unseen].find((each) => isMet(each, request, response));
    if (found) unseen.delete(found);
    faults.push(...(found ? disk.missing(found) : disk.shownTooEarly(request, response)));
  }
  for (const { name } of unseen) faults.push(`${name}: its acknowledgement is not in the trace`);
  const { transactions, syncs } = disk;
  return { acknowledgements: expected.length - unseen.size, transactions, syncs, faults };
}

function isMet(expected: Expected, request: string, response: string): boolean {
  return (
    (expected.request !== undefined && request.startsWith(expected.request)) ||
    (expected.response !== undefined && !request.startsWith('GET ') && response.includes(expected.response))
  );
}

interface Moment {
  call: TracedCall;
  at: 'begin' | 'end';
}

function inOrder(calls: readonly TracedCall[]): Moment[] {
  const moments = calls.flatMap((call): (Moment & { place: number })[] => [
    { call, at: 'begin', place: call.begin },
    { call, at: 'end', place: call.end },
  ]);
  // A call on one line begins and ends at its place; the sort is stable.
  return moments.filter(({ place }) => place < Infinity).sort((a, b) => a.place - b.place);
}

interface Transaction {
  pages: string;
  durable: boolean;
}

interface Entry {
  folder: string;
  durable: boolean;
}

interface Content {
  durable: boolean;
  writes: number;
}

const FRAME_HEADER = 24;

/** What a disk would hold after a power cut, as far as the calls seen so far compel it to. */
class Disk {
  transactions = 0;
  syncs = 0;
  readonly #committed: Transaction[] = [];
  readonly #contents = new Map<string, Content>();
  readonly #entries = new Map<string, Entry>();
  /** For each sync under way, what it will have made durable. */
  readonly #covered = new Map<TracedCall, (() => void)[]>();
  #frames = '';
  #commits = false;

  saw(call: TracedCall, at: 'begin' | 'end', target: string): void {
    if (/^f(data)?sync$/.test(call.name)) this.#sync(call, at, target);
    else if (at === 'begin' && /^p?write/.test(call.name)) this.#dirty(target);
    else if (at === 'end' && call.returned !== undefined && call.returned >= 0) this.#done(call, target);
  }

  #done(call: TracedCall, target: string): void {
    if (/^p?write/.test(call.name) && target.endsWith('-wal')) this.#frame(bytesOf(call));
    else if (call.name.startsWith('rename')) this.#rename(stringsOf(call));
    else if (call.name.startsWith('mkdir')) this.#name(stringsOf(call)[0] ?? '');
  }

  /** SQLite's WAL format: 24 bytes of frame header and a page; a header whose bytes 4 to 8 are not zero ends a transaction. */
  #frame(bytes: string): void {
    if (bytes.length === FRAME_HEADER) {
      this.#commits = /[^\0]/.test(bytes.slice(4, 8));
      return;
    }
    if (bytes.length < 512) return;
    this.#frames += bytes;
    if (!this.#commits) return;
    this.#committed.push({ pages: this.#frames, durable: false });
    this.transactions += 1;
    this.#frames = '';
    this.#commits = false;
  }

  #dirty(path: string): void {
    const content = this.#contents.get(path) ?? { durable: false, writes: 0 };
    content.durable = false;
    content.writes += 1;
    this.#contents.set(path, content);
  }

  #rename([from = '', to = '']: string[]): void {
    const content = this.#contents.get(from);
    if (content) this.#contents.set(to, content);
    this.#contents.delete(from);
    this.#name(to);
  }

  #name(path: string): void {
    this.#entries.set(path, { folder: folderOf(path), durable: false });
  }

  /** A sync covers what was done before it began, once it has returned without an error. */
  #sync(call: TracedCall, at: 'begin' | 'end', target: string): void {
    if (at === 'begin') {
      this.#covered.set(call, this.#coveredBy(target));
      return;
    }
    if (call.returned !== 0) return;
    this.syncs += 1;
    for (const settle of this.#covered.get(call) ?? []) settle();
    this.#covered.delete(call);
  }

  #coveredBy(target: string): (() => void)[] {
    const settle = (each: { durable: boolean }) => () => void (each.durable = true);
    if (target.endsWith('-wal')) return this.#committed.filter(({ durable }) => !durable).map(settle);
    const content = this.#contents.get(target);
    const writes = content?.writes;
    return [
      ...(content ? [() => void (content.durable = content.writes === writes)] : []),
      ...[...this.#entries.values()].filter(({ folder }) => folder === target).map(settle),
    ];
  }

  missing({ name, row, uploads, documents }: Expected): string[] {
    const files = [
      ...uploads,
      // Small documents are rows: dossier and name stand side by side before the bytes.
      ...documents
        .filter((document) => !this.#isDurable((pages) => pages.includes(`${document.dossier}${document.name}`)))
        .map((document) => `${document.dossier}.${document.name}`),
    ];
    return [
      ...(this.#isDurable((pages) => row.test(pages)) ? [] : [`${name}: acknowledged before its rows were synced`]),
      ...files.flatMap((file) => this.#missingFile(file).map((fault) => `${name}: acknowledged before ${fault}`)),
    ];
  }

  /** Whatever else an answer shows of a record must be durable too. */
  shownTooEarly(request: string, response: string): string[] {
    const [, hash] = /"head":\{"seq":\d+,"hash":"([0-9a-f]{64})"/.exec(response) ?? [];
    if (hash === undefined || this.#isDurable((pages) => pages.includes(hash))) return [];
    return [`${request}: shows head ${hash} before it was synced`];
  }

  #isDurable(holds: (pages: string) => boolean): boolean {
    return this.#committed.some(({ durable, pages }) => durable && holds(pages));
  }

  #missingFile(file: string): string[] {
    const [path] = [...this.#entries.keys()].filter((each) => each.endsWith(`/${file}`));
    if (path === undefined) return [`${file} was a file or a row`];
    const faults = this.#contents.get(path)?.durable === true ? [] : [`the bytes of ${file} were synced`];
    for (let named = path; named.includes('/'); named = folderOf(named))
      if (this.#entries.get(named)?.durable === false) faults.push(`the folder of ${named} was synced`);
    return faults;
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
