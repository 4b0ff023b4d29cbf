import type { TaskState } from '../../domain/dossier/state.ts';
import { normalised } from '../../domain/normalised.ts';
import type { FieldError } from '../../schemas/refusals.ts';
import type { FormRef } from '../../schemas/procedure/values.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import type { Pinned } from '../procedures/catalogue.ts';
import { forward } from '../stages/standing.ts';

type Data = Readonly<Record<string, unknown>>;

interface Recorded {
  task: TaskState;
  stage: Stage;
  decision: { outcome: string; form?: Data | undefined };
  /** Of the applicant, what the dossier holds already. */
  taken?: unknown;
}

/** What is wrong with what is recorded. An official who leaves a stage by its way forward is held to its form also where he sends none. */
export async function formErrors(
  pinned: Pinned,
  { task, stage, decision: { form, outcome }, taken }: Recorded,
): Promise<FieldError[]> {
  const isOfficial = task.party === null;
  const schema = isOfficial ? formOf(stage, task) : pinned.procedure.form;
  const isWanted = isOfficial && stage.kind !== 'inspect' && outcome === forward(stage);
  if (schema === undefined || (form === undefined && !isWanted)) return [];
  const errors = await pinned.validateForm(schema, normalised(form ?? {}), isOfficial ? undefined : taken);
  return errors.map((error) => ({ ...error, at: `/form${error.at}` }));
}

/** What an official records: of a consulted body the form of its part. */
function formOf(stage: Stage, { part }: TaskState): FormRef | undefined {
  if (stage.kind === 'consult') return part?.of == null ? undefined : stage.parts[part.of]?.form;
  return 'form' in stage ? stage.form : undefined;
}

/** Whether a stage is left by its way forward only with something recorded: not by who can record nothing. */
export async function wantsForm(pinned: Pinned, stage: Stage, task: TaskState): Promise<boolean> {
  const decision = { outcome: forward(stage), form: undefined };
  return (await formErrors(pinned, { task, stage, decision })).length > 0;
}
