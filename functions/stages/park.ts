import { park } from '../../domain/dossier/commands/stages.ts';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Refusal } from '../../schemas/refusals.ts';
import { append, appendSurely, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import type { StageCall } from './call.ts';

/** Parks the dossier in its present run, with the cause that a person will read. */
export function parkFor(dossier: Dossier, error: string, cause: string): Proposal {
  return {
    decision: park(dossier, { run: dossier.run, stage: dossier.stage ?? '', error, cause } as Parameters<
      typeof park
    >[1]),
    actor: { kind: 'platform' },
  };
}

/** The machine's parked state: nothing more happens until a person resumes the dossier, which starts a new run. */
export async function parkDossier(platform: Platform, call: StageCall): Promise<void> {
  const parked = await append(platform, call.dossierId, ({ dossier }) => ({
    decision: park(dossier, {
      run: call.run,
      error: 'Failed',
      cause: `stage ${call.stage} failed again and again; the engine's history says how`,
    }),
    actor: { kind: 'platform' },
  }));
  if (parked.ok) return;
  if (parked.refusal.code !== 'stale-run') throw new TaskRetryable(`park: ${parked.refusal.detail}`);
  await recordStale(platform, call, 'handler');
}

/** What a refused call of a stage fails with. A conflict passes, so the machine tries again; any other was stale, which is recorded, and no repetition helps. */
export async function failRefused(platform: Platform, call: StageCall, refusal: Refusal): Promise<never> {
  const cause = `stage ${call.stage}: ${refusal.detail}`;
  if (refusal.code === 'conflict') throw new TaskRetryable(cause);
  await recordStale(platform, call, 'handler');
  throw new TaskTerminal(cause);
}

/** Records that an older run's handler, token or timer came and was refused. */
export async function recordStale(
  platform: Platform,
  call: StageCall,
  source: 'handler' | 'token' | 'timer',
): Promise<void> {
  await appendSurely(platform, call.dossierId, ({ dossier }) => ({
    decision: {
      ok: true,
      events:
        call.run < dossier.run ? [{ type: 'CallRefused', data: { run: call.run, source, stage: call.stage } }] : [],
    },
    actor: { kind: 'platform' },
  }));
}
