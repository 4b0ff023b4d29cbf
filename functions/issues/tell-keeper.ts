import { accept } from '../../domain/dossier/commands/decision.ts';
import { isOutage, notTold, untoldVoid, voidKeyOf } from '../../domain/dossier/numbers.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { VoidAnswer } from '../../domain/ports/connectors.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { VoidFact, VoidFault } from '../../schemas/events/numbers.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import { loadAtLeast, type Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { standingOf } from '../stages/standing.ts';

const PLATFORM = { kind: 'platform' } as const;

type Untold = NonNullable<ReturnType<typeof untoldVoid>>;

/**
 * Tells the system that gave a number that it stands for no paper any more, under one key until the record says that it has heard. Thrown is what lets the row
 * be tried again (`TaskRetryable`), or makes a dead letter of it at once (`TaskTerminal`). Who is not described as somebody to be told is told nothing, and the row
 * is such a dead letter: an administrator sees it, and takes it up again once the connector says how.
 */
export async function tellKeeper(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const request = String(row.body['request']);
  const loaded = await loadAtLeast(platform, row.dossier, ({ dossier }) => isVoid(dossier, request));
  const state = loaded && untoldVoid(loaded.dossier, request);
  if (!state) return;
  const key = voidKeyOf(state);
  const facts = await factsOf(platform, catalogue, loaded, state);
  const answer = await platform.connectors.voidNumber({ system: state.keeper, key, facts });
  await appendSurely(platform, row.dossier, ({ dossier }) => ({
    decision: accept(...heard(dossier, request, answer)),
    actor: PLATFORM,
  }));
  if (answer.kind === 'told') return;
  const { why, detail } = troubleOf(answer);
  const said = `register ${state.register} of ${state.unit}: its keeper ${state.keeper} was not told that a number is void: ${why} (${detail})`;
  throw isOutage(why) ? new TaskRetryable(said) : new TaskTerminal(said);
}

/** What is not tried again, and stands in the record before the row is given up. */
const SAID_BY_ITSELF: ReadonlySet<VoidFault> = new Set(['refused', 'unusable', 'not-described']);

/** The keeper was not told, and is told no more unless somebody asks for it: the record says so. What it said itself stands there already. */
export async function recordUntold(platform: Platform, row: OutboxRow, reason: string): Promise<void> {
  const request = String(row.body['request']);
  await appendSurely(platform, row.dossier, ({ dossier }) => {
    const trouble = untoldVoid(dossier, request)?.void.trouble;
    const isSaid = trouble != null && SAID_BY_ITSELF.has(trouble);
    const events = isSaid ? [] : notTold(dossier, request, { why: 'given-up', detail: reason.slice(0, 300) });
    return { decision: accept(...events), actor: PLATFORM };
  });
}

function isVoid({ numbers = {} }: Dossier, request: string): boolean {
  return numbers[request]?.void !== undefined;
}

/** What the record says of an answer. Somebody else may have been answered meanwhile: what is recorded stays. */
function heard(dossier: Dossier, request: string, answer: VoidAnswer): EventBody[] {
  const state = untoldVoid(dossier, request);
  if (!state) return [];
  if (answer.kind !== 'told') return notTold(dossier, request, troubleOf(answer));
  const { register, unit, issue, copy, keeper, given, void: voided } = state;
  const { year, number } = given;
  return [
    {
      type: 'KeeperTold',
      data: { register, unit, year, number, issue, copy, keeper, request: voidKeyOf(state), why: voided.why },
    },
  ];
}

function troubleOf(answer: Exclude<VoidAnswer, { kind: 'told' }>): { why: VoidFault; detail: string } {
  if (answer.kind === 'failed') return { why: answer.why, detail: answer.detail };
  if ('detail' in answer) return { why: answer.kind, detail: answer.detail };
  return { why: 'not-described', detail: 'its connector has no numbering.void' };
}

async function factsOf(
  platform: Pick<Platform, 'clock'>,
  catalogue: Catalogue,
  loaded: Loaded,
  { register, unit, issue, given, void: voided }: Untold,
): Promise<Record<VoidFact, unknown>> {
  const { procedure, calendar } = await standingOf(catalogue, loaded, platform.clock.now());
  const { code, reference } = loaded.dossier;
  return {
    register,
    unit: (await catalogue.unit(unit))?.identifier ?? unit,
    year: given.year,
    number: given.number,
    text: given.text,
    given: given.at,
    why: voided.why,
    date: localDate(calendar, Date.parse(voided.at)),
    by: voided.by,
    procedure: procedure.code ?? procedure.procedure,
    issue,
    code: code ?? reference,
    request: given.key,
  };
}
