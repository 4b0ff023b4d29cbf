import type { FunctionName } from '../schemas/function-parts.ts';

/** Queues of what could not be done: what waits in one is looked at by a person, but for `watch`, which a function empties. */
export const QUEUES = ['relay-failed', 'sweep-failed', 'watch', 'watch-failed'] as const;
export type QueueName = (typeof QUEUES)[number];

/** Names that outlive what bears them: machines name functions by ARN for years, operators put parameters under a path, seals are found by alias. */
export interface Names {
  /** Of everything: `onetrack-dev`. */
  prefix: string;
  function(name: FunctionName): string;
  queue(name: QueueName): string;
  /** An operator puts it there once the keys are certified or the service is known; see docs/aws.md. */
  parameters: { recordChain: string; sealChains: string; trust: string; signerToken: string; loginSecret: string };
  /** What the alias of a seal begins with; the unit's id follows. */
  sealAlias: string;
  stack(part: 'data' | 'engine' | 'api' | 'observability'): string;
}

export function namesOf(environment: string): Names {
  const prefix = `onetrack-${environment}`;
  const path = `/onetrack/${environment}`;
  return {
    prefix,
    function: (name) => `${prefix}-${name}`,
    queue: (name) => `${prefix}-${name}`,
    parameters: {
      recordChain: `${path}/record-chain`,
      sealChains: `${path}/seals/`,
      trust: `${path}/trust`,
      signerToken: `${path}/signer-token`,
      loginSecret: `${path}/login-secret`,
    },
    sealAlias: `alias/${prefix}-seal-`,
    stack: (part) => `${prefix}-${part}`,
  };
}

/** What Step Functions calls every machine of a procedure: id, version and 16 digits of the hash, as `machineName` of the compiler makes it. */
export const MACHINE_PATTERN = `*_*_${'?'.repeat(16)}`;
