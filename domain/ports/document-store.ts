import type { Upload } from './dossier-store.ts';

/**
 * Bytes of documents. The platform encrypts a dossier's documents under the dossier's key before they come here, and names them by 64 hexadecimal digits
 * that tell neither their content nor their digest to who has not that key.
 */
export interface DocumentStore {
  /** Durable when it resolves. Writing the same document again does nothing. */
  put(document: { dossier: string; name: string; bytes: Uint8Array }): Promise<void>;
  get(dossier: string, name: string): Promise<Uint8Array | undefined>;
  /** Removes all documents of a dossier whose key is destroyed; where a lock holds them, they are marked, and go when it ends. Repeatable. */
  removeAll(dossier: string): Promise<void>;
  /**
   * Where the bytes of an announced upload go: a PUT with these headers. Whoever has the address can put the bytes that were announced and no others;
   * whether they are of the announced type is judged when a submission names the upload, at the latest.
   */
  uploadAddress(upload: Upload, holds: Period): Promise<UploadAddress>;
  /** The same for one part of an upload that was announced in parts, counted from 1. */
  partAddress(upload: Upload, part: number, holds: Period): Promise<UploadAddress>;
  /** An upload that waits for a submission. Durable when it resolves. */
  putUpload(id: string, bytes: Uint8Array): Promise<void>;
  getUpload(id: string): Promise<Uint8Array | undefined>;
  /** One part of an upload, durable when it resolves; the same again replaces it. */
  putPart(id: string, part: number, bytes: Uint8Array): Promise<void>;
  getPart(id: string, part: number): Promise<Uint8Array | undefined>;
  /** What of an upload is there. */
  arrived(id: string): Promise<Arrived>;
  /** Removes an upload that was taken or has expired, with so many parts; removing one that is gone does nothing. */
  removeUpload(id: string, parts: number): Promise<void>;
  /**
   * Where a file can be fetched by a GET for so many seconds by whoever has the address, as a download under its name and type. Files that lie elsewhere
   * may be asked for `inPlace`: then they are drawn where they are led to, if their type can be.
   */
  handOut(file: HandedOut, seconds: number): Promise<string>;
}

/** Of an upload: whether all of it came at once, and which parts came, ascending. */
export interface Arrived {
  whole: boolean;
  parts: number[];
}

/** By the platform's clock, milliseconds since the epoch. */
export interface Period {
  from: number;
  until: number;
}

export interface UploadAddress {
  url: string;
  /** Must be sent as they are. */
  headers: Readonly<Record<string, string>>;
}

/** A file that leaves the platform in plain. */
export interface HandedOut {
  dossier: string;
  /** SHA-256 of a document of the dossier; absent for its evidence package. */
  document?: string;
  /** For the recipient. */
  name: string;
  mediaType: string;
  /** Of a PDF alone: what else strangers hand in must not be drawn in anybody's browser. */
  inPlace?: boolean;
  /** Makes the plain bytes. Called where they have to lie at the address before it is handed out; where they are made when fetched, not at all. */
  bytes: () => Promise<Uint8Array>;
}
