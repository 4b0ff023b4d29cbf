import { holdersOf } from '../../domain/authority/organisation.ts';
import { newCopy } from '../../domain/dossier/commands/papers.ts';
import { accept } from '../../domain/dossier/commands/decision.ts';
import { decideTask } from '../../domain/dossier/commands/tasks.ts';
import { type Dossier, taskId, type TaskState } from '../../domain/dossier/state.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { HandedInSignature } from '../../schemas/api.ts';
import type { TaskOpening } from '../../schemas/dossier.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { StageOf } from '../../schemas/procedure/stages.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { endOfTerm } from '../dossiers/deadline.ts';
import { drawnFor, templateOf } from '../issues/make-paper.ts';
import { placeOf, signPersonally } from '../issues/sign-personally.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { authorise } from '../tasks/authority.ts';
import { evaluatorAfter, foresee } from './foresight.ts';
import { planLeaving } from './leaving.ts';
import { type Standing, standingOf } from './standing.ts';

type Command = Parameters<typeof decideTask>[1];
/** A paper has so many places for signatures. */
const MOST_SIGNERS = 4;

/** Who alone may inspect, and from when on: the team of the decision, and the end of the notice to the applicant. */
export async function inspectionTerms(
  platform: Platform,
  standing: Standing,
  stage: StageOf<'inspect'>,
): Promise<Pick<TaskOpening, 'people' | 'notBefore'>> {
  const { evaluator, now, calendar } = standing;
  const notBefore = stage.noticeOf && (await endOfTerm(stage.noticeOf, now, evaluator, calendar));
  const people = stage.team === undefined ? undefined : await teamOf(platform, await evaluator.optional(stage.team));
  return { ...(people && { people }), ...(notBefore !== undefined && { notBefore }) };
}

async function teamOf(platform: Platform, found: unknown): Promise<string[]> {
  const ids = (Array.isArray(found) ? (found as unknown[]) : [found]).map(String);
  for (const id of ids)
    if (found === undefined || !(await platform.registry.get('official', id)))
      throw new TaskTerminal(`team: expected officials, got ${found === undefined ? 'nothing' : id}`);
  return [...new Set(ids)];
}

/** Who drew the record up, then the others who took part: each signs it with the own key. */
function participantsOf(task: TaskState, command: Command): string[] | Refused {
  const form = command.secret?.['form'] as { participants?: unknown } | undefined;
  const by = command.by.kind === 'official' ? command.by.id : '';
  const named = form?.participants === undefined ? [by] : form.participants;
  const ids = Array.isArray(named) ? named.map(String) : [];
  const strangers = ids.filter((id) => task.people !== undefined && !task.people.includes(id));
  const expected = `up to ${MOST_SIGNERS} of ${task.people?.join(', ') ?? 'those who hold the role'}, ${by} among them`;
  if (ids.length === 0 || ids.length > MOST_SIGNERS || strangers.length > 0 || !ids.includes(by))
    return refuse('form-invalid', `participants: expected ${expected}; got ${ids.join(', ') || 'nobody'}`, [
      { at: '/form/participants', expected, found: ids.join(', ') },
    ]);
  return [by, ...new Set(ids.filter((id) => id !== by))];
}

/** Who signs must be somebody who can: an official who inspects in this unit today. */
async function strangerAmong(
  catalogue: Catalogue,
  now: number,
  { unit, role }: TaskState,
  participants: readonly string[],
): Promise<Refused | undefined> {
  const office = { unit: unit ?? '', role: role ?? '' };
  const organisation = await catalogue.directory.at(catalogue, now);
  const holders = new Set(holdersOf(organisation, office).map(({ id }) => id));
  // Who acts has been judged already, with the instrument by which he does.
  const stranger = participants.slice(1).find((id) => !holders.has(id));
  if (stranger === undefined) return undefined;
  const expected = `officials who are ${office.role} of ${office.unit} today`;
  return refuse('form-invalid', `participants: expected ${expected}; got ${stranger}`, [
    { at: '/form/participants', expected, found: stranger },
  ]);
}

