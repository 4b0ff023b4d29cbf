import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteStateMachineCommand,
  paginateListExecutions,
  paginateListStateMachines,
  type SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Command } from '../../../cli/command.ts';
import { deployCommand } from '../../../cli/commands/deploy.ts';
import { rebuildCommand } from '../../../cli/commands/rebuild.ts';
import { stepFunctionsClient } from '../../../adapters/aws/clients/step-functions.ts';
import { executionName } from '../../../functions/relay/execution-names.ts';
import type { RebuildAnswer } from '../../../schemas/api.ts';
import type { ScenarioStep } from '../../../schemas/scenario.ts';
import type { Story } from '../../../workflows/scenarios/read-scenarios.ts';
import { houseOf, Ledger } from '../house.ts';
import { observe } from '../observe.ts';
import { PlayOverHttp } from '../play-over-http.ts';
import { ACCOUNT } from './cdk.ts';
import { mailsOf } from './mails.ts';
import type { DeployedStack } from './target.ts';

const PROCEDURES = new URL('../../../workflows/procedures', import.meta.url).pathname;
const AT_ONCE = 4;
/** The day on which all is begun: after the ends of all stories, since who follows the feed does not look back. */
const FIRST_DAY = Date.parse('2027-03-01T09:00:00+07:00');
/** When 2.0 is in force. */
const SECOND_DAY = Date.parse('2027-03-03T09:00:00+07:00');

/** By then the watch has heard, also on a machine that has much else to do. */
const WATCHED_MS = 120_000;

type Decision = Extract<ScenarioStep, { kind: 'decide' }>;

/** The first story of the library card, told to as many dossiers as one likes, each with an address of its own. */
class ManyReaders {
  readonly readers: readonly PlayOverHttp[];
  /** Number of the first address. */
  readonly first: number;
  readonly #stack: DeployedStack;
  readonly #decisions: readonly Decision[];

  constructor(stack: DeployedStack, { count, first = 0 }: { count: number; first?: number }) {
    this.#stack = stack;
    this.first = first;
    const { house, stories } = houseOf('library-card');
    const [story] = stories;
    if (!story) throw new Error('library-card: expected a story');
    this.#decisions = story.do.filter((step) => step.kind === 'decide');
    const of = (index: number): Story => ({ ...story, given: { ...story.given, email: addressOf(first + index) } });
    this.readers = Array.from({ length: count }, (_, index) => new PlayOverHttp(stack, house, of(index), new Ledger()));
  }

  /** All are submitted; then each is decided as often as its turn says: not at all, once, ... until only the seal is missing. */
  async open(): Promise<void> {
    await this.#wave((reader) => reader.submit({}));
    for (const [turn, decision] of this.#decisions.entries())
      await this.#wave((reader, index) => (turn < this.#turnOf(index) ? reader.perform(decision) : undefined));
  }

  /** What is missing. */
  async finish(): Promise<void> {
    for (const [turn, decision] of this.#decisions.entries())
      await this.#wave((reader, index) => (turn < this.#turnOf(index) ? undefined : reader.perform(decision)));
  }

  #turnOf(index: number): number {
    return index % this.#decisions.length;
  }

  async #wave(act: (reader: PlayOverHttp, index: number) => ReturnType<PlayOverHttp['perform']> | undefined) {
    await fewAtOnce(this.readers, async (reader, index) => {
      const done = await act(reader, index);
      if (done?.ok === false) throw new Error(`dossier ${index}: ${JSON.stringify(done.refusal)}`);
    });
    await this.#stack.settleAll();
  }
}

/** On the emulator each call at the same time is a process of its own: 200 at once do not start in time. */
async function fewAtOnce<Item, Answer>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) answers[next[0]] = await act(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

const addressOf = (index: number): string => `reader-${index}@example.org`;

/** Publishes version 2.0 of the library card by the command, in force from the day on which this returns. Answers what the command said. */
async function publishSecond(stack: DeployedStack): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), 'onetrack-second-'));
  try {
    cpSync(PROCEDURES, cwd, { recursive: true });
    const file = join(cwd, 'library-card.yaml');
    const text = readFileSync(file, 'utf8')
      .replace('version: 1.0.0', 'version: 2.0.0')
      .replace('from: 2026-07-01', 'from: 2027-03-02')
      .replace('workingDays: 3,', 'workingDays: 5,');
    writeFileSync(file, text);
    const said = await run(stack, deployCommand, ['library-card.yaml'], cwd);
    await stack.setClock(SECOND_DAY);
    return said;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** `onetrack rebuild` to its end. */
async function rebuildAll(stack: DeployedStack): Promise<RebuildAnswer> {
  return JSON.parse(await run(stack, rebuildCommand, ['--json'], tmpdir())) as RebuildAnswer;
}

async function run(stack: DeployedStack, command: Command, args: string[], cwd: string): Promise<string> {
  let out = '';
  let err = '';
  const token = await stack.token({ subject: 'administrator', role: 'admin' });
  const code = await command.run(args, {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    env: { ONETRACK_URL: stack.api.url, ONETRACK_TOKEN: token },
    cwd,
    isTty: false,
  });
  if (code !== 0) throw new Error(`onetrack ${command.name}: expected exit 0, got ${code}: ${err}`);
  return out;
}

/** Machines are deleted and their executions with them, as after a disaster: nobody is told. */
async function loseExecutions({ ministack }: DeployedStack): Promise<void> {
  const client = stepFunctionsClient(ministack.account(ACCOUNT));
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {}))
    for (const { stateMachineArn } of stateMachines)
      await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
  client.destroy();
}

