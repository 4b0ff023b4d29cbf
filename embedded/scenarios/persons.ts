import { isOpen } from '../../domain/dossier/project.ts';
import type { Dossier, TaskState } from '../../domain/dossier/state.ts';
import { ARCHIVIST } from '../../functions/archive/keepers.ts';
import type { Actor } from '../../schemas/actor.ts';
import { isSameOffice } from '../../domain/authority/organisation.ts';
import type { Instrument, OrganisationFile } from '../../schemas/organisation.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;
type DecideStep = Extract<ScenarioStep, { kind: 'decide' }>;
type OfficialRecord = OrganisationFile['officials'][number];

/** The task that a step speaks of: the named step of the visit, else the one that is open, else the last one. */
export function taskOf(dossier: Dossier, { stage, step }: DecideStep): TaskState | undefined {
  const tasks = Object.values(dossier.tasks).filter(
    (task) =>
      task.stage === stage &&
      (step.visit === undefined || task.visit === step.visit) &&
      (step.step === undefined || task.step === step.step) &&
      (step.part === undefined || task.part?.id === step.part),
  );
  return tasks.find(isOpen) ?? tasks.at(-1);
}

/** Who acts: the named official in the appointment that fits, the holder of the instrument that is named, an official of the named role, or one of those whose work it is. */
export function officialFor(
  organisation: OrganisationFile,
  dossier: Dossier,
  task: TaskState | undefined,
  { by, onBehalfOf }: { by?: string | undefined; onBehalfOf?: string | undefined },
): OfficialActor {
  const instrument = organisation.instruments.find(({ id }) => id === onBehalfOf);
  if (instrument) return holderOf(organisation, instrument, by);
  const unit = task?.unit ?? dossier.unit ?? dossier.receivingUnit;
  const named = organisation.officials.find(({ id }) => id === by);
  if (named) return actorOf(named, { unit, role: task?.role ?? '' });
  const role = by ?? task?.role ?? undefined;
  const holders = organisation.officials.filter(({ appointments }) =>
    appointments.some((appointment) => appointment.unit === unit && (role === undefined || appointment.role === role)),
  );
  const free = holders.find(({ id }) => task === undefined || !hasDecidedSeparate(dossier, task, id));
  const chosen = free ?? holders[0];
  if (!chosen) throw new Error(`expected an official or a role of unit ${unit}, got ${role ?? 'nobody'}`);
  return actorOf(chosen, { unit, role: role ?? '' });
}

/** Who keeps the record of a dossier: the archivist of its unit, where it has one. */
export function archivistFor(organisation: OrganisationFile, dossier: Dossier): OfficialActor {
  const unit = dossier.unit ?? dossier.receivingUnit;
  const has = organisation.officials.some(({ appointments }) =>
    appointments.some((appointment) => appointment.unit === unit && appointment.role === ARCHIVIST),
  );
  return officialFor(organisation, dossier, undefined, has ? { by: ARCHIVIST } : {});
}

function holderOf(organisation: OrganisationFile, { id, holder }: Instrument, by: string | undefined): OfficialActor {
  const wanted = by ?? holder.official;
  const official = organisation.officials.find((each) =>
    wanted === undefined ? each.appointments.some((own) => isSameOffice(own, holder)) : each.id === wanted,
  );
  if (!official) throw new Error(`instrument ${id}: expected an official who holds it, got ${by ?? 'nobody'}`);
  return actorOf(official, holder);
}

function actorOf(official: OfficialRecord, wanted: { unit: string; role: string }): OfficialActor {
  const fitting =
    official.appointments.find(({ unit, role }) => unit === wanted.unit && role === wanted.role) ??
    official.appointments[0];
  if (!fitting) throw new Error(`official ${official.id}: expected an appointment`);
  return { kind: 'official', id: official.id, unit: fitting.unit, role: fitting.role, assurance: 'login' };
}

function hasDecidedSeparate(dossier: Dossier, task: TaskState, id: string): boolean {
  return Object.values(dossier.tasks).some(
    (other) =>
      task.separateFrom.includes(other.stage) && other.decided?.by.kind === 'official' && other.decided.by.id === id,
  );
}
