import { placeIn, TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import { InvalidCursor } from '../../domain/ports/dossier-store.ts';
import { RecordTooLarge } from '../../domain/ports/registry.ts';
import { type Answered, RequestRefused } from './problem.ts';
import type { Surface } from './surface.ts';

/** What is answered to an error. What is nobody's refusal goes to the log. */
export function explainError(
  surface: Pick<Surface, 'log'>,
  error: unknown,
  where: { method: string; path: string },
): Answered {
  if (error instanceof RequestRefused) return error.refusal;
  if (error instanceof InvalidCursor) return { code: 'malformed', detail: error.message };
  if (error instanceof RecordTooLarge) return { code: 'too-large', detail: error.message };
  if (error instanceof TaskTerminal && error.name === 'NothingToDecideBy')
    return { code: 'form-invalid', detail: 'the procedure finds nothing to decide by' };
  const code = error instanceof TaskRetryable ? 'try-again' : 'internal-error';
  const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined };
  // The message stays inside: it may quote what a defect touched.
  surface.log({ level: 'error', code, error: name, ...where, where: placeIn(stack) });
  return code === 'try-again'
    ? { code, detail: 'something this needs does not answer; try again' }
    : { code, detail: 'something went wrong here; it has been recorded' };
}

/** Ids of dossiers, tasks, uploads, subscriptions. */
const KNOWN_ID = /^[a-z][0-9a-hjkmnp-tv-z]{26}(\.\w+)*$/;

/** A path as the log may keep it: by its route, with the ids in it. What else stands in an address was typed by somebody, or proves something. */
export function loggedPath(path: string, route: string): string {
  const given = path.split('/');
  return route
    .split('/')
    .map((part, at) => (part.startsWith(':') && KNOWN_ID.test(given[at] ?? '') ? given[at] : part))
    .join('/');
}
