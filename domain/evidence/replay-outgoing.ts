import type { DossierEvent } from '../../schemas/events.ts';
import { canonical } from '../chain.ts';
import { openDispatch, printOf } from '../dossier/commands/dispatches.ts';
import { openIncoming } from '../dossier/commands/incoming.ts';
import { refuseTask } from '../dossier/commands/tasks.ts';
import {
  ACKNOWLEDGED,
  isToBePosted,
  NOT_POSTED,
  POSTED,
  stillToBeGiven,
  stillToBeTold,
  type ToBeTold,
} from '../dossier/outgoing.ts';
import { type Dossier } from '../dossier/state.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;

/** In milliseconds: no place on earth has a later date than UTC by more. */
const EARLIEST_ZONE_MS = 14 * 3_600_000;

/** The rule that it breaks: a print is sent of a sealed paper that goes by post, and that once, by the work that was opened for it. */
export function ruleAgainstDispatch(
  d: Dossier,
  event: Of<'DispatchOpened'> | Of<'PaperPosted'> | Of<'PaperNotPosted'>,
): string | undefined {
  return event.type === 'DispatchOpened' ? ruleAgainstOpening(d, event) : ruleAgainstEnd(d, event);
}

function ruleAgainstOpening(d: Dossier, { actor, data }: Of<'DispatchOpened'>): string | undefined {
  if (actor.kind !== 'platform') return 'the platform';
  const { issue, copy, visit, opening } = data;
  const state = d.issues[issue];
  if (state?.copy !== copy || !isToBePosted(state))
    return `a paper ${issue}, copy ${copy}, of which a print is to be sent and no work was opened`;
  const { unit, role } = opening;
  if (unit === null || role === null) return 'work of an office';
  const expected = openDispatch(d, { unit, role });
  return canonical({ visit, opening }) === canonical(expected)
    ? undefined
    : `work ${expected.opening.task}, and no other`;
}

function ruleAgainstEnd(d: Dossier, event: Of<'PaperPosted'> | Of<'PaperNotPosted'>): string | undefined {
  const { actor, data, at } = event;
  const [task, print] = [d.tasks[data.task], printOf(d, data.task)];
  if (!task || !print) return 'a print that waits to be sent';
  if (actor.kind !== 'official') return 'an official';
  if (print.issue !== data.issue || print.state.copy !== data.copy)
    return `paper ${print.issue}, copy ${print.state.copy}`;
  if (event.type === 'PaperPosted' && Date.parse(event.data.on) > Date.parse(at) + EARLIEST_ZONE_MS)
    return `a day that has come at ${at}`;
  const outcome = event.type === 'PaperPosted' ? POSTED : NOT_POSTED;
  return refuseTask(d, task, actor, { outcome })?.refusal.detail;
}

/** The rule that it breaks: a sealed paper goes to the units that its seal names, to each once, and who has it says so once. */
export function ruleAgainstGiving(d: Dossier, event: Of<'PaperGiven'> | Of<'PaperAcknowledged'>): string | undefined {
  if (event.type === 'PaperAcknowledged') return ruleAgainstAcknowledging(d, event);
  const { issue, copy, stage, to, visit, opening } = event.data;
  if (event.actor.kind !== 'platform') return 'the platform';
  const state = d.issues[issue];
  if (state?.copy !== copy || state.stage !== stage || !stillToBeGiven(state).includes(to))
    return `a paper ${issue}, copy ${copy}, made at ${stage}, that is still to go to ${to}`;
  return ruleAgainstIncoming(d, { visit, opening });
}

/** The rule that it breaks: a unit that has a paper is told of each effect on it once, in their order. */
export function ruleAgainstTellingUnit(d: Dossier, { actor, data }: Of<'PaperEffectTold'>): string | undefined {
  if (actor.kind !== 'platform') return 'the platform';
  const { issue, copy, to, effect, by, visit, opening } = data;
  const state = d.issues[issue];
  const isNext = (next: ToBeTold): boolean => canonical(next) === canonical({ to, effect, by });
  if (state?.copy !== copy || !stillToBeTold(state).some(isNext))
    return `a paper ${issue}, copy ${copy}, of which ${to} is still to be told that ${by} ${effect} it`;
  return ruleAgainstIncoming(d, { visit, opening });
}

function ruleAgainstIncoming(
  d: Dossier,
  { visit, opening }: Pick<Of<'PaperGiven'>['data'], 'visit' | 'opening'>,
): string | undefined {
  if (opening.unit === null) return 'work of a unit';
  const expected = openIncoming(d, opening.unit);
  return canonical({ visit, opening }) === canonical(expected)
    ? undefined
    : `work ${expected.opening.task}, and no other`;
}

function ruleAgainstAcknowledging(d: Dossier, { actor, data }: Of<'PaperAcknowledged'>): string | undefined {
  const task = d.tasks[data.task];
  if (task?.given?.[0]?.issue !== data.issue) return 'a paper that went to another unit';
  if (actor.kind !== 'official') return 'an official';
  return refuseTask(d, task, actor, { outcome: ACKNOWLEDGED })?.refusal.detail;
}
