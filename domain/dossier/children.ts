import { createHash } from 'node:crypto';
import type { EventBody, EventData } from '../../schemas/events.ts';
import type { Result } from '../../schemas/procedure/closed-sets.ts';
import type { ChildState, Dossier } from './state.ts';

/** Crockford's base 32, in which ids are written. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** How far below one another dossiers may be opened: what opens itself, over however many others, comes to an end. */
export const MOST_DEEP = 4;

/** What a result gives whoever waits for it. */
const GIVES = {
  granted: 'all',
  'granted-by-silence': 'all',
  'not-required': 'all',
  'partly-granted': 'some',
  refused: 'nothing',
  returned: 'nothing',
  stopped: 'nothing',
  withdrawn: 'nothing',
  transferred: 'nothing',
  revoked: 'nothing',
} as const satisfies Record<Result, 'all' | 'some' | 'nothing'>;

/** What a result gives: all that was asked for, some of it, or nothing. */
export function givesOf(result: Result): (typeof GIVES)[Result] {
  return GIVES[result];
}

type Place = Pick<ChildState, 'stage' | 'visit' | 'part'>;

/** Id of the dossier that a part opens: always the same one, so that opening it twice opens one. It sorts beside its parent. */
export function childId(parent: string, { stage, visit, part }: Place): string {
  const digest = createHash('sha256').update(`${parent}.${stage}.${visit}.${part}`).digest();
  const random = Array.from({ length: 16 }, (_, index) => DIGITS[(digest[index] ?? 0) % 32]);
  return `${parent.slice(0, 11)}${random.join('')}`;
}

/** The children of the present visit of a stage. */
export function childrenOf(d: Dossier, stage: string): ChildState[] {
  const visit = d.stages[stage]?.visits;
  return Object.values(d.children).filter((child) => child.stage === stage && child.visit === visit);
}

/** How a part stands: undefined until its turn has come; what nobody needed is done. */
export function standingOfPart(d: Dossier, at: { stage: string; visit: number; of: string }): PartStanding | undefined {
  const none = d.notOpened[`${at.stage}.${at.visit}.${at.of}`];
  if (none !== undefined) return none === 'not-needed' ? 'done' : 'refused';
  const children = Object.values(d.children).filter(
    ({ stage, visit, of }) => stage === at.stage && visit === at.visit && of === at.of,
  );
  if (children.length === 0) return undefined;
  if (children.some(({ answer }) => answer === null)) return 'open';
  return children.every(({ answer }) => answer && GIVES[answer.result] === 'nothing') ? 'refused' : 'done';
}
export type PartStanding = 'open' | 'done' | 'refused';

/** The outcome of a stage that opens dossiers: undefined while a result that counts is missing. */
export function outcomeOfChildren(d: Dossier, stage: string): 'granted' | 'partly' | 'refused' | undefined {
  const awaited = childrenOf(d, stage).filter(({ counts }) => counts);
  const given = awaited.flatMap(({ answer }) => (answer ? [GIVES[answer.result]] : []));
  if (given.length < awaited.length) return undefined;
  if (given.every((each) => each === 'all')) return 'granted';
  return given.every((each) => each === 'nothing') ? 'refused' : 'partly';
}

/** Calls back children that nobody waits for any more: those of the stage that is broken off, or all of a dossier that is withdrawn. */
export function recallChildren(d: Dossier, why: EventData<'ChildRecalled'>['why']): EventBody[] {
  return Object.values(d.children)
    .filter(({ answer, recalled }) => answer === null && recalled === null)
    .filter(({ stage }) => why === 'withdrawal' || stage === d.stage)
    .map(({ child }) => ({ type: 'ChildRecalled', data: { child, why } }));
}

/** Every request to the applicant that is open among the children, with the task by which it is answered. */
export function openRequests(d: Dossier): { child: ChildState; task: string }[] {
  return Object.values(d.children).flatMap((child) => Object.keys(child.asks).map((task) => ({ child, task })));
}
