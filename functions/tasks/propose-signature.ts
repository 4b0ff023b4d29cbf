import { decideTask } from '../../domain/dossier/commands/tasks.ts';
import type { TaskState } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { StageOf } from '../../schemas/procedure/stages.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { decidedAt, extendedBy } from '../clock/extension.ts';
import { issueOf, takeNumber } from '../issues/make-paper.ts';
import { signPersonally } from '../issues/sign-personally.ts';
import { openingOf, sealRow, signatureSteps } from '../issues/steps.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import type { Standing } from '../stages/standing.ts';
import { authorise } from './authority.ts';
import type { Decider, Decision } from './decision.ts';

interface Signature {
  stage: StageOf<'sign'>;
  task: TaskState;
  decider: Decider;
  decision: Decision;
  command: Parameters<typeof decideTask>[1];
}

/** One step of a signature. Steps are opened one after another, so nobody can sign before his turn. */
export async function proposeSignature(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  signature: Signature,
): Promise<Proposal> {
  const { stage, task, decider, command } = signature;
  const { dossier } = standing.loaded;
  const { by } = decider;
  if (by.kind !== 'official') return { decision: refuse('not-entitled', 'only an official signs'), actor: by };
  const steps = signatureSteps(issueOf(standing, stage.issue));
  const next = steps[steps.findIndex(({ step }) => step === task.step) + 1];
  const moved = await movedBy(standing, task.stage);
  if (moved && 'refusal' in moved) return { decision: moved, actor: by };
  const made = task.step.startsWith('personal')
    ? await signatureOf(platform, catalogue, standing, { ...signature, by })
    : { ok: true as const, by, events: [] };
  if (!made.ok) return { decision: made, actor: by };
  const signed = { ...command, by: made.by, with: made.events };
  if (next) {
    const opens = openingOf(dossier, { name: task.stage, visit: task.visit, stage }, next);
    return { decision: decideTask(dossier, { ...signed, opens }), actor: made.by };
  }
  return finish(platform, catalogue, standing, { ...signature, by: made.by, command: signed });
}

type OfficialActor = Extract<Actor, { kind: 'official' }>;

async function signatureOf(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { stage, task, decider, decision, by }: Signature & { by: OfficialActor },
): Promise<{ ok: true; by: OfficialActor; events: EventBody[] } | Refused> {
  const { dossier } = standing.loaded;
  const signed = await signPersonally(platform, catalogue, standing, {
    issue: stage.issue,
    task,
    official: by,
    ...(decision.signature && { signature: decision.signature }),
  });
  if (!signed.ok) return signed;
  // The signing service took its time: who signs must still be the one who may when it is recorded.
  const { onBehalfOf } = decision;
  const still = await authorise(catalogue, platform.clock.now(), decider.by, { dossier, task, onBehalfOf });
  return still.ok ? { ok: true, by: { ...by, assurance: 'signature' }, events: [signed.event] } : still;
}

/** The last step: the number, where the organisation signs, and what the paper decides. Sealing and sending it come after. */
async function finish(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { stage, task, by, command }: Signature & { by: OfficialActor },
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  const copy = dossier.issues[stage.issue]?.copy ?? 1;
  const taken =
    task.step === 'organisation'
      ? await takeNumber(platform, catalogue, standing, { name: stage.issue, copy })
      : undefined;
  const numbers = taken && { numbers: taken.numbers };
  // Signature and number took their time: a limit must not have passed meanwhile.
  const moved = await movedBy({ ...standing, now: platform.clock.now() }, task.stage);
  if (moved && 'refusal' in moved) return { decision: moved, actor: by, ...numbers };
  const events = [...(command.with ?? []), ...(taken ? [taken.event] : []), ...(moved ? [moved.event] : [])];
  return {
    decision: decideTask(dossier, { ...command, with: events }),
    actor: by,
    ...numbers,
    outbox: [sealRow(dossier.id, standing.now, { issue: stage.issue, stage: task.stage, visit: task.visit })],
  };
}

/** What the signature of a paper does to the clock, or why it may not any more. */
async function movedBy(standing: Standing, stage: string): Promise<Awaited<ReturnType<typeof extendedBy>> | undefined> {
  const extension = decidedAt(standing.procedure, stage);
  return extension && extendedBy(standing, extension);
}
