import type { DossierEvent } from '../../schemas/events.ts';
import { numberKeyOf, numberRequestOf, openNumber, untoldVoid, voidKeyOf } from '../dossier/numbers.ts';
import type { Dossier, NumberState } from '../dossier/state.ts';

type NumberEvent = Extract<DossierEvent, { type: 'NumberAsked' | 'NumberNotGiven' | 'NumberTaken' }>;
type Taken = Extract<DossierEvent, { type: 'NumberTaken' }>['data'];

/**
 * The system that keeps a register is asked once for each copy of a paper, and its number is taken once, of the register, unit and keeper that were asked;
 * a paper whose number it was asked for gets none from elsewhere.
 */
export function ruleAgainstNumber(d: Dossier, { type, actor, data }: NumberEvent): string | undefined {
  const request = numberRequestOf(d.id, data);
  const open = openNumber(d, request);
  if (type === 'NumberTaken') return ruleAgainstTaking(d, { request, open }, data);
  if (actor.kind !== 'platform') return 'the platform';
  if (data.request !== request) return `request ${request}`;
  if (type === 'NumberNotGiven') return open ? undefined : 'a request that was made and is not answered';
  if (d.numbers?.[request]) return 'one request for a copy';
  return hasNumber(d, data) ? 'a paper that has no number yet' : undefined;
}

/** A keeper hears of a number that it gave, once that is void, and once. */
export function ruleAgainstTelling(
  d: Dossier,
  { actor, ...event }: Extract<DossierEvent, { type: 'KeeperTold' | 'KeeperNotTold' }>,
): string | undefined {
  if (actor.kind !== 'platform') return 'the platform';
  const state = untoldVoid(d, numberRequestOf(d.id, event.data));
  if (!state) return 'a number of another system that is void, and of which it has not heard';
  const expected = [state.keeper, voidKeyOf(state)].join(', ');
  const found = [event.data.keeper, event.data.request].join(', ');
  if (found !== expected) return `a telling to ${expected}`;
  if (event.type === 'KeeperNotTold') return undefined;
  const { register, unit, year, number, why } = event.data;
  const told = [register, unit, year, number, why].join(', ');
  const truth = [state.register, state.unit, state.given.year, state.given.number, state.void.why].join(', ');
  return told === truth ? undefined : `the void number ${truth}`;
}

function ruleAgainstTaking(
  d: Dossier,
  { request, open }: { request: string; open: NumberState | undefined },
  taken: Taken,
): string | undefined {
  if (!taken.keeper) return open ? `the number of ${open.keeper}` : undefined;
  if (!open) return 'a number that was asked for and is not taken';
  if (hasNumber(d, taken)) return 'a paper that has no number yet';
  const expected = [open.keeper, numberKeyOf(request, open), open.register, open.unit].join(', ');
  const found = [taken.keeper.system, taken.keeper.request, taken.register, taken.unit].join(', ');
  if (found !== expected) return `a number of ${expected}`;
  return taken.year >= open.year ? undefined : `a number of ${open.year} or later`;
}

function hasNumber({ issues }: Dossier, { issue, copy }: { issue: string; copy: number }): boolean {
  const state = issues[issue];
  return state?.copy === copy && state.number !== null;
}
