import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { syncPath } from '../adapters/local/backup/sync-path.ts';

/** No bag of ours comes near it. */
const MOST_BYTES = 2_000_000_000;

/** Every file of a folder by its path in it, with slashes. Throws on what is no plain file: a link may lead anywhere. */
export function readFolder(folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    if (!entry.isFile()) throw new Error(`${name}: expected a plain file`);
    bytes += lstatSync(path).size;
    if (bytes > MOST_BYTES) throw new Error(`expected at most ${MOST_BYTES} bytes`);
    files.set(name, new Uint8Array(readFileSync(path)));
  }
  return files;
}

/** Writes a folder that is not there yet, whole or not at all: beside it first, synced, then under its name. Its files can be read alone. */
export function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  if (existsSync(folder)) throw new Error(`${folder}: expected that it is not there yet`);
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  const folders = new Set<string>([part]);
  mkdirSync(part, { recursive: true, mode: 0o700 });
  for (const [name, bytes] of files) {
    const path = join(part, ...name.split('/'));
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    folders.add(dirname(path));
    writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 });
    syncPath(path);
    chmodSync(path, 0o400);
  }
  for (const each of folders) syncPath(each);
  renameSync(part, folder);
  syncPath(dirname(folder));
}
