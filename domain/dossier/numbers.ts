import type { DossierEvent, EventBody, EventData } from '../../schemas/events.ts';
import { Outage } from '../../schemas/events/numbers.ts';
import type { Dossier, NumberState } from './state.ts';

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
      ? { taken: true, trouble: null }
      : {
          trouble: { why: event.data.why, at: event.at },
          refusals: state.refusals + (event.data.why === 'refused' && !mayHaveGiven(state) ? 1 : 0),
        };
  return { numbers: { ...numbers, [request]: { ...state, ...change } } };
}
