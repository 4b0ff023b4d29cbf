import { lastStanding, requestOf, undoOf } from '../../domain/dossier/calls.ts';
import { visitOf } from '../../domain/dossier/commands/stages.ts';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { CallAnswer } from '../../domain/ports/connectors.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { StageOf } from '../../schemas/procedure/stages.ts';
import type { Evaluator } from '../dossiers/evaluator.ts';
import type { Proposal } from '../runtime/append.ts';
import { secretOf } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import type { StageCall } from './call.ts';
import { evaluatorOnLeaving } from './foresight.ts';
import { following, parkingWith } from './going-on.ts';
import type { Standing } from './standing.ts';

/** Attempts after which a system counts as unavailable, where the procedure provides for it. */
const UNAVAILABLE_AFTER = 3;

type Message = Readonly<Record<string, unknown>>;
type CallStage = StageOf<'call'>;

/** What has to be recorded before a stage goes on, or before the dossier is parked. */
export interface First {
  first: Proposal;
  thenParked: boolean;
}

/** What a call comes to. */
type Called = { outcome: string; with: EventBody[]; secret?: Message } | First;

/** Tells another system, or has systems take back what they were told. */
export async function callSystem(
  platform: Platform,
  standing: Standing,
  at: StageCall,
  stage: CallStage,
): Promise<Called> {
  const { system, undoes } = stage;
  if (undoes !== undefined) return takeBack(platform, standing, at, { ...stage, undoes });
  if (system === undefined) throw new TaskTerminal(`stage ${at.stage}: expected a system`);
  const { loaded, evaluator } = standing;
  const visit = visitOf(loaded.dossier, at.stage);
  const place = { stage: at.stage, visit, system };
  const request = requestOf(loaded.dossier.id, place);
  const begun = loaded.dossier.calls?.[request];
  const send = begun ? sentOf(standing, begun.sent, 'send') : await messageOf(evaluator, stage.send);
  if (stage.undo !== undefined && !begun)
    return { first: following(standing, [begin({ ...place, run: at.run, request }, send)]), thenParked: false };
  const answer = await askSystem(platform, stage, { system, key: request, send });
  const outcome = answer === 'unavailable' ? answer : answer.outcome;
  if (outcome === 'refused' && !stage.then?.['refused'])
    throw new TaskTerminal(`system ${system} refused, and the procedure does not say what then`);
  const undo = await undoAfter(standing, stage, { stage: at.stage, answer });
  const answered: EventBody = {
    type: 'CallAnswered',
    data: { ...place, outcome, request },
    ...(undo && { secret: { undo } }),
  };
  return { outcome, with: [answered], ...(answer !== 'unavailable' && { secret: { form: answer.data } }) };
}

function begin(data: Extract<EventBody, { type: 'CallBegun' }>['data'], send: Message): EventBody {
  return { type: 'CallBegun', data, secret: { send } };
}

/**
 * One call after the other, the last begun first, each recorded by itself: a crash between two repeats none. One whose answer was never heard is asked
 * for its answer first, by the same message under the same key, since only then is known what there is to take back.
 */
async function takeBack(
  platform: Platform,
  standing: Standing,
  at: StageCall,
  stage: CallStage & { undoes: readonly string[] },
): Promise<Called> {
  const { dossier } = standing.loaded;
  const found = lastStanding(dossier, stage.undoes);
  if (!found) return { outcome: 'done', with: [] };
  const { request, call } = found;
  const { system, undo } = call;
  if (undo === null) {
    const send = sentOf(standing, call.sent, 'send');
    const answer = await askSystem(platform, stage, { system, key: request, send });
    if (answer === 'unavailable') return { outcome: answer, with: [] };
    const { stages } = standing.procedure;
    const made = await undoAfter(standing, stages[call.stage] as CallStage, { stage: call.stage, answer });
    const answered: EventBody = {
      type: 'CallAnswered',
      data: { stage: call.stage, visit: call.visit, system, outcome: answer.outcome, request },
      secret: { form: answer.data, ...(made && { undo: made }) },
    };
    return { first: following(standing, [answered]), thenParked: false };
  }
  const key = undoOf(request, call);
  const answer = await askSystem(platform, stage, { system, key, send: sentOf(standing, undo, 'undo') });
  if (answer === 'unavailable') return { outcome: answer, with: [] };
  const { outcome } = answer;
  const said: EventBody = {
    type: 'UndoAnswered',
    data: {
      run: at.run,
      stage: at.stage,
      visit: visitOf(dossier, at.stage),
      call: request,
      system,
      outcome,
      request: key,
    },
    secret: { form: answer.data },
  };
  if (outcome === 'done') return { first: following(standing, [said]), thenParked: false };
  if (stage.then?.['refused']) return { outcome, with: [said] };
  const cause = new TaskTerminal(
    `system ${system} refused to take back ${request}, and the procedure does not say what then`,
  );
  return { first: parkingWith(standing, { stage: at.stage, events: [said] }, cause), thenParked: true };
}

async function messageOf(evaluator: Evaluator, inputs: CallStage['send'] = {}): Promise<Message> {
  const message: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(inputs)) message[name] = await evaluator.value(value);
  return message;
}

/** The message that takes a call back, from what the system has just answered: later the form, or the stage's last visit, may be another. */
async function undoAfter(
  standing: Standing,
  { undo }: CallStage,
  { stage, answer }: { stage: string; answer: CallAnswer | 'unavailable' },
): Promise<Message | undefined> {
  if (undo === undefined || answer === 'unavailable' || answer.outcome !== 'done') return undefined;
  return messageOf(evaluatorOnLeaving(standing, { stage, outcome: 'done', form: answer.data }), undo);
}

/** What a call that was begun sends, as the record has it: asked again, it is the same message. */
function sentOf({ loaded }: Standing, seq: number, what: 'send' | 'undo'): Message {
  const message = secretOf(loaded, seq)[what];
  if (typeof message !== 'object' || message === null)
    throw new Error(`event ${seq}: expected what was sent (${what})`);
  return message as Message;
}

/** Asks again a few times. Only where the procedure says what `unavailable` leads to is that an outcome; else the machine retries, and parks at last. */
async function askSystem(
  { connectors }: Platform,
  { then }: CallStage,
  message: { system: string; key: string; send: Message },
): Promise<CallAnswer | 'unavailable'> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectors.call(message);
    } catch (error) {
      const handled = then?.['unavailable'] !== undefined && error instanceof TaskRetryable;
      if (!handled) throw error;
      if (attempt === UNAVAILABLE_AFTER) return 'unavailable';
    }
  }
}
