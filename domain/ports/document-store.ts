/**
 * Bytes of documents. The platform encrypts a dossier's documents under the dossier's key before they come here,
 * and names them by the SHA-256 of their plain content.
 */
export interface DocumentStore {
  /** Durable when it resolves. Writing the same document again does nothing. */
  put(document: { dossier: string; sha256: string; bytes: Uint8Array }): Promise<void>;
  get(dossier: string, sha256: string): Promise<Uint8Array | undefined>;
  /** An upload that waits for a submission. Durable when it resolves. */
  putUpload(id: string, bytes: Uint8Array): Promise<void>;
  getUpload(id: string): Promise<Uint8Array | undefined>;
  /** Removes an upload that was taken or has expired; removing one that is gone does nothing. */
  removeUpload(id: string): Promise<void>;
}