/** The record is drawn up with its outcome; the stage is left when all who took part have signed it. */
export async function proposeRecord(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  at: { stage: StageOf<'inspect'>; record: string; task: TaskState; command: Command },
): Promise<Proposal> {
  const { record, task, command } = at;
  const actor = command.by;
  const participants = participantsOf(task, command);
  if (!Array.isArray(participants)) return { decision: participants, actor };
  const stranger = await strangerAmong(catalogue, standing.now, task, participants);
  if (stranger) return { decision: stranger, actor };
  const checked = decideTask(standing.loaded.dossier, command);
  if (!checked.ok) return { decision: checked, actor };
  // The paper shows what the decision records.
  const after = foresee(standing.loaded, checked.events, { actor, now: standing.now });
  const seen: Standing = {
    ...(await standingOf(catalogue, after, standing.now)),
    evaluator: evaluatorAfter(standing, { events: checked.events, actor }),
  };
  const { readTemplate } = await import('../../schemas/template.ts');
  const template = readTemplate(templateOf(standing, record));
  const role = template.sign[0]?.role ?? task.role ?? '';
  const sign = participants.map((_, index) => ({ role: placeOf(role, `personal${index + 1}`) }));
  const drawn = await drawnFor(platform, catalogue, seen, record, { ...template, sign });
  if (!drawn.ok) return { decision: drawn, actor };
  const { copy, voided } = newCopy(standing.loaded.dossier, record);
  const drafted: EventBody = {
    type: 'IssueDrafted',
    data: { issue: record, copy, stage: task.stage, ...drawn.paper },
  };
  const opens = signatureOf(standing.loaded.dossier, task, { index: 0, people: participants });
  return { decision: decideTask(standing.loaded.dossier, { ...command, with: [...voided, drafted], opens }), actor };
}

/** Who drew the record up signs it; the others sign, or decline with their reason, which is recorded. */
function signatureOf(
  dossier: Dossier,
  task: TaskState,
  { index, people }: { index: number; people: readonly string[] },
): TaskOpening {
  const step = `personal${index + 1}`;
  return {
    task: taskId(dossier.id, task.stage, task.visit, step),
    step,
    unit: task.unit,
    role: task.role,
    party: null,
    outcomes: index === 0 ? ['signed'] : ['signed', 'declined'],
    assurance: 'signature',
    separateFrom: [],
    people: [people[index] ?? ''],
  };
}

interface RecordSignature {
  record: string;
  task: TaskState;
  command: Command;
  signature: HandedInSignature | undefined;
  participants: readonly string[];
  /** The instrument by which the official acts, where the office is not his own. */
  onBehalfOf: string | undefined;
}

async function signRecord(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { record, task, signature, onBehalfOf, by }: RecordSignature & { by: Extract<Command['by'], { kind: 'official' }> },
): ReturnType<typeof signPersonally> {
  const { dossier } = standing.loaded;
  const signed = await signPersonally(platform, catalogue, standing, {
    issue: record,
    task,
    official: by,
    place: placeOf(task.role ?? '', task.step),
    ...(signature && { signature }),
  });
  // The signing service took its time: who signs must still be the one who may when it is recorded.
  const still = await authorise(catalogue, platform.clock.now(), by, { dossier, task, onBehalfOf });
  return still.ok ? signed : still;
}

/** One signature under the record, or its refusal; after the last the stage is left by the outcome that the record says. */
export async function proposeRecordSignature(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  at: RecordSignature,
): Promise<Proposal> {
  const { task, command, participants } = at;
  const { dossier } = standing.loaded;
  const { by } = command;
  if (by.kind !== 'official') return { decision: refuse('not-entitled', 'only an official signs'), actor: by };
  const index = Number(task.step.slice('personal'.length));
  const opens = index < participants.length ? signatureOf(dossier, task, { index, people: participants }) : undefined;
  const made =
    command.outcome === 'signed' ? await signRecord(platform, catalogue, standing, { ...at, by }) : undefined;
  if (made && !made.ok) return { decision: made, actor: by };
  const actor = made ? { ...by, assurance: 'signature' as const } : by;
  const complete = { ...command, by: actor, ...(made && { with: [made.event] }), ...(opens && { opens }) };
  const decided = decideTask(dossier, complete);
  if (opens || !decided.ok) return { decision: decided, actor };
  return leaveByRecord(platform, catalogue, standing, { task, complete, events: decided.events });
}

/** The last of those who took part has signed, or declined. */
async function leaveByRecord(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { task, complete, events }: { task: TaskState; complete: Command; events: EventBody[] },
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  const { stage, visit } = task;
  const actor = complete.by;
  const outcome = dossier.tasks[taskId(dossier.id, stage, visit, 'decision')]?.decided?.outcome ?? '';
  const plan = await planLeaving(platform, catalogue, standing, { stage, outcome, events, actor });
  if (plan.kind === 'refused') return { decision: plan.refused, actor };
  if (plan.kind === 'park') {
    const data = { run: dossier.run, stage, error: 'NothingToDecideBy', cause: plan.cause.slice(0, 500) };
    return { decision: accept(...events, { type: 'DossierParked', data }), actor };
  }
  return { decision: decideTask(dossier, { ...complete, leaves: { ...plan, outcome } }), actor, outbox: plan.outbox };
}
