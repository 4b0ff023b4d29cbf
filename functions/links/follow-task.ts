import { addresseeOf } from '../../domain/authority/addressee.ts';
import type { TaskState } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { workOf } from '../tasks/authority.ts';
import { issuedTo, proposeLink } from './issue-link.ts';

/** So long holds a link that follows its task to another official, in milliseconds. */
const DAY_MS = 86_400_000;

interface HandedOn {
  /** The task as it was before. */
  before: TaskState;
  to: string | null;
  by: Extract<Actor, { kind: 'official' }>;
  /** Id of a link that may be made. */
  link: string;
}

/**
 * In the commit that hands a task on: where somebody had a link to it that still held, the receiver gets one of his own. The old one has ended with the
 * hand-over. Who has no address gets none, and the task is his all the same.
 */
export function followTask(
  platform: Platform,
  catalogue: Catalogue,
  { before, to, by, link }: HandedOn,
): NonNullable<Proposal['goOn']> {
  return async ({ dossier }) => {
    const now = platform.clock.now();
    const isLive = ({ until }: { until: string }) => now < Date.parse(until);
    const task = dossier.tasks[before.task];
    if (!task || to === null || !before.links?.some(isLive) || task.links?.some(isLive)) return undefined;
    const organisation = await catalogue.directory.at(catalogue, now);
    const addressed = addresseeOf(organisation, { official: to }, workOf(dossier, task));
    const issued = addressed.ok && (await issuedTo(platform, catalogue, { dossier, task }, addressed.addressee));
    if (!issued || !issued.ok) return undefined;
    const until = new Date(now + DAY_MS).toISOString();
    return proposeLink(platform, { dossier, task }, { link, until, by, issued: issued.issued });
  };
}
