import type { DossierEvent, EventBody, EventData } from '../../schemas/events.ts';
import { Outage, VoidReason } from '../../schemas/events/numbers.ts';
import type { Effect } from '../../schemas/procedure/closed-sets.ts';
import type { Dossier, NumberState, VoidNumber } from './state.ts';

type NumberEvent = Extract<DossierEvent, { type: 'NumberAsked' | 'NumberNotGiven' | 'NumberTaken' }>;
type Numbers = Pick<Dossier, 'numbers'>;

/** Id of the request for a number: one for each copy of a paper, whoever asks and however often. */
export function numberRequestOf(dossier: string, { issue, copy }: { issue: string; copy: number }): string {
  return `${dossier}.${issue}.${copy}`;
}

/** Idempotency key under which it is asked now. Who has refused gave no number: he is asked anew, and not for the answer that he gave. */
export function numberKeyOf(request: string, { refusals }: Pick<NumberState, 'refusals'>): string {
  return refusals === 0 ? request : `${request}.${refusals + 1}`;
}

/** A request whose number is not taken yet. */
export function openNumber({ numbers = {} }: Numbers, request: string): NumberState | undefined {
  const state = numbers[request];
  return state?.taken === false ? state : undefined;
}

/** Requests for numbers of a paper that are not answered by one yet, those of its earlier copies included. */
export function openNumbersOf({ numbers = {} }: Numbers, issue: string): { request: string; state: NumberState }[] {
  return Object.entries(numbers)
    .filter(([, state]) => state.issue === issue && !state.taken)
    .map(([request, state]) => ({ request, state }));
}

/** Records why no number came; nothing where the record says so already, unless it is another refusal. */
export function notGiven(
  { numbers = {} }: Numbers,
  request: string,
  trouble: Pick<EventData<'NumberNotGiven'>, 'why' | 'detail'>,
): EventBody[] {
  const state = numbers[request];
  if (!state || (state.trouble?.why === trouble.why && trouble.why !== 'refused')) return [];
  const { issue, copy } = state;
  return [{ type: 'NumberNotGiven', data: { request, issue, copy, ...trouble } }];
}

/** Whether it passes by itself: the paper waits, and no person has to do anything here. */
export function isOutage(why: string): why is Outage {
  return Outage.safeParse(why).success;
}

/** Whether a number of this paper may lie at the keeper although none could be used: then it is asked for that one, and no other. */
function mayHaveGiven({ trouble }: NumberState): boolean {
  return trouble?.why === 'unusable' || trouble?.why === 'used';
}

/** Effects of later results after which a paper, and with it its number, stands for nothing: after the others it does. */
const VOIDING: Partial<Record<Effect, VoidReason>> = {
  revokes: 'revoked',
  replaces: 'replaced',
  recalls: 'recalled',
};

/** Idempotency key under which the keeper is told that a number is void. */
export function voidKeyOf({ given }: NumberState): string {
  return `${given?.key ?? ''}.void`;
}

/** A number that is void and whose keeper has not heard so. */
export function untoldVoid({ numbers = {} }: Numbers, request: string): (NumberState & Untold) | undefined {
  const state = numbers[request];
  return state?.given && state.void?.told === false ? { ...state, given: state.given, void: state.void } : undefined;
}

interface Untold {
  given: NonNullable<NumberState['given']>;
  void: VoidNumber;
}

/** Requests whose number became void between these two states. */
export function newlyVoid(before: Numbers | undefined, { numbers = {} }: Numbers): string[] {
  return Object.keys(numbers).filter((request) => numbers[request]?.void && !before?.numbers?.[request]?.void);
}

/** Records why the keeper has not heard; nothing where the record says so already. */
export function notTold(
  d: Numbers,
  request: string,
  trouble: Pick<EventData<'KeeperNotTold'>, 'why' | 'detail'>,
): EventBody[] {
  const state = untoldVoid(d, request);
  if (!state || state.void.trouble === trouble.why) return [];
  const { issue, copy, keeper } = state;
  return [{ type: 'KeeperNotTold', data: { issue, copy, keeper, request: voidKeyOf(state), ...trouble } }];
}

type VoidEvent = Extract<DossierEvent, { type: 'NumberVoided' | 'ResultAffected' | 'KeeperTold' | 'KeeperNotTold' }>;

/** What became of numbers that other systems gave, once they were taken. */
export function applyVoid({ numbers = {} }: Numbers, event: VoidEvent): Numbers {
  const concerned = Object.entries(numbers).find(([, state]) => state.given && isMeant(state, event));
  if (!concerned) return {};
  const [request, state] = concerned;
  const changed = voidAfter(state.void, event);
  return changed ? { numbers: { ...numbers, [request]: { ...state, void: changed } } } : {};
}

function isMeant(state: NumberState, { type, data }: VoidEvent): boolean {
  if (type !== 'NumberVoided') return state.issue === data.issue && state.copy === data.copy;
  const { register, unit, given } = state;
  return register === data.register && unit === data.unit && given?.year === data.year && given.number === data.number;
}

/** A number is void once: what a later result does to a paper that holds no more changes nothing. */
function voidAfter(known: VoidNumber | undefined, { type, at, data }: VoidEvent): VoidNumber | undefined {
  if (type === 'KeeperTold') return known && { ...known, told: true, trouble: null };
  if (type === 'KeeperNotTold') return known && { ...known, trouble: data.why };
  const why = type === 'ResultAffected' ? VOIDING[data.effect] : VoidReason.catch('not-issued').parse(data.reason);
  if (known || why === undefined) return undefined;
  const by = type === 'ResultAffected' ? (data.paper?.number ?? null) : null;
  return { why, at, by, told: false, trouble: null };
}

/** What became of requests to systems that keep registers. */
export function applyNumber(d: Numbers, event: NumberEvent): Numbers {
  const { numbers = {} } = d;
  if (event.type === 'NumberAsked') {
    const { request, tells: _, ...asked } = event.data;
    const state = { ...asked, seq: event.seq, asked: event.at, trouble: null, refusals: 0, taken: false };
    return { numbers: { ...numbers, [request]: state } };
  }
  const request =
    event.type === 'NumberTaken' ? event.data.keeper && numberRequestOf(event.dossier, event.data) : event.data.request;
  const state = request === undefined ? undefined : numbers[request];
  if (request === undefined || !state) return {};
  const change =
    event.type === 'NumberTaken'
      ? { taken: true, trouble: null, ...(event.data.keeper && { given: givenBy(event.data, event.data.keeper) }) }
      : {
          trouble: { why: event.data.why, at: event.at },
          refusals: state.refusals + (event.data.why === 'refused' && !mayHaveGiven(state) ? 1 : 0),
        };
  return { numbers: { ...numbers, [request]: { ...state, ...change } } };
}

function givenBy(
  { year, number, text }: EventData<'NumberTaken'>,
  { request: key, at }: NonNullable<EventData<'NumberTaken'>['keeper']>,
): NonNullable<NumberState['given']> {
  return { year, number, text, key, at };
}
