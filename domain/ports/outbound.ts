/** Messages to addresses that somebody outside has named: subscribers of events. */
export interface Outbound {
  /** Why nothing is ever sent to this address; undefined: it may be tried. A name is judged by what it stands for at each sending. */
  refuses(url: string): Promise<string | undefined>;
  /** One POST. Follows no redirect, reads no answer beyond its head, ends within seconds. Whatever happens outside is answered, not thrown. */
  post(message: OutboundMessage): Promise<OutboundAnswer>;
}

export interface OutboundMessage {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Why no answer came. `address-refused`: the name stands for an address that nothing is sent to. */
export type OutboundFailure = 'address-refused' | 'no-such-name' | 'timeout' | 'no-connection';

/** `took` in milliseconds; `retryAfter` in milliseconds from now, as the answer asks (RFC 9110, 10.2.3). */
export type OutboundAnswer =
  { status: number; took: number; retryAfter?: number } | { failed: OutboundFailure; took: number };
