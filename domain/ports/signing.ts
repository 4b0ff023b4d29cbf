/**
 * Keys that sign. All values are ES256: ECDSA on P-256 over SHA-256, written as r || s (64 bytes, RFC 7518 section 3.4).
 */

/** The organisations' keys: each unit has one of its own. */
export interface Seals {
  /** The seal of a unit, always the same object for the same unit. Throws `TaskTerminal` for a unit that has none, `TaskRetryable` where it cannot be said now. */
  of(unit: string): Promise<Seal>;
  /** The certificates of a unit's seal, as `certificateChain` has them; undefined where it has none. Makes none. */
  held(unit: string): Promise<readonly Uint8Array[] | undefined>;
}

/** One unit's key: AWS KMS there, a key file under a local authority here. Only the clerk's function or a law that allows automatic issue may use it. */
export interface Seal {
  /** DER certificates, the signer's own first, then each issuer up to the root. */
  certificateChain(): Promise<Uint8Array[]>;
  /** Signs the bytes, hashing them itself. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** The system's key that signs each event and each head. It proves which system wrote a record; it never stands for a person. */
export interface RecordKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  certificateChain(): Promise<Uint8Array[]>;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** The service that holds officials' own keys. The platform sends hashes and never sees a key or a PIN. */
export interface RemoteSigner {
  /** `undefined`: the service knows no such credential, or it is disabled. */
  credential(credentialId: string): Promise<SigningCredential | undefined>;
  /**
   * Signs one SHA-256 hash. `activation` is what the official obtained from the service for this very hash (the CSC's signature activation data).
   * Asked again with the same hash and activation while that is valid, it answers the same value: the step may be attempted twice.
   * A refusal is final for this activation; an unreachable or failing service throws an error that may be retried.
   */
  signHash(request: { credentialId: string; hash: Uint8Array; activation: string }): Promise<HashSignature>;
}

export interface SigningCredential {
  credentialId: string;
  /** DER certificates, the official's own first. */
  certificateChain: Uint8Array[];
}

export type HashSignature =
  | { ok: true; value: Uint8Array }
  | {
      ok: false;
      refusal: { code: 'activation-invalid' | 'activation-expired' | 'credential-unusable'; detail: string };
    };

/** A person's signature as it comes back: the value that the signing service made over the hash (r || s), or a detached CMS (DER) that another made over the document. */
export type PersonalSignature = { value: Uint8Array } | { cms: Uint8Array };

/** Whose certificate is expected. */
export interface CertificateOwner {
  /** Ids of which the certificate's subject has one as its serialNumber. */
  ids: readonly string[];
  /** PEM; with it this very certificate is expected and no other. */
  certificate?: string | undefined;
}

/** What authorities say about their certificates, DER: revocation lists (RFC 5280 section 5) and OCSP answers (RFC 6960). */
export interface RevocationEvidence {
  crls: readonly Uint8Array[];
  ocsps: readonly Uint8Array[];
}

/** Where it can be learned which certificates are revoked. */
export interface RevocationSource {
  /**
   * What is said of each certificate of a chain but its origin, the last: enough to tell whether it was revoked at that instant (milliseconds since the
   * epoch). Throws `TaskRetryable` where that cannot be learned now. The chain must lead to an origin that is trusted: its addresses are called.
   */
  about(chain: readonly Uint8Array[], at: number): Promise<RevocationEvidence>;
}
