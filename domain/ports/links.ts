/** A one-time link as it is kept: who has the token can be found by its digest, and the token by nobody. */
export interface KeptLink {
  /** SHA-256 of the token, lower-case hexadecimal. */
  digest: string;
  /** Id of the link; several tokens may stand for it, where a mail was written anew. */
  link: string;
  task: string;
  official: string;
  /** The official’s own office. */
  unit: string;
  role: string;
  /** By which he is to act, where the task is not his own office’s. */
  instrument?: string;
  /** Until when, milliseconds since the epoch. */
  until: number;
}

/** One-time links by the digest of their token. They are forgotten some time after their end. */
export interface Links {
  put(link: KeptLink): Promise<void>;
  get(digest: string): Promise<KeptLink | undefined>;
}
