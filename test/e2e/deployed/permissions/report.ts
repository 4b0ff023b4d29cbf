import type { DeployedStack } from '../target.ts';
import { needsOf } from './implied.ts';
import { deniedOf, untriedOf } from './judge.ts';
import { type Caller, type Policies, readDeployed, readPolicies } from './policies.ts';
import { STAND_UNTRIED } from './untried.ts';

/** What IAM would say to all that was done up to now. */
export interface Permissions {
  /** What it would refuse. */
  denied: string[];
  /** Grants that nothing needed and that have no reason. */
  unfounded: string[];
  /** Grants that nothing needed, with the reason why they stand. */
  standing: string[];
  /** Reasons that no grant needs. */
  idle: string[];
  /** What it would refuse if this grant were missing. */
  without(caller: Caller, action: string): Promise<string[]>;
}

export async function judgePermissions(stack: DeployedStack): Promise<Permissions> {
  const policies = await readPolicies(stack.ministack);
  const needs = needsOf(stack.used(), await readDeployed(stack, policies));
  const untried = await untriedOf(needs, policies);
  const reasonOf = (grant: string) => STAND_UNTRIED.find(({ grants }) => grants.test(grant))?.reason;
  return {
    denied: await deniedOf(needs, policies),
    unfounded: untried.filter((grant) => reasonOf(grant) === undefined),
    standing: untried.flatMap((grant) => (reasonOf(grant) === undefined ? [] : [`${grant}: ${reasonOf(grant)}`])),
    idle: STAND_UNTRIED.filter(({ grants }) => !untried.some((grant) => grants.test(grant))).map(
      ({ grants }) => grants.source,
    ),
    without: (caller, action) =>
      deniedOf(
        needs.filter((need) => need.caller === caller),
        withoutGrant(policies, caller, action),
      ),
  };
}

function withoutGrant(policies: Policies, caller: Caller, action: string): Policies {
  const roles = new Map(policies.roles);
  const role = roles.get(caller);
  if (!role) throw new Error(`expected a role of ${caller}`);
  const Statement = role.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((each) => each !== action),
  })).filter(({ Action }) => Action.length > 0);
  roles.set(caller, { ...role, Statement });
  return { ...policies, roles };
}
