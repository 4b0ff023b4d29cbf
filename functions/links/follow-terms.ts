import { addresseeOf } from '../../domain/authority/addressee.ts';
import { accept } from '../../domain/dossier/commands/decision.ts';
import type { TaskState } from '../../domain/dossier/state.ts';
import type { EventBody, EventData } from '../../schemas/events.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { workOf } from '../tasks/authority.ts';
import { issuedTo, proposeLink } from './issue-link.ts';

const PLATFORM = { kind: 'platform' } as const;

/**
 * In the commit that moves terms of consulted bodies: whoever was sent a link that still holds is told the new term by a mail with a link of its own, until the
 * same instant. Who may answer no more, or has no address, is told nothing; whoever answers finds the term with the task. `before`: the terms as they were.
 */
export function followTerms(
  platform: Platform,
  catalogue: Catalogue,
  before: Loaded['dossier'],
  moved: readonly EventData<'TermRecomputed'>[],
): NonNullable<Proposal['goOn']> {
  return async ({ dossier }) => {
    const now = platform.clock.now();
    const events: EventBody[] = [];
    const outbox: NonNullable<Proposal['outbox']>[number][] = [];
    for (const { task: id = '' } of moved) {
      const task = dossier.tasks[id];
      const due = before.tasks[id]?.part?.due;
      for (const { official, until } of heldLinks(task, now)) {
        if (!task) continue;
        const organisation = await catalogue.directory.at(catalogue, now);
        const addressed = addresseeOf(organisation, { official }, workOf(dossier, task));
        const issued = addressed.ok && (await issuedTo(platform, catalogue, { dossier, task }, addressed.addressee));
        if (!issued || !issued.ok) continue;
        const link = platform.ids.next(now).toLowerCase();
        const order = { link, until, by: PLATFORM, issued: issued.issued, ...(due !== undefined && { before: due }) };
        const proposed = proposeLink(platform, { dossier, task }, order);
        if (proposed.decision.ok) events.push(...proposed.decision.events);
        outbox.push(...(proposed.outbox ?? []));
      }
    }
    return { decision: accept(...events), actor: PLATFORM, outbox };
  };
}

/** The last of each official. */
function heldLinks(task: TaskState | undefined, now: number): NonNullable<TaskState['links']> {
  const held = (task?.links ?? []).filter(({ until }) => now < Date.parse(until));
  return [...new Map(held.map((link) => [link.official, link])).values()];
}
