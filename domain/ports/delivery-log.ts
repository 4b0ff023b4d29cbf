import type { Listing, Page } from './dossier-store.ts';

/** How long an attempt is remembered, in milliseconds: 14 days, well over the three in which a delivery is tried. */
export const ATTEMPTS_KEPT_MS = 14 * 86_400_000;

/** One attempt to deliver an event to a subscriber. */
export interface DeliveryAttempt {
  subscription: string;
  /** `webhook-id` of the message: the same at each attempt. */
  message: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** 1 for the first. */
  attempt: number;
  /** HTTP status of the answer; absent where none came. */
  status?: number;
  /** Why none came, or why nothing was sent. */
  failed?: string;
  /** Milliseconds. */
  took: number;
}

/** What became of deliveries, for those who look after a subscription. Not a part of the record: attempts are forgotten in time. */
export interface DeliveryLog {
  /** Writing the same attempt again changes nothing. */
  add(attempt: DeliveryAttempt): Promise<void>;
  /** Newest first. A cursor that this log did not hand out throws `InvalidCursor`. */
  list(subscription: string, page: Page): Promise<Listing<DeliveryAttempt>>;
}
