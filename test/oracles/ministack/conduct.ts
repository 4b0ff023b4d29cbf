import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  paginateGetExecutionHistory,
} from '@aws-sdk/client-sfn';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { EmbeddedEngine } from '../../../embedded/engine/engine.ts';
import { createFunction } from './functions.ts';
import type { MiniStack } from './start.ts';
import type { Answer, Way } from './ways.ts';

/** What is compared: how a run ended, which states it entered, and what its functions were handed, tokens apart. */
export interface Run {
  readonly status: string;
  readonly error: string | undefined;
  readonly entered: readonly string[];
  readonly calls: readonly unknown[];
  /** Answers that no invocation asked for. */
  readonly unused: number;
}

/** An engine that takes a machine along many ways. */
export interface Conductor {
  conduct(definition: string, name: string, ways: readonly Way[]): Promise<Run[]>;
  close(): Promise<void>;
}

type Payload = Readonly<Record<string, unknown>> & { token?: string };

/** What a run's functions do, one invocation after the other. */
class Script {
  readonly calls: unknown[] = [];
  readonly #answers: Answer[];

  constructor({ answers }: Way) {
    this.#answers = [...answers];
  }

  take(functionName: string, { token, ...payload }: Payload): Answer {
    this.calls.push({ function: functionName, ...payload, token: token !== undefined });
    const answer = this.#answers.shift();
    return answer ?? { throws: 'NothingMoreIsScripted' };
  }

  get unused(): number {
    return this.#answers.length;
  }
}

