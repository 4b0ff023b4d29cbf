import type { EventData } from '../../schemas/events.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';

const KINDS = ['presence', 'paper'] as const;

/** The paper debt that a stage declares; undefined: none. */
export function paperOfStage(stage: Stage | undefined): EventData<'StageEntered'>['paper'] {
  if (stage === undefined || stage.kind === 'decide') return undefined;
  const declared = KINDS.filter((kind) => stage[kind] !== undefined);
  return declared.length > 0 ? declared : undefined;
}
