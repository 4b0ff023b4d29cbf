/** An RFC 3161 time-stamping authority. */
export interface TimestampAuthority {
  /**
   * Stamps a SHA-256 digest (32 bytes). The token has been checked against the request and the configured trust before it is returned.
   * Throws an error that may be retried when the authority is unreachable, and a terminal one when its answer cannot be used.
   */
  stamp(digest: Uint8Array): Promise<Timestamp>;
}

export interface Timestamp {
  /** DER ContentInfo with SignedData over TSTInfo. */
  token: Uint8Array;
  /** The authority's genTime, in milliseconds since the epoch. */
  time: number;
}