async function runningOf(client: SFNClient, stateMachineArn: string | undefined): Promise<string[]> {
  const found: string[] = [];
  const pages = paginateListExecutions({ client }, { stateMachineArn, statusFilter: 'RUNNING' });
  for await (const { executions = [] } of pages)
    found.push(...executions.map(({ executionArn }) => executionArn ?? ''));
  return found;
}

/** Somebody stops an execution by hand: the watch hears of it, and its dossier gets a new run. */
async function stopOne(stack: DeployedStack, { readers: [reader] }: ManyReaders): Promise<void> {
  const id = reader?.id ?? '';
  const token = await stack.token({ subject: 'administrator', role: 'admin' });
  const runOf = async (): Promise<number> => (await observe(stack, token, id)).dossier.run;
  const before = await runOf();
  const client = stepFunctionsClient(stack.ministack.account(ACCOUNT));
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {}))
    for (const { stateMachineArn } of stateMachines)
      for (const executionArn of await runningOf(client, stateMachineArn))
        if (executionArn.endsWith(`:${executionName(id, before)}`))
          await client.send(new StopExecutionCommand({ executionArn }));
  client.destroy();
  const end = Date.now() + WATCHED_MS;
  while ((await runOf()) === before) {
    if (Date.now() > end) throw new Error(`${id}: expected a new run within ${WATCHED_MS} ms, it is still ${before}`);
    await pause(200);
  }
  await stack.settleAll();
}

/** A subscriber to everything from the first day on. `ids` of the messages that came, one for each time, without the hash. */
async function subscribe(stack: DeployedStack): Promise<{ ids: string[]; close(): Promise<void> }> {
  const ids: string[] = [];
  const server = createServer((request, response) => {
    ids.push(String(request.headers['webhook-id']).replace(/\.[0-9a-f]{12}$/, ''));
    request.resume().on('end', () => response.writeHead(204).end());
  });
  // Keeps nobody from ending.
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = await stack.token({ subject: 'administrator', role: 'admin' });
  await stack.services.begin();
  await stack.setClock(FIRST_DAY);
  const headers = { 'idempotency-key': 'subscriber-to-everything' };
  const { body } = await stack.api.expect(201, 'POST', '/subscriptions', { token, body: { url }, headers });
  return {
    ids,
    async close() {
      await stack.api.expect(204, 'DELETE', `/subscriptions/${String(body['id'])}`, { token });
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** How a dossier ended. */
export interface End {
  version: string;
  result: string | null;
  runs: number;
  /** Ids of its tasks, once for each time one was decided. */
  decided: string[];
  /** Its events of which a subscriber to everything was not told, and what he was told beyond them: at least once is right, under another id is not. */
  untold: string[];
  invented: string[];
  /** Different ones: sent again by a sweep that could not wait, one has the same id. */
  mails: number;
}

/** Dossiers are open on 1.0 at every stage when 2.0 comes and everything that runs is lost; it is rebuilt, twice, and all go on to their end, and a new one with them. */
export async function loseAndRebuild(
  stack: DeployedStack,
  open: number,
): Promise<{ rebuilt: RebuildAnswer[]; early: End[]; late: End[] }> {
  const subscriber = await subscribe(stack);
  const early = new ManyReaders(stack, { count: open });
  await early.open();
  await publishSecond(stack);
  await loseExecutions(stack);
  const rebuilt = [await rebuildAll(stack)];
  await stack.settleAll();
  rebuilt.push(await rebuildAll(stack));
  await stopOne(stack, early);
  const late = new ManyReaders(stack, { count: 1, first: open });
  await late.open();
  await Promise.all([early.finish(), late.finish()]);
  // What happened last is told by the sweep of the next minute: nothing that is due asks for it before.
  await stack.sweep();
  await stack.settleAll();
  await subscriber.close();
  return {
    rebuilt,
    early: await endsOf(stack, early, subscriber.ids),
    late: await endsOf(stack, late, subscriber.ids),
  };
}

async function endsOf(stack: DeployedStack, { readers, first }: ManyReaders, told: readonly string[]): Promise<End[]> {
  const token = await stack.token({ subject: 'administrator', role: 'admin' });
  return fewAtOnce(readers, async ({ id }, index): Promise<End> => {
    const { dossier, events } = await observe(stack, token, id);
    const happened = events.map(({ seq }) => `${id}.${seq}`);
    return {
      version: dossier.procedureVersion,
      result: dossier.result,
      runs: dossier.run,
      decided: events.flatMap((event) => (event.type === 'TaskDecided' ? [event.data.task] : [])),
      untold: happened.filter((message) => !told.includes(message)),
      invented: told.filter((message) => message.startsWith(`${id}.`) && !happened.includes(message)),
      mails: new Set(await mailsOf(stack.ministack, addressOf(first + index))).size,
    };
  });
}
