import { createHash, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Arrived } from '../../domain/ports/document-store.ts';
import { checkDocumentName, checkPart, checkUploadName } from '../document-names.ts';
import { durableCalls, trialCalls, type FileCalls } from './file-calls.ts';
import { bytesOf, withDigest } from './file-digest.ts';
import { FolderSync } from './folder-sync.ts';
import type { StoredBytes } from './local-document-store.ts';

/**
 * Documents as files: `documents/<shard>/<dossier>.<name>` and `uploads/<shard>/<id>` (a part of an upload: `<id>.<part>`), 256 shards each. A file is written under `incoming/`, synced,
 * renamed into its place, and the folder that now names it is synced before the promise resolves. A document's digest stands behind it, so that who copies
 * files without their keys sees what is damaged. Names are checked against a closed alphabet, so no name leaves its folder.
 */
export class FileDocumentStore implements StoredBytes {
  readonly #root: string;
  readonly #files: FileCalls;
  readonly #folders: FolderSync;

  private constructor(root: string, files: FileCalls) {
    this.#root = root;
    this.#files = files;
    this.#folders = new FolderSync(files);
  }

  /**
   * Makes the folders and removes what a crash left half-written. One process owns the folder. A `trial`: what is written outlives the process but not the
   * power.
   */
  static async open(root: string, { trial = false }: { trial?: boolean } = {}): Promise<FileDocumentStore> {
    const files = trial ? trialCalls : durableCalls;
    const store = new FileDocumentStore(root, files);
    const incoming = join(root, 'incoming');
    for (const folder of [incoming, join(root, 'documents'), join(root, 'uploads')]) await store.#folders.make(folder);
    for (const name of await files.namesIn(incoming)) await files.remove(join(incoming, name));
    return store;
  }

  async put({ dossier, name, bytes }: { dossier: string; name: string; bytes: Uint8Array }): Promise<void> {
    const path = this.#documentPath(dossier, name);
    // Whoever wrote it before may not have synced the folder yet: a second writer answers for durability too.
    if (await this.#files.exists(path)) await this.#folders.sync(dirname(path));
    else await this.#write(path, withDigest(bytes));
  }

  async get(dossier: string, name: string): Promise<Uint8Array | undefined> {
    const file = await this.#files.read(this.#documentPath(dossier, name));
    // Earlier releases wrote no digest; whether the bytes are right is seen when they are decrypted.
    return file && (bytesOf(file) ?? file);
  }

  async removeAll(dossier: string): Promise<void> {
    const folder = dirname(this.#documentPath(dossier, '0'.repeat(64)));
    const names = await this.#files.namesIn(folder);
    const own = names.filter((name) => name.startsWith(`${dossier}.`));
    for (const name of own) await this.#files.remove(join(folder, name));
    if (own.length > 0) await this.#folders.sync(folder);
  }

  async putUpload(id: string, bytes: Uint8Array): Promise<void> {
    await this.#write(this.#uploadPath(id), bytes);
  }

  async getUpload(id: string): Promise<Uint8Array | undefined> {
    return this.#files.read(this.#uploadPath(id));
  }

  async putPart(id: string, part: number, bytes: Uint8Array): Promise<void> {
    await this.#write(this.#partPath(id, part), bytes);
  }

  async getPart(id: string, part: number): Promise<Uint8Array | undefined> {
    return this.#files.read(this.#partPath(id, part));
  }

  async arrived(id: string): Promise<Arrived> {
    const path = this.#uploadPath(id);
    const names = await this.#files.namesIn(dirname(path));
    const own = names.filter((name) => name.startsWith(`${id}.`)).map((name) => Number(name.slice(id.length + 1)));
    return { whole: names.includes(id), parts: own.toSorted((a, b) => a - b) };
  }

  async removeUpload(id: string, parts: number): Promise<void> {
    await this.#files.remove(this.#uploadPath(id));
    for (let part = 1; part <= parts; part += 1) await this.#files.remove(this.#partPath(id, part));
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const folder = dirname(path);
    await this.#folders.make(folder);
    const incoming = join(this.#root, 'incoming', randomUUID());
    try {
      await this.#files.write(incoming, bytes);
      await this.#files.rename(incoming, path);
    } catch (error) {
      await this.#files.remove(incoming);
      throw error;
    }
    await this.#folders.sync(folder);
  }

  #documentPath(dossier: string, name: string): string {
    checkDocumentName(dossier, name);
    return join(this.#root, 'documents', shardOf(dossier), `${dossier}.${name}`);
  }

  #uploadPath(id: string): string {
    checkUploadName(id);
    return join(this.#root, 'uploads', shardOf(id), id);
  }

  #partPath(id: string, part: number): string {
    checkPart(part);
    return `${this.#uploadPath(id)}.${part}`;
  }
}

function shardOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 2);
}
