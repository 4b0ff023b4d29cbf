import { sha256 } from '../../domain/chain.ts';

type Files = ReadonlyMap<string, Uint8Array>;

/** Why a folder is no whole bag: where, and what was expected. */
export interface BagFault {
  place: string;
  expected: string;
  found: string;
}

export interface BagInfo {
  dossier: string;
  procedure: string;
  /** YYYY-MM-DD. */
  date: string;
}

const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
const TAGS = ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt'] as const;
const TAG_MANIFEST = 'tagmanifest-sha256.txt';

/** The content of an evidence package as a bag (RFC 8493), with SHA-256 of every file: path below the bag, and bytes. */
export function bagOf(payload: Files, { dossier, procedure, date }: BagInfo): Map<string, Uint8Array> {
  const data = [...payload].map(([path, bytes]) => [`data/${path}`, bytes] as const).toSorted(byPath);
  const octets = data.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const info = [
    `Bag-Software-Agent: onetrack`,
    `Bagging-Date: ${date}`,
    `External-Identifier: ${dossier}`,
    `External-Description: Evidence package of a dossier, ${procedure}`,
    `Payload-Oxum: ${octets}.${data.length}`,
  ];
  const tags = new Map<string, Uint8Array>([
    ['bagit.txt', Buffer.from(DECLARATION)],
    ['bag-info.txt', Buffer.from(info.map((line) => `${line}\n`).join(''))],
    ['manifest-sha256.txt', Buffer.from(manifestOf(data))],
  ]);
  return new Map([...tags, [TAG_MANIFEST, Buffer.from(manifestOf([...tags].toSorted(byPath)))], ...data]);
}

/** The payload of a bag that is whole: every file listed is there and as listed, none is there that is not listed. Names of the payload lose their `data/`. */
export function openBag(
  files: Files,
): { ok: true; payload: Map<string, Uint8Array>; digest: string } | { ok: false; faults: [BagFault, ...BagFault[]] } {
  const faults: BagFault[] = [];
  const declaration = textOf(files.get('bagit.txt'));
  if (declaration !== DECLARATION)
    faults.push({ place: 'bagit.txt', expected: 'BagIt 1.0 in UTF-8', found: declaration.slice(0, 80) });
  const payload = [...files].filter(([path]) => path.startsWith('data/'));
  faults.push(...compare(files, 'manifest-sha256.txt', payload));
  const tags = [...files].filter(([path]) => !path.startsWith('data/') && path !== TAG_MANIFEST);
  faults.push(...compare(files, TAG_MANIFEST, tags));
  for (const tag of TAGS)
    if (!files.has(tag)) faults.push({ place: tag, expected: 'a file of every bag', found: 'none' });
  const octets = payload.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const said = /^Payload-Oxum: (\S+)$/m.exec(textOf(files.get('bag-info.txt')))?.[1] ?? 'none';
  const oxum = `${octets}.${payload.length}`;
  if (said !== oxum) faults.push({ place: 'bag-info.txt', expected: `Payload-Oxum: ${oxum}`, found: said });
  const [first, ...others] = faults;
  if (first) return { ok: false, faults: [first, ...others] };
  const digest = sha256(files.get(TAG_MANIFEST) ?? new Uint8Array());
  return { ok: true, payload: new Map(payload.map(([path, bytes]) => [path.slice('data/'.length), bytes])), digest };
}

function compare(files: Files, manifest: string, present: readonly (readonly [string, Uint8Array])[]): BagFault[] {
  const lines = textOf(files.get(manifest))
    .split('\n')
    .filter((line) => line !== '');
  const listed = new Map<string, string>();
  const faults: BagFault[] = [];
  for (const line of lines) {
    const [, digest, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (digest === undefined || path === undefined || listed.has(path))
      faults.push({ place: manifest, expected: 'a digest and a path, each path once', found: line.slice(0, 120) });
    else listed.set(path, digest);
  }
  const there = new Map(present);
  for (const [path, digest] of listed) {
    const bytes = there.get(path);
    const found = bytes ? sha256(bytes) : 'none';
    if (found !== digest) faults.push({ place: path, expected: `SHA-256 ${digest}`, found });
  }
  for (const path of there.keys())
    if (!listed.has(path)) faults.push({ place: path, expected: `a file that ${manifest} lists`, found: 'one more' });
  return faults;
}

function manifestOf(files: readonly (readonly [string, Uint8Array])[]): string {
  return files.map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`).join('');
}

function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}

function byPath([a]: readonly [string, Uint8Array], [b]: readonly [string, Uint8Array]): number {
  return a < b ? -1 : 1;
}
