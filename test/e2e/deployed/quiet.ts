import { setTimeout as pause } from 'node:timers/promises';
import { DescribeExecutionCommand, GetExecutionHistoryCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { DossierStore, OutboxRow } from '../../../domain/ports/dossier-store.ts';
import type { Registry } from '../../../domain/ports/registry.ts';
import { executionArn, executionName } from '../../../functions/relay/execution-names.ts';
import { REGION, type MiniStack } from '../../oracles/ministack/start.ts';
import { ACCOUNT, names } from './cdk.ts';

/** What the harness looks at, beside the functions and as they do not: the table, and where executions stand. */
export interface Inside {
  ministack: MiniStack;
  store: Pick<DossierStore, 'head' | 'outboxDue' | 'nextTimer'>;
  registry: Registry;
  executions: SFNClient;
  now(): number;
}

/** What to wait for: for the executions of some dossiers, or of all. `anchors`: until nothing waits to be tried again either and heads are stamped, with the waits of machines cut short. */
export interface Rest {
  dossiers: readonly string[] | typeof EVERY;
  anchors: boolean;
}

/** In the place of a dossier's id: the executions of all. */
export const EVERY = Symbol('every dossier');
const BETWEEN_LOOKS_MS = 25;
/** Whose move it is: somebody's who moves by himself, or the sweep's, which the harness calls in the place of the minute. */
type Unrest = { sweep: boolean; reason: string };
/** How long a row may wait for the relay before the sweep is called for it: the stream is quicker. */
const PATIENCE_MS = 3_000;
/** Where something hangs; how long the machine takes is not judged here. */
const LIMIT_MS = 1_200_000;

/** Returns once nothing is due, nothing runs, and no function has begun between the first and the last of this. */
export async function quiet(inside: Inside, rest: Rest): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  if (rest.anchors) await scaleWaits(inside.ministack, 0.001);
  let patience = Date.now() + PATIENCE_MS;
  for (;;) {
    const before = await activity(inside.ministack);
    const unrest = before.running > 0 ? moving('a function runs') : await unrestOf(inside, before, rest);
    if (unrest === undefined && (await activity(inside.ministack)).begun === before.begun) break;
    if (Date.now() > end) throw new Error(`expected rest within ${LIMIT_MS} ms, still: ${unrest?.reason ?? 'none'}`);
    if (unrest?.sweep || Date.now() > patience) {
      await sweep(inside.ministack);
      patience = Date.now() + PATIENCE_MS;
    } else await pause(BETWEEN_LOOKS_MS);
  }
  if (rest.anchors) await scaleWaits(inside.ministack, 1);
}

const moving = (reason: string): Unrest => ({ sweep: false, reason });

async function unrestOf(inside: Inside, seen: Activity, { dossiers, anchors }: Rest): Promise<Unrest | undefined> {
  const now = inside.now();
  const [rows, timer] = await Promise.all([inside.store.outboxDue(now, 500), inside.store.nextTimer()]);
  const due = rows.filter(({ kind }) => anchors || kind !== 'anchor');
  if (due.some(isRelays)) return moving('a row waits for the relay');
  if (due.length > 0 || (timer ?? Infinity) <= now) return { sweep: true, reason: 'rows or timers are due' };
  if (dossiers === EVERY) return seen.moving.length > 0 ? moving(`${seen.moving.length} executions move`) : undefined;
  const each = await Promise.all(dossiers.map((dossier) => executionUnrest(inside, seen, { dossier, anchors })));
  return each.find((unrest) => unrest !== undefined);
}

/** A first attempt is the relay's, which hears of it by the stream. */
function isRelays({ kind, attempts }: OutboxRow): boolean {
  return kind !== 'anchor' && attempts === 0;
}

async function executionUnrest(
  { store, registry, executions }: Inside,
  { waiting, moving: busy }: Activity,
  { dossier, anchors }: { dossier: string; anchors: boolean },
): Promise<Unrest | undefined> {
  const head = await store.head(dossier);
  if (!head || head.stage === null) return undefined;
  const machine = (await registry.get('procedure', `${head.procedure}@${head.procedureVersion}`))?.record.machine;
  const arn = machine && executionArn(machine.arn, executionName(dossier, head.run));
  if (arn == null || waiting.includes(arn)) return undefined;
  if (!busy.includes(arn)) return hasEnded(executions, arn);
  const { events = [] } = await executions.send(
    new GetExecutionHistoryCommand({ executionArn: arn, reverseOrder: true, maxResults: 1 }),
  );
  const last = events[0]?.type;
  return last === 'TaskFailed' && !anchors ? undefined : moving(`the execution is at ${last ?? 'its beginning'}`);
}

async function hasEnded(executions: SFNClient, executionArn: string): Promise<Unrest | undefined> {
  try {
    const { status } = await executions.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' ? moving('the execution has just begun') : undefined;
  } catch (error) {
    if ((error as Error).name === 'ExecutionDoesNotExist') return moving('the execution has not begun');
    throw error;
  }
}

/** Returns once no function runs of those that run now. */
export async function ends(ministack: MiniStack): Promise<void> {
  while ((await activity(ministack)).running > 0) await pause(BETWEEN_LOOKS_MS);
}

interface Activity {
  /** Functions at the moment, and calls of them from the beginning. */
  running: number;
  begun: number;
  /** ARNs of executions that run: those that wait for the answer to a token, and those that do something or wait to try it again. */
  waiting: string[];
  moving: string[];
}

export async function activity({ url }: MiniStack): Promise<Activity> {
  const response = await fetch(`${url}/_ministack/health`);
  return ((await response.json()) as { activity: Activity }).activity;
}

/** What EventBridge does every minute, or every day. */
export async function sweep({ url }: MiniStack, every: 'minute' | 'day' = 'minute'): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${REGION}/lambda/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch(`${url}/2015-03-31/functions/${names.function('sweep')}/invocations`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify(every === 'minute' ? {} : { every }),
  });
  if (!response.ok || response.headers.has('x-amz-function-error'))
    throw new Error(`sweep: expected it to succeed, got ${response.status} ${await response.text()}`);
}

/** By how much the waits of machines are multiplied, before they try again too. */
export async function scaleWaits({ url }: MiniStack, scale: number): Promise<void> {
  const body = JSON.stringify({ 'stepfunctions._SFN_WAIT_SCALE': scale });
  const response = await fetch(`${url}/_ministack/config`, { method: 'POST', body });
  if (!response.ok) throw new Error(`MiniStack's configuration: expected status 200, got ${response.status}`);
}
