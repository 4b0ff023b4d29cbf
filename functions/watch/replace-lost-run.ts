import * as z from 'zod';
import { requestRun } from '../../domain/dossier/commands/stages.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { TaskRetryable } from '../../domain/failures.ts';
import { DossierId } from '../../schemas/ids.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import { append, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { parkFor } from '../stages/park.ts';

/** An execution that ended otherwise than by succeeding, as the engine tells of it. */
export const EndedExecution = z.object({
  /** Dossier and run. */
  name: z.string(),
  status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
});
export type EndedExecution = z.infer<typeof EndedExecution>;

/** A batch of the queue to which the engine's events of this kind go. */
const Batch = z.object({ Records: z.array(z.object({ body: z.string() })) });

/** The executions of a batch, one to each message. Throws on what is none: it then ends up where a person looks. */
export function executionsIn(event: unknown): EndedExecution[] {
  return Batch.parse(event).Records.map(({ body }) => EndedExecution.parse(JSON.parse(body)));
}

/** A replacement that fails within so many milliseconds would fail for ever. */
const HOPELESS_MS = 10 * 60_000;
const NOTHING: Proposal = { decision: { ok: true, events: [] }, actor: { kind: 'platform' } };

/**
 * An execution is gone and its dossier is not at its end: a new run begins at the stage. Nothing happens where the run was replaced already, the dossier is
 * parked or closed, or the name is not ours. A replacement that fails at once is not replaced again: the dossier is parked, a person looks.
 */
export async function replaceLostRun(platform: Platform, execution: EndedExecution): Promise<void> {
  const [, name, run] = /^(.+)-([1-9]\d*)$/.exec(execution.name) ?? [];
  const id = DossierId.safeParse(name);
  if (!id.success) return;
  const appended = await append(platform, id.data, async ({ dossier }) => {
    if (dossier.run !== Number(run) || dossier.stage === null || dossier.parked !== null) return NOTHING;
    if (execution.status !== 'ABORTED' && (await isFreshReplacement(platform, dossier)))
      return parkFor(dossier, 'ExecutionLost', `run ${dossier.run} ended as ${execution.status} as soon as it began`);
    const decision = requestRun(dossier, { stage: dossier.stage, reason: 'execution-lost' });
    return { decision, actor: { kind: 'platform' } };
  });
  // What this table does not know belongs to another installation.
  if (appended.ok || appended.refusal.code === 'unknown-dossier') return;
  throw new TaskRetryable(`watch: ${appended.refusal.code}: ${appended.refusal.detail}`);
}

/** Whether the last thing that happened to the dossier is that its run was replaced, a moment ago. */
async function isFreshReplacement({ store, clock }: Platform, dossier: Dossier): Promise<boolean> {
  const [last] = await store.events(dossier.id, dossier.version - 1);
  if (!last) return false;
  const event = upcastEvent(last.event);
  return (
    event.type === 'RunRequested' &&
    event.data.reason === 'execution-lost' &&
    clock.now() - Date.parse(event.at) < HOPELESS_MS
  );
}
