import { HELPER_ROLE } from '../../domain/authority/rules.ts';
import { refuseTask } from '../../domain/dossier/commands/tasks.ts';
import { type Dossier, isBeside } from '../../domain/dossier/state.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { appointmentToday, officialActor } from '../api/authentication.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { stageOf } from '../stages/standing.ts';
import { wantsForm } from '../tasks/recorded-form.ts';

/** How an official is named who decided by a link. */
export const BY_LINK = 'link';

export interface LinkRequest {
  /** Id of the link, fresh or fixed by the key of the request. */
  link: string;
  task: string;
  official: string;
  /** Instant until which it can be followed. */
  until: string;
  /** Who has it sent: somebody of the task's unit, or the administrator (the platform's own hand). */
  by: Exclude<Actor, { kind: 'applicant' | 'agency' }>;
  idempotency?: ((dossier: Dossier) => IdempotencyRecord) | undefined;
}

/**
 * Has a one-time link to a task sent to an official without a system. Whoever holds the mailbox could then decide: that is vouching by the platform
 * (`system`), never a login, so a task that wants more is refused here and not by a page that leads nowhere.
 */
export async function issueLink(
  platform: Platform,
  catalogue: Catalogue,
  request: LinkRequest,
): Promise<{ ok: true } | Refused> {
  const [dossier = ''] = request.task.split('.');
  const now = platform.clock.now();
  const appended = await append(platform, dossier, async (loaded): Promise<Proposal> => {
    const refused = await refuseLink(platform, catalogue, loaded.dossier, request);
    if (refused) return { decision: refused, actor: request.by };
    const { link, task, official, until, by, idempotency } = request;
    return {
      decision: { ok: true, events: [{ type: 'LinkIssued', data: { link, task, official, until } }] },
      actor: by,
      ...(idempotency && { idempotency }),
      outbox: [
        {
          id: `${dossier}:link:${link}`,
          group: `link:${link}`,
          kind: 'link',
          at: now,
          body: { link, task, official, until },
        },
      ],
    };
  });
  return appended.ok ? { ok: true } : appended;
}

async function refuseLink(
  platform: Platform,
  catalogue: Catalogue,
  dossier: Dossier,
  request: LinkRequest,
): Promise<Refused | undefined> {
  const { task: id, official: name, by } = request;
  const task = dossier.tasks[id];
  if (!task) return refuse('unknown-task', `expected a task that exists, got ${id}`);
  if (by.kind === 'official' && by.role === HELPER_ROLE)
    return refuse('no-authority', 'a helper’s session decides and signs nothing, and has nobody asked to');
  if (by.kind === 'official' && by.unit !== task.unit)
    return refuse('wrong-unit', `expected an official of unit ${task.unit ?? 'none'}, acted in ${by.unit}`);
  const found = await platform.registry.get('official', name);
  if (!found) return refuse('unknown-official', `expected an official, got ${name}`);
  if (found.record.email === undefined)
    return refuse('unknown-official', `official ${name} has no address to which a link could go`);
  const office = { unit: task.unit ?? '', role: task.role ?? '' };
  const appointment = await appointmentToday(found.record, office, { catalogue, now: platform.clock.now() });
  if (!appointment)
    return refuse('not-entitled', `official ${name} holds no appointment today as ${office.role} in ${office.unit}`);
  const decider = { ...officialActor(found.record, appointment, 'system'), via: BY_LINK };
  const pinned = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  if (isBeside(task.kind) || (await wantsForm(pinned, stageOf(pinned.procedure, task.stage), task)))
    return refuse(
      'inadmissible',
      'nothing can be recorded by a link, and this task wants more recorded than an outcome',
    );
  return refuseTask(dossier, task, decider, { outcome: task.outcomes[0] ?? '' });
}
