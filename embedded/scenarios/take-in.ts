import { notTakenIn } from '../../domain/dossier/paper.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { prepareIntake, takePaperIn } from '../../functions/intake/take-in.ts';
import type { Loaded } from '../../functions/runtime/dossier-cache.ts';
import type { Catalogue } from '../../functions/procedures/catalogue.ts';
import type { Platform } from '../../functions/runtime/platform.ts';
import type { OrganisationFile } from '../../schemas/organisation.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';
import { officialFor, taskOf } from './persons.ts';
import type { Done } from './playing.ts';
import type { SampleWorld } from './sample-world.ts';

type IntakeStep = Extract<ScenarioStep, { kind: 'intake' }>['step'];

/** What an official says of the paper, as a step tells it. */
export function comparedIn(
  dossier: Dossier,
  { intake, compared }: IntakeStep,
): { compared: string[]; keeps?: { components: string[]; place: string; until: string } } {
  const waiting = notTakenIn(dossier);
  // Where nothing waits it is tried all the same.
  const all = [...new Set((waiting.length > 0 ? waiting : dossier.documents).map(({ component }) => component))];
  return {
    compared: compared ?? all,
    ...(intake !== true && { keeps: { components: intake.keeps, place: intake.place, until: intake.until } }),
  };
}

/** The open task at which it is taken in. */
export function taskOfIntake(dossier: Dossier, { stage }: IntakeStep): ReturnType<typeof taskOf> {
  return taskOf(dossier, { kind: 'decide', stage: stage ?? dossier.stage ?? '', outcome: '', step: {} });
}

/** An official compares, authorises the hash at the signing service, and hands the signature in. */
export async function takeInAs(
  { machine, world }: { machine: { platform: Platform; catalogue: Catalogue }; world: Pick<SampleWorld, 'authorize'> },
  organisation: OrganisationFile,
  loaded: Loaded,
  step: IntakeStep,
): Promise<Done> {
  const { platform, catalogue } = machine;
  const { dossier } = loaded;
  const task = taskOfIntake(dossier, step);
  const by = officialFor(organisation, dossier, task, step);
  const { compared: components, keeps } = comparedIn(dossier, step);
  const { onBehalfOf, signature = 'own' } = step;
  const order = { task: task?.task ?? `${dossier.id}.${step.stage ?? 'receive'}.1`, by, onBehalfOf, components, keeps };
  const prepared = await prepareIntake(platform, catalogue, loaded, order);
  if (!prepared.ok) return prepared;
  const other = organisation.officials.find(({ id, credential }) => credential !== undefined && id !== by.id);
  const credential = (signature === 'of-another' ? other?.credential : prepared.credential) ?? '';
  const hash = signature === 'stale' || !prepared.hash ? new Uint8Array(32) : prepared.hash;
  const signed = { credential, activation: world.authorize(credential, hash) };
  const taken = await takePaperIn(platform, catalogue, { ...order, signature: signed });
  return taken.ok ? { ok: true } : taken;
}
