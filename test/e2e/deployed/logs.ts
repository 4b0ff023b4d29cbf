import { FUNCTIONS, type FunctionName } from '../../../schemas/function-parts.ts';
import { REGION, type MiniStack } from '../../oracles/ministack/start.ts';
import { ACCOUNT, names } from './cdk.ts';

const LOGGED_MS = 60_000;
const COMPLAINT = /"level":"(ERROR|WARN|CRITICAL)"|Task timed out|Worker |Error\b/;

/** What functions have logged as errors in the last minute, and what the emulator has: why a story failed is seldom in the answer that its teller got. */
export async function complaintsOf(ministack: MiniStack): Promise<string[]> {
  const functions = Object.keys(FUNCTIONS) as FunctionName[];
  const logged = await Promise.all(functions.map((name) => loggedBy(ministack, name)));
  const emulator = ministack.log().split('\n').slice(-2_000);
  return [...logged.flat(), ...emulator].filter((line) => COMPLAINT.test(line)).slice(-40);
}

async function loggedBy({ url }: MiniStack, name: FunctionName): Promise<string[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Logs_20140328.FilterLogEvents',
      authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${REGION}/logs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ logGroupName: `/aws/lambda/${names.function(name)}`, startTime: Date.now() - LOGGED_MS }),
  });
  const { events = [] } = (await response.json()) as { events?: { message: string }[] };
  return events.map(({ message }) => `${name}: ${message}`);
}