/** How a run is told what does not come back from the function itself. */
interface Teller {
  complete(token: string, output: object): Promise<unknown>;
  fail(token: string, error: string): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Does what is scripted: what the function returns or throws, and what is told of the run once it has. */
async function perform(
  answer: Answer,
  token: string | undefined,
  teller: Teller,
): Promise<{ returns?: object; throws?: string; after?: () => Promise<unknown> }> {
  if ('throws' in answer) return { throws: answer.throws };
  if ('stopped' in answer) return { returns: {}, after: () => teller.stop() };
  if (token === undefined) return { returns: 'next' in answer ? { next: answer.next } : {} };
  if ('fails' in answer) return { returns: {}, after: () => teller.fail(token, answer.fails) };
  const tell = (): Promise<unknown> => teller.complete(token, { next: answer.next });
  if (answer.early !== true) return { returns: {}, after: tell };
  await tell();
  return { returns: {} };
}

const inputOf = (way: Way, index: number): object => ({ dossierId: `dossier-${index}`, run: 1, stage: way.stage });
const indexOf = (payload: Payload): number => Number(String(payload['dossierId']).slice('dossier-'.length));
const nameOf = (functionArn: string): string => functionArn.slice(functionArn.lastIndexOf(':') + 1);
const A_DAY = 86_400_000;

/** The embedded engine, in virtual time. */
export function embedded(): Conductor {
  let now = Date.parse('2026-11-23T08:00:00Z');
  let ids = 0;
  let current: { script: Script; teller: Teller };
  let pending: (() => Promise<unknown>)[] = [];
  const database = openDatabase(':memory:');
  const engine: EmbeddedEngine = new EmbeddedEngine({
    database,
    clock: { now: () => now },
    newId: () => `token-${String((ids += 1))}`,
    random: () => 0.5,
    invoke: async (functionArn, payload) => {
      const handed = payload as Payload;
      const { after, throws, returns } = await perform(
        current.script.take(nameOf(functionArn), handed),
        handed.token,
        current.teller,
      );
      if (after) pending.push(after);
      if (throws !== undefined) throw Object.assign(new Error('as scripted'), { name: throws });
      return returns;
    },
  });

  const settle = async (): Promise<void> => {
    for (;;) {
      await engine.idle();
      const next = pending.shift();
      const due = engine.nextDue();
      if (next) await next();
      // Only the year-long time limits of tasks that wait are due later: nothing happens any more.
      else if (due === undefined || due > now + A_DAY) return;
      else engine.fireDue((now = due));
    }
  };
  const conductOne = async (machineArn: string, name: string, way: Way): Promise<Run> => {
    const script = new Script(way);
    const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const teller: Teller = {
      complete: (token, output) => engine.complete(token, output),
      fail: (token, error) => engine.fail(token, { error, cause: 'as scripted' }),
      stop: () => engine.stop(arn, { error: 'Stopped', cause: 'as scripted' }),
    };
    current = { script, teller };
    pending = [];
    await engine.start({ machineArn, name, input: inputOf(way, 0) });
    await settle();
    const { status = 'unknown', error } = (await engine.describe(arn)) ?? {};
    const history = await engine.history(arn);
    const entered = history.flatMap(({ type, details }) => (type.endsWith('Entered') ? [String(details['name'])] : []));
    return { status, error, entered, calls: script.calls, unused: script.unused };
  };
  return {
    conduct: async (definition, name, ways) => {
      const { arn } = await engine.createMachine({ name, definition });
      const runs: Run[] = [];
      for (const [index, way] of ways.entries()) runs.push(await conductOne(arn, `run-${index}`, way));
      return runs;
    },
    close: () => database.close(),
  };
}

const RELAY = `
export const handler = async (payload, { functionName }) => {
  const response = await fetch(process.env.SCRIPT, { method: 'POST', body: JSON.stringify({ functionName, payload }) });
  const { returns, throws } = await response.json();
  // MiniStack waits up to 50 ms for something in the log.
  console.log(payload.stage);
  if (throws !== undefined) throw Object.assign(new Error('as scripted'), { name: throws });
  return returns;
};`;

/** Step Functions and Lambda of MiniStack. Its functions ask this process what to do. */
export async function emulated(
  ministack: MiniStack,
  account: string,
  functions: readonly string[],
  atOnce: number,
): Promise<Conductor> {
  const client = new SFNClient(ministack.account(account));
  const scripts = new Map<number, { script: Script; teller: Teller }>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { functionName, payload } = JSON.parse(body) as { functionName: string; payload: Payload };
      const run = scripts.get(indexOf(payload));
      if (run === undefined) return void response.writeHead(404).end('{}');
      void perform(run.script.take(functionName, payload), payload.token, run.teller).then(({ after, ...done }) => {
        response.end(JSON.stringify(done), () => void after?.());
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const env = { SCRIPT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  for (const name of functions) await createFunction(ministack, account, { name, source: RELAY, env });
  let count = 0;

  const conductOne = async (stateMachineArn: string, way: Way): Promise<Run> => {
    const index = (count += 1);
    const script = new Script(way);
    // A function may be called before the caller has heard what it started.
    const started = Promise.withResolvers<string>();
    const teller: Teller = {
      complete: (taskToken, output) =>
        client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })),
      fail: (taskToken, error) => client.send(new SendTaskFailureCommand({ taskToken, error, cause: 'as scripted' })),
      stop: async () =>
        client.send(
          new StopExecutionCommand({ executionArn: await started.promise, error: 'Stopped', cause: 'as scripted' }),
        ),
    };
    scripts.set(index, { script, teller });
    const input = JSON.stringify(inputOf(way, index));
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({ stateMachineArn, name: `run-${index}`, input }),
    );
    started.resolve(executionArn);
    const { status, error } = await ended(client, executionArn, script);
    const entered: string[] = [];
    for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 }))
      for (const { stateEnteredEventDetails } of events)
        if (stateEnteredEventDetails?.name !== undefined) entered.push(stateEnteredEventDetails.name);
    const calls = script.calls.map((call) => ({ ...(call as object), dossierId: 'dossier-0' }));
    return { status, error, entered, calls, unused: script.unused };
  };

  return {
    conduct: async (definition, name, ways) => {
      const roleArn = `arn:aws:iam::${account}:role/machine`;
      const { stateMachineArn = '' } = await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
      const runs: Run[] = [];
      const waiting = [...ways.entries()];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          runs[next[0]] = await conductOne(stateMachineArn, next[1]);
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      return runs;
    },
    close: async () => {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits until the execution has ended, or for a second after its last scripted answer: then it waits for what nobody will say. */
async function ended(
  client: SFNClient,
  executionArn: string,
  script: Script,
): Promise<{ status: string; error: string | undefined }> {
  let patience = 600;
  for (;;) {
    await pause(50);
    const { status = 'unknown', error } = await client.send(new DescribeExecutionCommand({ executionArn }));
    patience = script.unused === 0 ? Math.min(patience, 40) - 1 : patience - 1;
    if (status !== 'RUNNING' || patience === 0) return { status, error };
  }
}
