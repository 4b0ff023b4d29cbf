import type { FunctionName } from './function-parts.ts';

/** Memory, in MB, which buys processor time too, and the longest run, in seconds. A machine waits 60 s for its functions; the API's caller 30 s. */
export const FUNCTION_SIZES = {
  api: { memory: 1024, seconds: 29 },
  console: { memory: 1024, seconds: 29 },
  install: { memory: 512, seconds: 300 },
  'waiting-stage': { memory: 1024, seconds: 55 },
  'acting-stage': { memory: 512, seconds: 55 },
  park: { memory: 512, seconds: 55 },
  relay: { memory: 1024, seconds: 120 },
  sweep: { memory: 1024, seconds: 55 },
  watch: { memory: 512, seconds: 60 },
} as const satisfies Record<FunctionName, { memory: number; seconds: number }>;
