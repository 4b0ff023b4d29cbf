import { refusedPage } from '../refused.ts';
import { AT, type Visit } from '../visit.ts';

/** Takes a task, or gives it back. */
export async function takingStep(visit: Visit, task: string, verb: 'claim' | 'release'): Promise<Response> {
  const at = encodeURIComponent(task);
  const taken = await visit.api.post(`/tasks/${at}/${verb}`, {});
  return taken.ok
    ? visit.c.redirect(`${AT}/tasks/${at}`, 303)
    : refusedPage(visit, taken.problem, { back: `${AT}/tasks/${at}` });
}
