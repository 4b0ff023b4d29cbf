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

/** What must be there is not, or does not fit. Its message names identifiers alone. */
export class RecordsDisagree extends Error {
  override readonly name: string = 'RecordsDisagree';
}

/** What may be told and kept of a failure: of ours the message, of a defect its codes (`ENOSPC`) and place in the program alone. Its message may quote what it touched. */
export function tellableOf(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: `a ${typeof error} was thrown` };
  const { name, message, stack } = error;
  return { name, message: isOurs(error) ? message : `${codeOf(error)}at ${placeIn(stack)}` };
}

/** For what writes a failure into a log or a history that others read. */
export function rethrowTellable(error: unknown): never {
  const { name, message } = tellableOf(error);
  throw Object.assign(new Error(message), { name });
}

/** As the system and its libraries name what failed. */
function codeOf({ code, errcode, cause }: Error & { code?: unknown; errcode?: unknown }): string {
  const own = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? `${code} ` : '';
  // Of SQLite (https://sqlite.org/rescode.html): a full disk is 13, a malformed file 11.
  const number = typeof errcode === 'number' ? `${errcode} ` : '';
  return `${own}${number}${cause instanceof Error ? codeOf(cause) : ''}`;
}

/** Of several of ours at once the message says how many; of several sockets it is empty. */
function isOurs(error: Error): boolean {
  if (error instanceof AggregateError) return error.message !== '';
  return [TaskRetryable, TaskTerminal, DossierGone, RecordsDisagree].some((kind) => error instanceof kind);
}

/** File and line of a defect, without the message. */
export function placeIn(stack = ''): string {
  const [, file, line] = /\n\s+at .*?([\w.-]+\.\w+)(?:\?\w*)?(:\d+:\d+)/.exec(stack) ?? [];
  return file === undefined ? 'unknown' : `${file}${line}`;
}
