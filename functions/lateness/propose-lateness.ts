import { decideTask } from '../../domain/dossier/commands/tasks.ts';
import { LATENESS } from '../../domain/dossier/state.ts';
import { newPromise } from '../../domain/time/new-promise.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { EventBody, EventData } from '../../schemas/events.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { latenessAlarms } from '../clock/alarms.ts';
import { drawnFor, takeNumber } from '../issues/make-paper.ts';
import { signPersonally } from '../issues/sign-personally.ts';
import { signatureSteps } from '../issues/steps.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { foresee } from '../stages/foresight.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import { authorise } from '../tasks/authority.ts';
import type { Deciding, Decision } from '../tasks/decision.ts';
import { apologyRow } from './apology.ts';
import { askForApology, signingOf } from './openings.ts';
import { latenessRules, type LatenessRules, refuseReappointment } from './rules.ts';

type Command = Parameters<typeof decideTask>[1];
type OfficialActor = Extract<Actor, { kind: 'official' }>;

interface Step extends Deciding {
  standing: Standing;
  rules: LatenessRules;
  command: Command;
}

/** A decision about lateness: an apology is drafted, signed or declined, or a passed date noted. The dossier stands wherever it stands. */
export async function proposeLateness(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  request: Deciding,
): Promise<Proposal> {
  const { task, decider, decision } = request;
  const actor = decider.by;
  const standing = await standingOf(catalogue, loaded, platform.clock.now());
  const rules = latenessRules(standing.procedure);
  if (decision.attachments.length > 0)
    return { decision: refuse('document-not-accepted', 'expected no documents with an apology'), actor };
  const comment = decision.comment?.normalize('NFC');
  const command: Command = {
    task: task.task,
    outcome: decision.outcome,
    by: decider.by,
    ...(comment !== undefined && { comment, secret: { comment } }),
    documents: [],
    missing: [],
    revises: false,
  };
  // Who is about to sign is judged as if he had.
  const by = task.step.startsWith('personal') && actor.kind === 'official' ? asSigner(actor) : actor;
  const checked = decideTask(loaded.dossier, { ...command, by });
  const refused = checked.ok ? refuseUnlessLawful(standing, rules, decision.outcome) : checked;
  if (refused) return { decision: refused, actor };
  const proposed = await proposeStep(platform, catalogue, { ...request, standing, command }, rules);
  return { ...(decider.idempotency && { idempotency: decider.idempotency }), ...proposed };
}

function asSigner(by: OfficialActor): OfficialActor {
  return { ...by, assurance: 'signature' };
}

/** Saying no, and noting what is over, is never too late. */
function refuseUnlessLawful(
  { loaded, now }: Standing,
  rules: LatenessRules | undefined,
  outcome: string,
): Refused | undefined {
  if (outcome === 'noted' || outcome === 'declined') return undefined;
  return refuseReappointment(loaded.dossier, rules, now);
}

/** A passed date is noted in every procedure; all else is of those that know apologies. */
async function proposeStep(
  platform: Platform,
  catalogue: Catalogue,
  request: Omit<Step, 'rules'>,
  rules: LatenessRules | undefined,
): Promise<Proposal> {
  const { standing, command, task } = request;
  const { dossier } = standing.loaded;
  if (command.outcome === 'noted') return { decision: decideTask(dossier, command), actor: command.by };
  if (!rules) throw new Error(`task ${task.task}: expected a procedure that knows apologies`);
  const step = { ...request, rules };
  switch (command.outcome) {
    case 'drafted':
      return draft(platform, catalogue, step);
    case 'signed':
      return sign(platform, catalogue, step);
    case 'declined': {
      const again = await askForApology(standing, rules);
      return { decision: decideTask(dossier, { ...command, with: [again] }), actor: command.by };
    }
    default:
      return { decision: decideTask(dossier, command), actor: command.by };
  }
}

/** Reason, cause and new date; the letter is drawn with them and goes to who signs first. */
async function draft(platform: Platform, catalogue: Catalogue, step: Step): Promise<Proposal> {
  const { standing, rules, command, task, decision } = step;
  const { dossier } = standing.loaded;
  const actor = command.by;
  if (dossier.unit === null)
    return {
      decision: refuse('wrong-status', 'expected a unit that decides; nobody has placed the dossier yet'),
      actor,
    };
  const drafted = read(standing, rules, decision);
  if ('ok' in drafted) return { decision: drafted, actor };
  const [first] = signatureSteps(rules.issue);
  if (!first) throw new Error(`issue ${rules.makes}: expected somebody who signs`);
  const { secret, ...bare } = command;
  const said: EventBody = { type: 'ApologyDrafted', data: drafted, ...(secret && { secret }) };
  const foreseen = foresee(standing.loaded, [said], { actor, now: standing.now });
  const drawn = await drawnFor(platform, catalogue, await standingOf(catalogue, foreseen, standing.now), rules.makes);
  if (!drawn.ok) return { decision: drawn, actor };
  const copy = (dossier.issues[rules.makes]?.copy ?? 0) + 1;
  const issued: EventBody = {
    type: 'IssueDrafted',
    data: { issue: rules.makes, copy, stage: LATENESS, ...drawn.paper },
  };
  const opens = signingOf(dossier, task, first);
  return { decision: decideTask(dossier, { ...bare, with: [said, issued], opens }), actor };
}

