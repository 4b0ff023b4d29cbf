import { type Addressee, addresseeOf, soleCandidate } from '../../domain/authority/addressee.ts';
import { HELPER_ROLE } from '../../domain/authority/rules.ts';
import { accept } from '../../domain/dossier/commands/decision.ts';
import { refuseTask } from '../../domain/dossier/commands/tasks.ts';
import { type Dossier, isBeside, type TaskState } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { stageOf } from '../stages/standing.ts';
import { workOf } from '../tasks/authority.ts';
import { wantsForm } from '../tasks/recorded-form.ts';

/** How an official is named who decided by a link. */
export const BY_LINK = 'link';

type OfficialActor = Extract<Actor, { kind: 'official' }>;
type Orderer = Exclude<Actor, { kind: 'applicant' | 'agency' }>;

export interface LinkRequest {
  /** Id of the link, fresh or fixed by the key of the request. */
  link: string;
  task: string;
  /** Absent: who has taken the task, else who alone could. */
  official?: string | undefined;
  /** The instrument by which he is to act. */
  onBehalfOf?: string | undefined;
  /** Instant until which it can be followed. */
  until: string;
  /** Who has it sent: somebody of the task's unit, or the administrator (the platform's own hand). */
  by: Orderer;
  idempotency?: (issued: Issued) => Extras['idempotency'] | undefined;
}

/** To whom a link goes, and where it leads. */
export interface Issued extends Addressee {
  leadsTo: 'decision' | 'console';
}

/**
 * Has a one-time link to a task sent to whoever may decide it now, an official without a system. Whoever holds the mailbox could then decide: that is
 * vouching by the platform (`system`), never a login, so where the stage wants more the mail leads to the console instead.
 */
export async function issueLink(
  platform: Platform,
  catalogue: Catalogue,
  request: LinkRequest,
): Promise<{ ok: true; issued: Issued } | Refused> {
  const { link, task: id, until, by, idempotency } = request;
  let issued: Issued | undefined;
  const appended = await append(platform, id.split('.')[0] ?? '', async ({ dossier }): Promise<Proposal> => {
    const task = dossier.tasks[id];
    const addressed = task
      ? await addressedBy(platform, catalogue, { dossier, task }, request)
      : refuse('unknown-task', `expected a task that exists, got ${id}`);
    if (!task || !addressed.ok) return { decision: addressed.ok ? accept() : addressed, actor: by };
    const to = addressed.issued;
    issued = to;
    const remembered = idempotency?.(to);
    return {
      ...proposeLink(platform, { dossier, task }, { link, until, by, issued: to }),
      ...(remembered && { idempotency: remembered }),
    };
  });
  if (!appended.ok) return appended;
  if (!issued) throw new Error(`task ${id}: expected a link that was issued`);
  return { ok: true, issued };
}

interface Place {
  dossier: Dossier;
  task: TaskState;
}

interface Ordered {
  link: string;
  until: string;
  by: Orderer;
  issued: Issued;
  /** The last day of the task’s term as it was told before. */
  before?: string;
}

/** The event, and the row from which the mail is written. */
export function proposeLink(
  platform: Platform,
  { dossier, task }: Place,
  { link, until, by, issued, before }: Ordered,
): Proposal {
  const { official, own, instrument, onBehalfOf, insteadOf, leadsTo } = issued;
  const named = { link, task: task.task, official, until };
  const more = {
    ...(onBehalfOf && { onBehalfOf }),
    ...(insteadOf !== undefined && { insteadOf }),
    ...(leadsTo === 'console' && { leadsTo }),
  };
  const row = {
    ...named,
    unit: own.unit,
    role: own.role,
    ...(instrument !== undefined && { instrument }),
    ...(before !== undefined && { before }),
  };
  return {
    decision: accept({ type: 'LinkIssued', data: { ...named, ...more } }),
    actor: by,
    outbox: [
      {
        id: `${dossier.id}:link:${link}`,
        group: `link:${link}`,
        kind: 'link',
        at: platform.clock.now(),
        body: row,
      },
    ],
  };
}

async function addressedBy(
  platform: Platform,
  catalogue: Catalogue,
  place: Place,
  { official, onBehalfOf, by }: LinkRequest,
): Promise<{ ok: true; issued: Issued } | Refused> {
  const { dossier, task } = place;
  if (by.kind === 'official' && by.role === HELPER_ROLE)
    return refuse('no-authority', 'a helper’s session decides and signs nothing, and has nobody asked to');
  if (by.kind === 'official' && by.unit !== task.unit)
    return refuse('wrong-unit', `expected an official of unit ${task.unit ?? 'none'}, acted in ${by.unit}`);
  const organisation = await catalogue.directory.at(catalogue, platform.clock.now());
  const work = workOf(dossier, task);
  const taker = official ?? task.claimedBy;
  const named = taker === null ? soleCandidate(organisation, work) : { ok: true as const, official: taker };
  if (!named.ok) return named;
  const addressed = addresseeOf(organisation, { official: named.official, instrument: onBehalfOf }, work);
  if (!addressed.ok) return addressed;
  return issuedTo(platform, catalogue, place, addressed.addressee);
}

/** Whether a mail can go to him, and where it leads. */
export async function issuedTo(
  platform: Platform,
  catalogue: Catalogue,
  place: Place,
  addressee: Addressee,
): Promise<{ ok: true; issued: Issued } | Refused> {
  const found = await platform.registry.get('official', addressee.official);
  if (found?.record.email === undefined)
    return refuse('unknown-official', `official ${addressee.official} has no address to which a link could go`);
  const leads = await whereItLeads(catalogue, place, deciderBy(addressee));
  return leads.ok ? { ok: true, issued: { ...addressee, leadsTo: leads.to } } : leads;
}

/** Who decides by a link, as the record will name him. */
export function deciderBy({ official, own, onBehalfOf }: Addressee): OfficialActor {
  return {
    kind: 'official',
    id: official,
    unit: own.unit,
    role: own.role,
    assurance: 'system',
    ...(onBehalfOf && { onBehalfOf }),
    via: BY_LINK,
  };
}

/** Whether the way forward can be decided by a link, or wants more than a mailbox proves: a login, a signature, something recorded. */
export async function whereItLeads(
  catalogue: Catalogue,
  { dossier, task }: Place,
  by: OfficialActor,
): Promise<{ ok: true; to: Issued['leadsTo'] } | Refused> {
  const [outcome = ''] = task.outcomes;
  const refused = refuseTask(dossier, task, by, { outcome });
  const wantsMore = refused?.refusal.code === 'assurance-too-low';
  const still = wantsMore ? refuseTask(dossier, task, { ...by, assurance: 'signature' }, { outcome }) : refused;
  if (still) return still;
  if (wantsMore || isBeside(task.kind)) return { ok: true, to: 'console' };
  const pinned = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const records = await wantsForm(pinned, stageOf(pinned.procedure, task.stage), task);
  return { ok: true, to: records ? 'console' : 'decision' };
}
