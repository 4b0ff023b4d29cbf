import { zipSync } from 'fflate';
import { readZip } from '../evidence/zip-reader.ts';
import { element, writeXml } from './canonical-xml.ts';

/** Of an associated signature container, extended, with XAdES signatures (ETSI EN 319 162-1 section 4.4). */
export const CONTAINER_TYPE = 'application/vnd.etsi.asic-e+zip';

/** What a container may hold beside its signatures, by the ends of their names. */
const TYPES: Readonly<Record<string, string>> = { pdf: 'application/pdf', json: 'application/json' };
const MIMETYPE = 'mimetype';
const MANIFEST = 'META-INF/manifest.xml';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const signaturePath = (index: number): string => `META-INF/signatures${index}.xml`;
const LIMITS = { entries: 40, ratio: 1 };

export interface Container {
  /** What is signed, by name, in its order. */
  files: ReadonlyMap<string, Uint8Array>;
  /** Each an `asic:XAdESSignatures` with one signature, in the order of signing. */
  signatures: readonly string[];
}

/** The container's bytes: `mimetype` first, everything stored as it is. The same parts give the same bytes. */
export function writeContainer({ files, signatures }: Container): Uint8Array {
  const entries: Record<string, Uint8Array> = { [MIMETYPE]: Buffer.from(CONTAINER_TYPE) };
  for (const [name, bytes] of files) entries[name] = bytes;
  entries[MANIFEST] = Buffer.from(manifestOf([...files.keys()]));
  for (const [index, signature] of signatures.entries())
    entries[signaturePath(index)] = Buffer.from(`${DECLARATION}${signature}`);
  // DOS time is local time: a date made of local parts is the same bytes everywhere.
  const plain = Object.fromEntries(Object.entries(entries).map(([name, bytes]) => [name, new Uint8Array(bytes)]));
  return zipSync(plain, { level: 0, mtime: new Date(1980, 0, 1) });
}

/** Reads a container that `writeContainer` has written, and no other; throws for one. */
export function readContainer(bytes: Uint8Array): Container {
  // Everything is stored as it is: what would come out larger is not ours.
  const unpacked = readZip(bytes, { ...LIMITS, total: bytes.length });
  if (!unpacked.ok) {
    const [fault] = unpacked.faults;
    throw new Error(
      `expected a container, got ${fault?.fault ?? 'something else'} at ${fault?.place ?? 'its beginning'}`,
    );
  }
  const inside = [...unpacked.files].filter(([name]) => name !== MIMETYPE && name !== MANIFEST);
  const files = new Map(inside.filter(([name]) => !name.startsWith('META-INF/')));
  const signatures = inside.length - files.size;
  const texts = Array.from({ length: signatures }, (_, index) => {
    const text = Buffer.from(unpacked.files.get(signaturePath(index)) ?? []).toString('utf8');
    if (!text.startsWith(DECLARATION)) throw new Error(`expected ${signaturePath(index)} in the container`);
    return text.slice(DECLARATION.length);
  });
  const container = { files, signatures: texts };
  if (Buffer.compare(writeContainer(container), bytes) !== 0)
    throw new Error('expected a container that holds its files, manifest and signatures and nothing else, in our form');
  return container;
}

/** The media type by which manifest and signatures name a file. */
export function typeOf(name: string): string {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  if (type === undefined || name.includes('/'))
    throw new Error(`expected a file that a container may hold, got ${name}`);
  return type;
}

/** ODF 1.2 part 3, section 4: what the container holds, signatures apart. */
function manifestOf(names: readonly string[]): string {
  const entry = (path: string, type: string) =>
    element('manifest:file-entry', { 'manifest:full-path': path, 'manifest:media-type': type });
  return `${DECLARATION}${writeXml(
    element(
      'manifest:manifest',
      { 'manifest:version': '1.2' },
      entry('/', CONTAINER_TYPE),
      ...names.map((name) => entry(name, typeOf(name))),
    ),
  )}`;
}
