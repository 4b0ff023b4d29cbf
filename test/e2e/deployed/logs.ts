import { FUNCTIONS, type FunctionName } from '../../../schemas/function-parts.ts';
import { REGION, type MiniStack } from '../../oracles/ministack/start.ts';
import { ACCOUNT, names } from './cdk.ts';

const LOGGED_MS = 60_000;
/** Lines that the emulator answers at once. */
const MOST = 10_000;
const COMPLAINT = /"level":"(ERROR|WARN|CRITICAL)"|Task timed out|Worker |Error\b/;

/** What functions have logged as errors in the last minute, and what the emulator has: why a story failed is seldom in the answer that its teller got. */
export async function complaintsOf(ministack: MiniStack): Promise<string[]> {
  const logged = await linesSince(ministack, Date.now() - LOGGED_MS);
  const emulator = ministack.log().split('\n').slice(-2_000);
  return [...logged, ...emulator].filter((line) => COMPLAINT.test(line)).slice(-40);
}

/** What functions have logged since an instant, each line with the name of its function. */
export async function linesSince(ministack: MiniStack, since: number): Promise<string[]> {
  const functions = Object.keys(FUNCTIONS) as FunctionName[];
  const logged = functions.map(async (name) => {
    const lines = await linesOf(ministack, `/aws/lambda/${names.function(name)}`, since);
    return lines.map((line) => `${name}: ${line}`);
  });
  return (await Promise.all(logged)).flat();
}

/** Every line that lies in any log group of the account. */
export async function allLines(ministack: MiniStack): Promise<{ group: string; line: string }[]> {
  const lines: { group: string; line: string }[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ask(ministack, 'DescribeLogGroups', nextToken === undefined ? {} : { nextToken });
    for (const { logGroupName: group } of page.logGroups ?? [])
      lines.push(...(await linesOf(ministack, group)).map((line) => ({ group, line })));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines;
}

/** Lines of a group since an instant, the first first. The emulator answers 10,000 at most and no token: it is asked again from the last one on, which comes twice. */
export async function linesOf(ministack: MiniStack, group: string, since = 0): Promise<string[]> {
  const lines: string[] = [];
  for (let startTime = since; ;) {
    const { events = [] } = await ask(ministack, 'FilterLogEvents', { logGroupName: group, startTime });
    lines.push(...events.map(({ message }) => message));
    const last = events.at(-1);
    if (last === undefined || events.length < MOST) return lines;
    startTime = Math.max(last.timestamp, startTime + 1);
  }
}

interface LogsAnswer {
  nextToken?: string;
  events?: { message: string; timestamp: number }[];
  logGroups?: { logGroupName: string }[];
}

async function ask({ url }: MiniStack, action: string, body: object): Promise<LogsAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Logs_20140328.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${REGION}/logs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${action}: expected logs, got ${response.status} ${await response.text()}`);
  return (await response.json()) as LogsAnswer;
}
