/** What an authority says about one of its certificates. Instants in milliseconds since the epoch. */
export interface Statement {
  /** When it was known. */
  from: number;
  /** Until when no newer word is to be had; absent: it does not say. */
  until?: number;
  /** Since when the certificate is revoked. */
  revoked?: number;
}
