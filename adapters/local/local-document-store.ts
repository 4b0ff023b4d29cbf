import type { Upload } from '../../domain/ports/dossier-store.ts';
import type { Arrived, DocumentStore, HandedOut, Period, UploadAddress } from '../../domain/ports/document-store.ts';
import { checkDocumentName } from '../document-names.ts';
import type { Database } from './sqlite.ts';

/** Documents up to this size, in bytes, are rows: a file of its own would cost two syncs, a row shares the commit that is due anyway. */
const SMALL = 32_768;

/** What is called `sha256` there is the document's name. */
const MIGRATIONS = [
  {
    id: 'document-001',
    sql: 'CREATE TABLE document (id INTEGER PRIMARY KEY, dossier TEXT NOT NULL, sha256 TEXT NOT NULL, bytes BLOB NOT NULL, UNIQUE (dossier, sha256)) STRICT',
  },
];

/** Addresses of the API, signed: by them bytes come and go on one machine. */
export type SignedAddresses = Pick<DocumentStore, 'uploadAddress' | 'partAddress' | 'handOut'>;
/** A document store that keeps bytes and hands out no addresses. */
export type StoredBytes = Omit<DocumentStore, keyof SignedAddresses>;

/** Documents on one machine: small ones as rows in the database, large ones and uploads as files. The database belongs to its opener. */
export class LocalDocumentStore implements DocumentStore {
  readonly #database: Database;
  readonly #files: StoredBytes;
  readonly #addresses: SignedAddresses;

  /** Migrates the database; reads nothing else. */
  constructor(database: Database, files: StoredBytes, addresses: SignedAddresses) {
    database.migrate(MIGRATIONS);
    this.#database = database;
    this.#files = files;
    this.#addresses = addresses;
  }

  async put(document: { dossier: string; name: string; bytes: Uint8Array }): Promise<void> {
    const { dossier, name, bytes } = document;
    if (bytes.length > SMALL) return this.#files.put(document);
    checkDocumentName(dossier, name);
    await this.#database.write(() => {
      this.#database
        .prepare('INSERT INTO document (dossier, sha256, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(dossier, name, bytes);
    });
  }

  async get(dossier: string, name: string): Promise<Uint8Array | undefined> {
    checkDocumentName(dossier, name);
    const row = this.#database
      .prepare('SELECT bytes FROM document WHERE dossier = ? AND sha256 = ?')
      .get(dossier, name);
    return row?.['bytes'] instanceof Uint8Array ? this.#database.durable(row['bytes']) : this.#files.get(dossier, name);
  }

  async removeAll(dossier: string): Promise<void> {
    checkDocumentName(dossier, '0'.repeat(64));
    await this.#database.write(() => {
      this.#database.prepare('DELETE FROM document WHERE dossier = ?').run(dossier);
    });
    await this.#files.removeAll(dossier);
  }

  putUpload(id: string, bytes: Uint8Array): Promise<void> {
    return this.#files.putUpload(id, bytes);
  }

  getUpload(id: string): Promise<Uint8Array | undefined> {
    return this.#files.getUpload(id);
  }

  putPart(id: string, part: number, bytes: Uint8Array): Promise<void> {
    return this.#files.putPart(id, part, bytes);
  }

  getPart(id: string, part: number): Promise<Uint8Array | undefined> {
    return this.#files.getPart(id, part);
  }

  arrived(id: string): Promise<Arrived> {
    return this.#files.arrived(id);
  }

  removeUpload(id: string, parts: number): Promise<void> {
    return this.#files.removeUpload(id, parts);
  }

  uploadAddress(upload: Upload, holds: Period): Promise<UploadAddress> {
    return this.#addresses.uploadAddress(upload, holds);
  }

  partAddress(upload: Upload, part: number, holds: Period): Promise<UploadAddress> {
    return this.#addresses.partAddress(upload, part, holds);
  }

  handOut(file: HandedOut, seconds: number): Promise<string> {
    return this.#addresses.handOut(file, seconds);
  }
}
