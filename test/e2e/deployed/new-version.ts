import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteStateMachineCommand, paginateListStateMachines, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { deployCommand } from '../../../cli/commands/deploy.ts';
import { stepFunctionsClient } from '../../../adapters/aws/clients/step-functions.ts';
import { executionName } from '../../../functions/relay/execution-names.ts';
import type { RebuildAnswer } from '../../../schemas/api.ts';
import { observe } from '../observe.ts';
import { ACCOUNT } from './cdk.ts';
import { rebuildAll, run } from './commands.ts';
import { mailsOf } from './mails.ts';
import { addressOf, fewAtOnce, ManyReaders } from './many-readers.ts';
import { runningExecutions } from './running-executions.ts';
import type { DeployedStack } from './target.ts';

const PROCEDURES = new URL('../../../workflows/procedures', import.meta.url).pathname;
/** The day on which all is begun: after the ends of all stories, since who follows the feed does not look back. */
const FIRST_DAY = Date.parse('2027-03-01T09:00:00+07:00');
/** When 2.0 is in force. */
const SECOND_DAY = Date.parse('2027-03-03T09:00:00+07:00');

/** By then the watch has heard, also on a machine that has much else to do. */
const WATCHED_MS = 120_000;

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

/** Machines are deleted and their executions with them, as after a disaster: nobody is told. */
async function loseExecutions({ ministack }: DeployedStack): Promise<void> {
  const client = stepFunctionsClient(ministack.account(ACCOUNT));
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {}))
    for (const { stateMachineArn } of stateMachines)
      await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
  client.destroy();
}

/** Somebody stops an execution by hand: the watch hears of it, and its dossier gets a new run. */
export async function stopOne(stack: DeployedStack, { readers: [reader] }: ManyReaders): Promise<void> {
  const id = reader?.id ?? '';
  const token = await stack.token({ subject: 'administrator', role: 'admin' });
  const runOf = async (): Promise<number> => (await observe(stack, token, id)).dossier.run;
  const before = await runOf();
  const client = stepFunctionsClient(stack.ministack.account(ACCOUNT));
  for (const executionArn of await runningExecutions(client))
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
