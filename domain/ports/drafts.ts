import { ANSWERS_KEPT_MS } from './dossier-store.ts';

/** So long after it was last saved a draft is kept, in milliseconds: not longer than a submission under its id is known again. */
export const DRAFTS_KEPT_MS = ANSWERS_KEPT_MS;

/** An application or an answer that is not handed in yet, as it is kept: what was entered is sealed under the draft's own key, which goes with it. */
export interface KeptDraft {
  /** The person, as a keyed digest. */
  owner: string;
  id: string;
  procedure: string;
  /** The task of a dossier that it answers; absent: an application. */
  task?: string;
  version: string;
  /** 1 when it is new, one more each time it is saved. */
  revision: number;
  /** Milliseconds since the epoch; from `expires` on it is gone. */
  saved: number;
  expires: number;
  wrappedKey: Uint8Array;
  sealed: Uint8Array;
}

/** Drafts by their owner. What has expired is never answered, and is removed some time after. */
export interface Drafts {
  /** Durable when it resolves. `conflict`: the one that is kept is not of the revision before. */
  put(draft: KeptDraft, now: number): Promise<'put' | 'conflict'>;
  get(owner: string, id: string, now: number): Promise<KeptDraft | undefined>;
  /** Of one person, the one that was saved last first. */
  list(owner: string, now: number): Promise<KeptDraft[]>;
  /** Removing one that is gone does nothing. */
  remove(owner: string, id: string): Promise<void>;
  /** Removes what has expired, where the store does not do so by itself. */
  removeExpired(now: number): Promise<void>;
}
