import { accept } from '../../domain/dossier/commands/decision.ts';
import { voidNumberOf } from '../../domain/dossier/commands/papers.ts';
import {
  isOutage,
  notGiven,
  numberKeyOf,
  numberRequestOf,
  openNumber,
  openNumbersOf,
} from '../../domain/dossier/numbers.ts';
import type { Dossier, NumberState } from '../../domain/dossier/state.ts';
import { RecordsDisagree, TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { NumberAnswer } from '../../domain/ports/connectors.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { NumberFault } from '../../schemas/events/numbers.ts';
import type { EventBody, EventData } from '../../schemas/events.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely, giveBack, type Extras, type Proposal } from '../runtime/append.ts';
import { type Loaded, secretOf } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import { issueOf, issuingUnit, ownNumber } from './make-paper.ts';
import { askingOf } from './number-asking.ts';
import { claimOf, keeperIn, printedAs, seriesOf } from './registers.ts';

/** However long a keeper is away: it is asked again within ten minutes, so that papers go out soon after it is back. */
export const ASKED_WITHIN_MS = 600_000;

const PLATFORM = { kind: 'platform' } as const;
const NOTHING: Proposal = { decision: accept(), actor: PLATFORM };

/** The keeper of a register gave no number, or none that can be used: a person has to see to it. */
export class NumberWithheld extends TaskTerminal {
  override readonly name = 'NumberWithheld';
}

interface Trouble {
  why: NumberFault;
  detail: string;
}

/** A number that was given and can be used, with its claim: nobody else can take it. */
export interface TakenNumber {
  event: Extract<EventBody, { type: 'NumberTaken' }>;
  numbers: NonNullable<Extras['numbers']>;
}

/**
 * Sees to it that a paper whose register another system keeps has its number: the request stands in the record before it goes out, and is asked again under
 * the same key until an answer is recorded. What was asked for a copy that is given up is heard too: its number is void. Thrown is what lets the work wait
 * (`TaskRetryable`) or parks the dossier (`NumberWithheld`).
 */
export async function numberDrafted(
  platform: Platform,
  catalogue: Catalogue,
  { dossier: id, issue }: { dossier: string; issue: string },
  isWanted: (loaded: Loaded) => boolean,
): Promise<void> {
  const { loaded } = await appendSurely(platform, id, async (now) => {
    const state = now.dossier.issues[issue];
    if (!state || state.number || state.sealed || !isWanted(now)) return NOTHING;
    if (now.dossier.numbers?.[numberRequestOf(id, { issue, copy: state.copy })]) return NOTHING;
    const standing = await standingOf(catalogue, now, platform.clock.now());
    const { register, automatic, sign } = issueOf(standing, issue);
    if (register === undefined || (automatic === undefined && sign?.organisation === undefined)) return NOTHING;
    const paper = { name: issue, copy: state.copy, stage: state.stage };
    const { event, numbers = [] } = await askOrTake(platform, catalogue, standing, { ...paper, register });
    return { decision: accept(event), actor: PLATFORM, numbers };
  });
  for (const { request } of openNumbersOf(loaded.dossier, issue))
    await hearNumber(platform, catalogue, loaded, { request, isWanted });
}

/** Before any request goes out. A register that another system keeps only in other years gives its own number. */
export async function askOrTake(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  paper: { name: string; copy: number; stage: string; register: string },
): Promise<{ event: EventBody; numbers?: Extras['numbers'] }> {
  const { name, copy, register } = paper;
  const unit = await issuingUnit(catalogue, standing.loaded.dossier);
  const year = Number(localDate(standing.calendar, standing.now).slice(0, 4));
  const line = keeperIn(unit, { register, year });
  if (line) {
    const connector = (await platform.registry.get('connector', line.keeper))?.record;
    if (!connector?.numbering)
      throw new NumberWithheld(
        `register ${register} of ${unit.id}: expected a connector ${line.keeper} that gives numbers, there is none`,
      );
    return { event: askingOf(standing, { ...paper, unit, year, keeper: line.keeper, numbering: connector.numbering }) };
  }
  const taken = await ownNumber(platform, standing, { name, copy, register, unit });
  const [own] = taken.numbers;
  if (own && (await platform.store.lastNumber(claimOf({ unit: unit.id, register, year }, own.number))) > 0) {
    giveBack(platform, [taken]);
    throw new NumberWithheld(
      `register ${register} of ${unit.id}: our next number ${own.number} of ${year} was given by the system that kept it before`,
    );
  }
  return taken;
}

/** Asks for a number that is open, and records what comes of it. */
export async function hearNumber(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  { request, isWanted }: { request: string; isWanted: (loaded: Loaded) => boolean },
): Promise<void> {
  const state = openNumber(loaded.dossier, request);
  if (!state) return;
  const answer = await askKeeper(platform, loaded, request, state);
  let withheld: Trouble | undefined;
  await appendSurely(platform, loaded.dossier.id, async (now) => {
    withheld = undefined;
    const open = openNumber(now.dossier, request);
    // Somebody else was answered meanwhile: what is recorded stays.
    if (open?.refusals !== state.refusals) return NOTHING;
    const isCurrent = isOfCopy(now.dossier, open) && isWanted(now);
    const judged = await judgeNumber(platform, catalogue, now, { request, open, answer });
    if ('why' in judged) {
      if (isCurrent || isOutage(judged.why)) withheld = judged;
      return { decision: accept(...notGiven(now.dossier, request, judged)), actor: PLATFORM };
    }
    const { event, numbers } = judged;
    const voided = isCurrent ? [] : [voidNumberOf(event.data)];
    return { decision: accept(event, ...voided), actor: PLATFORM, numbers };
  });
  if (withheld) throw failureOf(state, withheld);
}

/** The same message under the same key, as the record has it. */
export function askKeeper(
  { connectors }: Pick<Platform, 'connectors'>,
  loaded: Loaded,
  request: string,
  state: NumberState,
): Promise<NumberAnswer> {
  const send = secretOf(loaded, state.seq)['send'] as Readonly<Record<string, unknown>>;
  return connectors.number({ system: state.keeper, key: numberKeyOf(request, state), send });
}

/** Whether a number can be used: of the year that was asked for or has begun since, and of no other paper of ours. */
export async function judgeNumber(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  { request, open, answer }: { request: string; open: NumberState; answer: NumberAnswer },
): Promise<TakenNumber | Trouble> {
  if (answer.kind === 'failed') return { why: answer.why, detail: answer.detail };
  if (answer.kind !== 'given') return { why: answer.kind, detail: answer.detail };
  const { register, unit, issue, copy, keeper } = open;
  const { number, year = open.year } = answer;
  if (year !== open.year) {
    const { calendar } = await standingOf(catalogue, loaded, platform.clock.now());
    if (year !== Number(localDate(calendar, platform.clock.now()).slice(0, 4)))
      return { why: 'unusable', detail: `expected a number of ${open.year}, got one of ${year}` };
  }
  const of = { unit, register, year };
  const claim = claimOf(of, number);
  const { store } = platform;
  const [own, claimed] = await Promise.all([store.lastNumber(seriesOf(of)), store.lastNumber(claim)]);
  if (number <= own || claimed > 0) return { why: 'used', detail: `${number} of ${year}` };
  const known = await catalogue.unit(unit);
  if (!known) throw new RecordsDisagree(`registry: unit ${unit} is missing`);
  const data: EventData<'NumberTaken'> = {
    register,
    unit,
    year,
    number,
    text: answer.text ?? printedAs(number, register, known),
    issue,
    copy,
    keeper: { system: keeper, request: numberKeyOf(request, open), at: new Date(answer.at).toISOString() },
  };
  return { event: { type: 'NumberTaken', data }, numbers: [{ series: claim, number: 1 }] };
}

/** What is thrown where no number came. Says what a person has to see to. */
export function failureOf(
  { register, unit, keeper }: Pick<NumberState, 'register' | 'unit' | 'keeper'>,
  { why, detail }: Trouble,
): TaskRetryable | NumberWithheld {
  const said = `register ${register} of ${unit}: its keeper ${keeper} ${TOLD[why]} (${detail})`;
  return isOutage(why) ? new TaskRetryable(said, { within: ASKED_WITHIN_MS }) : new NumberWithheld(said);
}

const TOLD = {
  down: 'does not answer',
  slow: 'does not answer in time',
  'not-let-in': 'does not let us in',
  'not-ready': 'is not connected',
  refused: 'refuses a number; resumed, it is asked anew',
  unusable: 'answers otherwise than its connector says, nothing of it is used; resumed, it is asked again',
  used: 'gave a number that another paper here has, it is not used; resumed, it is asked again',
} as const satisfies Record<NumberFault, string>;

function isOfCopy({ issues }: Dossier, { issue, copy }: NumberState): boolean {
  const state = issues[issue];
  return state?.copy === copy && state.number === null && state.sealed === null;
}
