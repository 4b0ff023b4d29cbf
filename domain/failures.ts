/**
 * Failures by who acts on them. The names are what Step Functions matches in `Retry` and `Catch`, so they are literals:
 * minifiers rename classes. Messages say what was expected and what came, in identifiers, never personal data.
 */

/** Something outside did not answer or asked to come back: the same attempt may succeed later. */
export class TaskRetryable extends Error {
  override readonly name = 'TaskRetryable';
  /** Milliseconds before which it is of no use to ask again, as whoever was asked has said. */
  readonly retryAfter: number | undefined;
  /** Milliseconds within which it has to be tried again, however often it has failed. */
  readonly within: number | undefined;
  constructor(
    message: string,
    { retryAfter, within, ...options }: ErrorOptions & { retryAfter?: number; within?: number } = {},
  ) {
    super(message, options);
    this.retryAfter = retryAfter;
    this.within = within;
  }
}

/** A dossier was disposed of: nothing more can be told to it, now or later. */
export class DossierGone extends Error {
  override readonly name = 'DossierGone';
}

/** An outside answer that cannot be used: no repetition helps, the dossier is parked for a person. */
export class TaskTerminal extends Error {
  override readonly name: string = 'TaskTerminal';
}
