import { names } from '../cdk.ts';
import type { Request } from './implied.ts';
import type { Caller } from './policies.ts';
import type { Use } from './uses-of.ts';

/** What the recorder has written: one line of JSON for each call of a function. */
export function requestsIn(recorded: string): Request[] {
  const lines = recorded.split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const { caller, uses } = JSON.parse(line) as { caller: string; uses: Use[] };
    return uses.map((use) => ({ ...use, caller: caller.replace(`${names.prefix}-`, '') as Caller }));
  });
}
