import { accept } from '../../domain/dossier/commands/decision.ts';
import { noticeFailed } from '../../domain/dossier/commands/notices.ts';
import { requestsOf, type Telling } from '../../domain/dossier/outbox-rows.ts';
import type { ChildState, Dossier } from '../../domain/dossier/state.ts';
import { DossierGone } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { EventBody } from '../../schemas/events.ts';
import { contactOf } from '../notices/notice.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely, type Proposal } from '../runtime/append.ts';
import { loadAtLeast, type Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { followChildren } from '../stages/open.ts';
import { standingOf } from '../stages/standing.ts';

type NoticeTold = Extract<Telling, { tell: 'notice' }>;

const PLATFORM = { kind: 'platform' } as const;

/** Tells the dossier that opened this one: its result, that it asks the applicant, what he is to be told. Told twice, it is heard once. */
export async function tellParent(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const telling = row.body as unknown as Telling;
  const child = await loadAtLeast(platform, row.dossier, ({ dossier }) => hasCome(dossier, telling));
  const parent = child?.dossier.parent?.dossier;
  if (!child || parent === undefined) return;
  await appendSurely(platform, parent, async (loaded): Promise<Proposal> => {
    const known = loaded.dossier.children[child.dossier.id];
    const heard = known ? await hear(platform, catalogue, { child, known, loaded }, telling) : [];
    if (!known || !heard.some(({ type }) => type === 'ChildAnswered'))
      return { decision: accept(...heard), actor: PLATFORM };
    const { stage, visit } = known;
    const goOn = (after: Loaded) => followChildren(platform, catalogue, after, { stage, visit });
    return { decision: accept(...heard), actor: PLATFORM, goOn };
  }).catch(async (error: unknown) => {
    if (error instanceof DossierGone && telling.tell === 'notice') await untold(platform, child.dossier.id, telling);
    throw error;
  });
}

/** The dossier that would have passed a notice on was disposed of: those below it say that their applicant was not told. */
async function untold(platform: Platform, child: string, { message, child: about }: NoticeTold): Promise<void> {
  const reason = 'the dossier that opened this one was disposed of';
  for (const id of new Set([about, child]))
    await appendSurely(platform, id, ({ dossier }) => ({
      decision: noticeFailed(dossier, { message, reason }),
      actor: PLATFORM,
    }));
}

/** Whether the dossier that is remembered has come so far as the row says. */
function hasCome(dossier: Dossier, telling: Telling): boolean {
  if (telling.tell === 'asked') return requestsOf(dossier).get(telling.task)?.until === telling.until;
  return 'head' in telling ? dossier.version >= telling.head.seq : true;
}

interface Between {
  child: Loaded;
  /** The child as its parent knows it. */
  known: ChildState;
  /** The parent. */
  loaded: Loaded;
}

async function hear(
  platform: Platform,
  catalogue: Catalogue,
  between: Between,
  telling: Telling,
): Promise<EventBody[]> {
  const { child, known, loaded } = between;
  const id = known.child;
  switch (telling.tell) {
    case 'result':
      return known.answer ? [] : [await answered(platform, catalogue, child, telling)];
    case 'closed': {
      if (known.closed) return [];
      const closed: EventBody = { type: 'ChildClosed', data: { child: id, head: telling.head } };
      return known.answer ? [closed] : [await answered(platform, catalogue, child, telling), closed];
    }
    case 'asked': {
      const { task } = telling;
      const request = requestsOf(child.dossier).get(task);
      // Asked already, and until the same instant: it was told before.
      if (known.answer || !request || known.asks[task]?.until === request.until) return [];
      const { asks, until } = request;
      return [{ type: 'ChildAsked', data: { child: id, task, asks, ...(until !== null && { until }) } }];
    }
    case 'heard': {
      const { task, outcome } = telling;
      return known.asks[task] ? [{ type: 'ChildHeard', data: { child: id, task, outcome } }] : [];
    }
    case 'notice':
      return passOn(loaded, telling);
    case 'nears':
      return known.answer || known.nears === telling.due
        ? []
        : [{ type: 'ChildDeadlineNeared', data: { child: id, due: telling.due } }];
  }
}

/** The result, with what the child's procedure lets its parent read. */
async function answered(
  { clock }: Platform,
  catalogue: Catalogue,
  child: Loaded,
  { result, head }: Extract<Telling, { tell: 'result' | 'closed' }>,
): Promise<EventBody> {
  const { procedure, evaluator } = await standingOf(catalogue, child, clock.now());
  const data: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(procedure.output ?? {})) {
    // Of a refusal much is not there.
    const handed = await evaluator.handed(value);
    if (handed !== undefined) data[name] = handed;
  }
  const { evaluations } = evaluator;
  return {
    type: 'ChildAnswered',
    data: { child: child.dossier.id, result, head },
    ...(Object.keys(data).length > 0 && { secret: { data, evaluations } }),
  };
}

/** The applicant knows one code, and is told under it. That each part was received he is not told: he handed in one dossier. */
function passOn(loaded: Loaded, telling: NoticeTold): EventBody[] {
  const { dossier } = loaded;
  const { notice, message, child, issue } = telling;
  if (notice === 'accepted' || dossier.notices[message]) return [];
  const channel = dossier.parent ? 'parent' : contactOf(loaded) && 'email';
  if (!channel) return [];
  // The paper is the child's.
  const about = { child, ...(issue !== undefined && { issue }) };
  return [{ type: 'NoticeIssued', data: { notice, message, party: 'submitter', channel, ...about } }];
}
