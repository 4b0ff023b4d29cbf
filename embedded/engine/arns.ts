import { REGION } from './history.ts';

const ACCOUNT = '000000000000';

/** ARNs in the form of Step Functions, so that whoever takes them apart finds the same parts. */
export function machineArn(name: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;
}

export function executionArn(machineName: string, name: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:execution:${machineName}:${name}`;
}

/** The role in the context object; nothing is assumed by it. */
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/onetrack`;

/** The machine's name in its ARN. */
export function machineNameOf(arn: string): string | undefined {
  return arn.startsWith(machineArn('')) ? arn.slice(machineArn('').length) : undefined;
}

/** Machine and execution name in an execution's ARN: no name holds a colon. */
export function executionNamesOf(arn: string): { machine: string; execution: string } | undefined {
  const prefix = `arn:aws:states:${REGION}:${ACCOUNT}:execution:`;
  const [machine, execution, ...more] = arn.startsWith(prefix) ? arn.slice(prefix.length).split(':') : [];
  return machine === undefined || execution === undefined || more.length > 0 ? undefined : { machine, execution };
}