function read(
  { loaded, calendar }: Standing,
  { causes }: LatenessRules,
  { form = {} }: Decision,
): EventData<'ApologyDrafted'> | Refused {
  const { cause, due, ...others } = form;
  const [other] = Object.keys(others);
  if (other !== undefined) return unreadable(other, 'no other field than cause and due', others[other]);
  const known = Object.keys(causes);
  if (typeof cause !== 'string' || !known.includes(cause)) return unreadable('cause', known.join(' | '), cause);
  if (typeof due !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(due)) return unreadable('due', 'a date, YYYY-MM-DD', due);
  const promise = newPromise(calendar, due, Date.parse(loaded.dossier.promise?.dueAt ?? ''));
  if (!promise.ok) return unreadable('due', promise.expected, due);
  return { cause, due, dueAt: new Date(promise.dueAt).toISOString() };
}

function unreadable(field: string, expected: string, found: unknown): Refused {
  return refuse('form-invalid', `${field}: expected ${expected}`, [
    { at: `/form/${field}`, expected, ...(typeof found === 'string' && { found }) },
  ]);
}

/** Steps in the order of law. With the last one the new date is promised; sealing the letter and sending it come after. */
async function sign(platform: Platform, catalogue: Catalogue, step: Step): Promise<Proposal> {
  const { standing, rules, command, task, decision } = step;
  const { dossier } = standing.loaded;
  const { by } = command;
  if (by.kind !== 'official') return { decision: refuse('not-entitled', 'only an official signs'), actor: by };
  const steps = signatureSteps(rules.issue);
  const next = steps[steps.findIndex((each) => each.step === task.step) + 1];
  const made = await signatureOf(platform, catalogue, step, by);
  if (made && !made.ok) return { decision: made, actor: by };
  const actor = made ? asSigner(by) : by;
  const signed = { ...command, by: actor, ...(made && { with: [made.event] }) };
  if (next) return { decision: decideTask(dossier, { ...signed, opens: signingOf(dossier, task, next) }), actor };
  return reappoint(platform, catalogue, { standing, rules, command: signed, task, decision, decider: step.decider });
}

async function signatureOf(
  platform: Platform,
  catalogue: Catalogue,
  { standing, rules, task, decision, decider }: Step,
  official: OfficialActor,
): Promise<Awaited<ReturnType<typeof signPersonally>> | undefined> {
  if (!task.step.startsWith('personal')) return undefined;
  const signature = decision.signature && { signature: decision.signature };
  const signed = await signPersonally(platform, catalogue, standing, {
    issue: rules.makes,
    task,
    official,
    ...signature,
  });
  // The signing service took its time: who signs must still be the one who may when it is recorded.
  const { dossier } = standing.loaded;
  const still = await authorise(catalogue, platform.clock.now(), decider.by, {
    dossier,
    task,
    onBehalfOf: decision.onBehalfOf,
  });
  return still.ok ? signed : still;
}

async function reappoint(platform: Platform, catalogue: Catalogue, step: Step): Promise<Proposal> {
  const { standing, rules, command, task } = step;
  const { loaded, calendar, evaluator } = standing;
  const { apology, promise, reappointed, id, issues } = loaded.dossier;
  const draft = apology?.draft;
  if (!draft || !promise) throw new Error(`task ${task.task}: expected a drafted apology for a promised date`);
  const copy = issues[rules.makes]?.copy ?? 1;
  const { due, dueAt, cause } = draft;
  const alarms = await latenessAlarms(standing, evaluator, { dueAt }, (reappointed?.times ?? 0) + 1);
  // Last: what is taken is given back only with what is answered here.
  const taken =
    task.step === 'organisation'
      ? await takeNumber(platform, catalogue, standing, { name: rules.makes, copy })
      : undefined;
  const numbers = taken && { numbers: taken.numbers };
  // Signature and number took their time: the date must not have passed meanwhile.
  const now = platform.clock.now();
  const late = refuseReappointment(loaded.dossier, rules, now);
  if (late) return { decision: late, actor: command.by, ...numbers };
  const moved: EventBody = {
    type: 'Reappointed',
    data: {
      due,
      dueAt,
      from: { due: promise.due, dueAt: promise.dueAt },
      cause,
      legalBasis: rules.legalBasis,
      issue: rules.makes,
      copy,
      inTime: localDate(calendar, now) <= apology.by,
      alarms,
    },
  };
  const more = [...(command.with ?? []), ...(taken ? [taken.event] : []), moved];
  return {
    decision: decideTask(loaded.dossier, { ...command, with: more }),
    actor: command.by,
    ...numbers,
    outbox: [apologyRow(id, now, { issue: rules.makes, copy })],
  };
}
