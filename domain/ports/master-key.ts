/** The key under which each dossier's data key is kept: AWS KMS, or a key file on one machine. */
export interface MasterKey {
  /** `context` is bound to the result: unwrapping under another context fails. */
  wrap(key: Uint8Array, context: string): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array, context: string): Promise<Uint8Array>;
}
