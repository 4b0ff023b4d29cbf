/**
 * Failures by who acts on them. The names are what Step Functions matches in `Retry` and `Catch`, so they are literals:
 * minifiers rename classes. Messages say what was expected and what came, in identifiers, never personal data.
 */

/** Something outside did not answer or asked to come back: the same attempt may succeed later. */
export class TaskRetryable extends Error {
  override readonly name = 'TaskRetryable';
}

/** An outside answer that cannot be used: no repetition helps, the dossier is parked for a person. */
export class TaskTerminal extends Error {
  override readonly name: string = 'TaskTerminal';
}
