import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT } from '../cdk.ts';
import type { Request } from './implied.ts';
import { type Caller, type Policies, type Policy, roleArn, type Statement } from './policies.ts';

/** What holds for every request of the platform: it goes by TLS. */
const ALWAYS = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };

/** The permissions that IAM would refuse, each in words. */
export async function deniedOf(needs: readonly Request[], policies: Policies): Promise<string[]> {
  const denied: string[] = [];
  for (const need of needs) if (!(await isAllowed(need, policies))) denied.push(wordsOf(need));
  return denied;
}

/** The grants by which nothing of all this was allowed: `caller action`, once for each statement that nobody needed. */
export async function untriedOf(needs: readonly Request[], policies: Policies): Promise<string[]> {
  const untried: string[] = [];
  for (const [caller, { Version, Statement }] of policies.roles)
    for (const statement of Statement)
      for (const action of [statement.Action].flat()) {
        const alone: Policy = { Version, Statement: [{ ...statement, Action: action }] };
        const asked = needs.filter((need) => need.caller === caller && need.action === action);
        const by = { ...policies, roles: new Map([[caller, alone]]) };
        if (!(await anyAllowed(asked, by))) untried.push(`${caller} ${action}${whereOf(statement)}`);
      }
  return untried;
}

/** Tells statements of one action apart: by the service in whose name a key is used, by what is asked for. */
function whereOf({ Resource, Condition }: Statement): string {
  const [first = ''] = [Resource ?? []].flat();
  const [via] = [Condition?.['StringEquals']?.['kms:ViaService'] ?? []].flat();
  if (via !== undefined) return ` by ${via.split('.')[0]}`;
  if (first.includes('/index/')) return ' on an index';
  if (first.startsWith('arn:aws:s3:::')) return first.includes('transfers') ? ' of transfers' : ' of documents';
  return first.includes(':parameter/') ? ` of ${first.split('/').slice(3).join('/')}` : '';
}

async function anyAllowed(needs: readonly Request[], policies: Policies): Promise<boolean> {
  for (const need of needs) if (await isAllowed(need, policies)) return true;
  return false;
}

async function isAllowed({ caller, action, resource, context = {} }: Request, policies: Policies): Promise<boolean> {
  const isService = caller.includes('.');
  const target = keyOf(resource, policies);
  const role = policies.roles.get(caller as Caller);
  const resourcePolicy = policies.resources.get(action.startsWith('s3:') ? target.replace(/\/.*/, '') : target);
  const results = await runSimulation(
    {
      request: {
        principal: isService ? caller : roleArn(caller as Caller),
        action,
        resource: { resource: target, accountId: ACCOUNT },
        contextVariables: { ...ALWAYS, ...aliasesOf(target, policies), ...flat(context) },
      },
      identityPolicies: role ? [{ name: caller, policy: role }] : [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy && { resourcePolicy }),
    },
    {},
  );
  if (results.resultType === 'error')
    throw new Error(`${wordsOf({ caller, action, resource })}: ${JSON.stringify(results.errors)}`);
  return results.overallResult === 'Allowed';
}

/** IAM judges the key behind an alias. */
function keyOf(resource: string, { aliases }: Policies): string {
  const [, alias] = /^arn:aws:kms:[^:]+:\d+:(alias\/.+)$/.exec(resource) ?? [];
  if (alias === undefined) return resource;
  return [...aliases].find(([, names]) => names.includes(alias))?.[0] ?? resource;
}

function aliasesOf(target: string, { aliases }: Policies): Record<string, string[]> {
  const found = aliases.get(target);
  return found ? { 'kms:ResourceAliases': [...found] } : {};
}

/** One value stands alone, unless the key is one of many values. */
function flat(context: NonNullable<Request['context']>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(context).map(([key, values]) => [key, key === 'dynamodb:LeadingKeys' ? values : (values[0] ?? '')]),
  );
}

function wordsOf({ caller, action, resource, context }: Request): string {
  return `${caller} may not ${action} on ${resource}${context ? ` with ${JSON.stringify(context)}` : ''}`;
}
