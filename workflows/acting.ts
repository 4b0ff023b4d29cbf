import type { Stage } from '../schemas/procedure/stages.ts';

/** Whether the platform does the stage itself, without waiting for anybody. */
export function isActing(stage: Stage): boolean {
  return stage.kind === 'call' || stage.kind === 'notify' || ('by' in stage && stage.by === 'system');
}

/**
 * Whether the platform, standing before the stage after one it has done itself, does it at once, in the same commit. A `call` is left to a step
 * of the machine of its own: another system may keep it waiting, and its attempts are the machine's to repeat.
 */
export function isDoneAtOnce(stage: Stage): boolean {
  return isActing(stage) && stage.kind !== 'call';
}

/**
 * What a machine understands as the answer of the acting function; it says so with each call. 1 (or nothing): the stage after the one it called for.
 * 2: also where the function stands after it went on with what is done at once.
 */
export const ACTING_CONTRACT = 2;
