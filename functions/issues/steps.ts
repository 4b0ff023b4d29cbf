import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { TaskOpening } from '../../schemas/dossier.ts';
import { taskId } from '../../domain/dossier/state.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Issue } from '../../schemas/procedure/papers.ts';
import type { StageOf } from '../../schemas/procedure/stages.ts';

export interface SignatureStep {
  step: string;
  role: string;
}

/** The steps of a signature in the order of law: initials, persons, then number and organisation (Decree 30/2020 art. 14, 32). */
export function signatureSteps(issue: Issue): SignatureStep[] {
  const { initials = [], personal = [], organisation } = issue.sign ?? {};
  return [
    ...initials.map((role, index) => ({ step: `initials${index + 1}`, role })),
    ...personal.map((role, index) => ({ step: `personal${index + 1}`, role })),
    ...(organisation === undefined ? [] : [{ step: 'organisation', role: organisation }]),
  ];
}

/** The task of one step. Persons sign with their own key; initials and the clerk's function take a login. */
export function openingOf(
  dossier: Dossier,
  stage: { name: string; visit: number; stage: StageOf<'sign'> },
  { step, role }: SignatureStep,
): TaskOpening {
  return {
    task: taskId(dossier.id, stage.name, stage.visit, step),
    step,
    unit: dossier.unit,
    role,
    party: null,
    outcomes: Object.keys(stage.stage.then ?? {}),
    assurance: step.startsWith('personal') ? 'signature' : 'login',
    separateFrom: [...(stage.stage.separateFrom ?? [])],
  };
}

/** Work that puts number and organisation's signature on the paper and then leaves the stage. The same visit gives the same row. */
export function sealRow(
  dossier: string,
  at: number,
  work: { issue: string; stage: string; visit: number },
): Omit<OutboxRow, 'dossier' | 'attempts'> {
  return {
    id: `${dossier}:work:seal:${work.stage}.${work.visit}`,
    group: `${dossier}:work`,
    kind: 'work',
    at,
    body: { work: 'seal', ...work },
  };
}

/** Work that makes a paper which no person signs. The same `occasion` gives the same row. */
export function makeRow(
  dossier: string,
  at: number,
  { occasion, ...work }: { issue: string; stage: string; copy: number; occasion: string },
): Omit<OutboxRow, 'dossier' | 'attempts'> {
  return {
    id: `${dossier}:work:${work.issue}:${occasion}`,
    group: `${dossier}:work`,
    kind: 'work',
    at,
    body: { work: 'make', ...work },
  };
}
