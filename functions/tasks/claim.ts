import { couldDo, refuseCandidate } from '../../domain/authority/candidate.ts';
import type { Organisation } from '../../domain/authority/organisation.ts';
import type { Decision } from '../../domain/dossier/commands/decision.ts';
import { handTaskOver, reassignTask, refuseHandOver, refuseHead } from '../../domain/dossier/commands/handing-over.ts';
import { claimTask, releaseTask } from '../../domain/dossier/commands/tasks.ts';
import type { Dossier, TaskState } from '../../domain/dossier/state.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { followTask } from '../links/follow-task.ts';
import { append } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { authorise, workOf } from './authority.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

export interface Handling {
  task: string;
  by: OfficialActor;
  onBehalfOf?: string | undefined;
  idempotency?: ((dossier: Dossier) => IdempotencyRecord) | undefined;
}

type Handled = { ok: true; dossier: Dossier } | Refused;

/** An official takes a task for himself, or gives it back to the queue. Twice is once. */
export function handleTask(
  platform: Platform,
  catalogue: Catalogue,
  what: 'claim' | 'release',
  handling: Handling,
): Promise<Handled> {
  return handle(platform, catalogue, handling, async ({ dossier, task, by, organisation }) => {
    const command = { task: task.task, by };
    if (what === 'release') return releaseTask(dossier, command);
    // Work waits for nobody who has left: what he had taken is free for whoever holds the office.
    const abandoned = task.claimedBy !== null && !couldDo(organisation, task.claimedBy, workOf(dossier, task));
    return claimTask(dossier, { ...command, abandoned });
  });
}

export interface Giving extends Handling {
  to: string;
  reason: string;
}

/** Who has taken a task gives it to a colleague who could do it. */
export function handOver(platform: Platform, catalogue: Catalogue, giving: Giving): Promise<Handled> {
  return handle(platform, catalogue, giving, async ({ dossier, task, by, organisation }) => {
    const reason = giving.reason.normalize('NFC');
    const refused =
      refuseHandOver(dossier, task, by) ?? refuseCandidate(organisation, giving.to, workOf(dossier, task));
    return refused ?? handTaskOver(dossier, { task: task.task, by, to: giving.to, reason });
  });
}

/** The head of its unit gives a task to somebody who could do it, or back to the queue: nothing depends on one person. */
export function reassign(
  platform: Platform,
  catalogue: Catalogue,
  giving: Omit<Giving, 'to'> & { to: string | null },
): Promise<Handled> {
  const headOf = async ({ unit }: TaskState) => (unit === null ? undefined : (await catalogue.unit(unit))?.head);
  return handle(platform, catalogue, { ...giving, roleOf: headOf }, async ({ dossier, task, by, organisation }) => {
    const { to } = giving;
    const head = await headOf(task);
    const refused = refuseHead(task, by, head);
    if (refused) return refused;
    const unfit = to === null ? undefined : refuseCandidate(organisation, to, workOf(dossier, task));
    return unfit ?? reassignTask(dossier, { task: task.task, by, to, reason: giving.reason.normalize('NFC'), head });
  });
}

interface Work {
  dossier: Dossier;
  task: TaskState;
  /** As the record will name him. */
  by: OfficialActor;
  organisation: Organisation;
}

/** `roleOf`: the role in which one acts on the task, if it is not the one that decides it; `to`: who gets it, where it passes into another's hands. */
async function handle(
  platform: Platform,
  catalogue: Catalogue,
  handling: Handling & { roleOf?: (task: TaskState) => Promise<string | undefined>; to?: string | null },
  decide: (work: Work) => Promise<Decision>,
): Promise<Handled> {
  const { task: id, onBehalfOf, idempotency, to } = handling;
  const link = platform.ids.next(platform.clock.now()).toLowerCase();
  const [dossierId = ''] = id.split('.');
  const appended = await append(platform, dossierId, async ({ dossier }) => {
    const task = dossier.tasks[id];
    const refused = (decision: Refused) => ({ decision, actor: handling.by });
    if (!task) return refused(refuse('unknown-task', `expected a task that exists, got ${id}`));
    const now = platform.clock.now();
    const role = await handling.roleOf?.(task);
    const acting = await authorise(catalogue, now, handling.by, { dossier, task, onBehalfOf, role });
    if (!acting.ok) return refused(acting);
    const { by } = acting;
    const organisation = await catalogue.directory.at(catalogue, now);
    return {
      decision: await decide({ dossier, task, by, organisation }),
      actor: by,
      ...(idempotency && { idempotency }),
      ...(to !== undefined && { goOn: followTask(platform, catalogue, { before: task, to, by, link }) }),
    };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}
