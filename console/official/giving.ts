import { candidatesFor } from '../../domain/authority/candidate.ts';
import type { Official } from '../../schemas/organisation.ts';
import type { Visit } from '../visit.ts';
import { type Acting, handsOf, instrumentOf, waysOf, workOfTask } from './ways.ts';

/** How work passes into another’s hands: by who has it, or by who heads its unit. */
export const GIVINGS = ['hand-over', 'reassign'] as const;
export type GivingVerb = (typeof GIVINGS)[number];

export interface Giving {
  verb: GivingVerb;
  /** The instrument by which he gives it; empty: in his own office. */
  onBehalfOf: string;
}

/** How the official who looks can give a task to another: what he has himself he hands over, what others have he deals out as head. Whether he may is the API’s to judge. */
export async function givingOf(visit: Visit, { task, way }: Acting): Promise<Giving | undefined> {
  const { parts, who } = visit;
  if (who.kind !== 'official' || task.status !== 'open' || task.party !== null) return undefined;
  const { claimedBy } = task;
  const own = who.official.id;
  if (claimedBy === own) return { verb: 'hand-over', onBehalfOf: instrumentOf(way) };
  const head = task.unit === null ? undefined : (await parts.catalogue.unit(task.unit))?.head;
  if (head !== undefined) {
    const [first] = await waysOf(visit, who, { ...workOfTask(task), role: head });
    if (first) return { verb: 'reassign', onBehalfOf: instrumentOf(first) };
  }
  const isMine = claimedBy !== null && way !== undefined && handsOf(way, own).includes(claimedBy);
  return isMine ? { verb: 'hand-over', onBehalfOf: instrumentOf(way) } : undefined;
}

/** To whom it can be given today; who has it already is none of them. */
export async function receiversOf({ parts, now }: Visit, { task }: Acting): Promise<Official[]> {
  const organisation = await parts.catalogue.directory.at(parts.catalogue, now);
  return candidatesFor(organisation, workOfTask(task)).filter(
    ({ id }) => id !== task.claimedBy && (task.people?.includes(id) ?? true),
  );
}
