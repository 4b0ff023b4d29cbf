import { canonical, sha256 } from '../../domain/chain.ts';
import { openScenarioHouse, type ScenarioProcedure, StageMachine } from '../../embedded/scenarios/stage-machine.ts';
import { executionArn, executionName } from '../../functions/relay/execution-names.ts';
import type { FunctionCounts, MeasuredCounts } from '../../schemas/cost.ts';
import type { OrganisationFile } from '../../schemas/organisation.ts';
import { dynoxide, startDynamo } from '../adapters/aws/dynamodb-server.ts';
import { storedBytes } from './counting-dynamo.ts';
import { LambdaHouse } from './lambda-house.ts';
import { Meter } from './meter.ts';

/** How persons and their systems take one dossier through a procedure: what is done within one minute is one step. */
export interface Driver {
  /** What is told. */
  scenario: string;
  /** Hands in a dossier, answers its id. */
  submit(index: number): Promise<string>;
  /** The rest, minute by minute. */
  steps: readonly ((dossier: string) => Promise<void>)[];
  /** Requests that came to the API so far. */
  requests(): number;
}

export interface Subject {
  organisation: OrganisationFile;
  procedure: ScenarioProcedure;
  /** When it begins, milliseconds since the epoch. */
  at: number;
  /** Dossiers that pass in the same minutes. */
  dossiers: number;
  drive(lambdas: LambdaHouse, stage: StageMachine): Promise<Driver>;
}

/** What one dossier of a procedure asks of AWS: the mean over several, after a first one that warmed everything up. Needs dynoxide, an optional dependency. */
export async function measure(subject: Subject): Promise<MeasuredCounts> {
  if (!dynoxide.command) throw new Error('expected dynoxide, an optional dependency');
  const house = await openScenarioHouse(subject.organisation, [subject.procedure]);
  const stage = await StageMachine.open(house, subject.at);
  const server = await startDynamo(dynoxide.command);
  const meter = new Meter();
  try {
    const { name: table } = await server.table();
    const lambdas = await LambdaHouse.open({ meter, stage, client: server.client, table });
    const driver = await subject.drive(lambdas, stage);
    await through(lambdas, driver, { from: 0, count: 1 });
    const before = { bytes: await storedBytes(server.client, table), requests: driver.requests() };
    meter.reset();
    lambdas.ways.clear();
    lambdas.rows = 0;
    const ids = await through(lambdas, driver, { from: 1, count: subject.dossiers });
    const counts = await countsOf({ subject, driver, lambdas, meter, ids });
    const bytes = (await storedBytes(server.client, table)) - before.bytes;
    const requests = driver.requests() - before.requests;
    await lambdas.close();
    return {
      ...counts,
      apiRequests: mean(requests, subject),
      tableBytes: hundreds(bytes / subject.dossiers),
      objectBytes: hundreds(meter.objectBytes / subject.dossiers),
    };
  } finally {
    await server.stop();
    await stage.close();
    house.close();
  }
}

/** Takes dossiers side by side to their end; each minute ends with a sweep. */
async function through(
  lambdas: LambdaHouse,
  driver: Driver,
  { from, count }: { from: number; count: number },
): Promise<string[]> {
  const ids: string[] = [];
  for (let index = from; index < from + count; index += 1) {
    ids.push(await driver.submit(index));
    await lambdas.settle();
  }
  await lambdas.sweep();
  for (const step of driver.steps) {
    for (const id of ids) {
      await step(id);
      await lambdas.settle();
    }
    await lambdas.sweep();
  }
  return ids;
}

async function countsOf(measured: {
  subject: Subject;
  driver: Driver;
  lambdas: LambdaHouse;
  meter: Meter;
  ids: readonly string[];
}): Promise<Omit<MeasuredCounts, 'apiRequests' | 'tableBytes' | 'objectBytes'>> {
  const { subject, driver, lambdas, meter, ids } = measured;
  const { procedure, definition } = subject.procedure.parsed;
  const { store, engine, registry } = lambdas.instance('api').platform;
  const heads = await Promise.all(ids.map((id) => store.head(id)));
  const open = heads.find((head) => head?.status !== 'closed');
  if (open) throw new Error(`expected a closed dossier, found ${JSON.stringify(open)}`);
  const { record } = (await registry.get('procedure', `${procedure.procedure}@${procedure.version}`))!;
  const first = executionName(ids[0] ?? '', 1);
  const history = await engine.history(executionArn(record.machine?.arn ?? '', first));
  const request = (name: 'signature' | 'keyRequest' | 'objectWrite' | 'objectRead' | 'mail'): number =>
    mean(meter.requests.get(name) ?? 0, subject);
  return {
    procedure: procedure.procedure,
    version: procedure.version,
    definition: sha256(canonical(definition)),
    scenario: driver.scenario,
    dossiers: subject.dossiers,
    way: lambdas.ways.get(first) ?? [],
    statesEntered: history.filter(({ type }) => type.endsWith('StateEntered')).length,
    events: mean(
      heads.reduce((sum, head) => sum + (head?.version ?? 0), 0),
      subject,
    ),
    outboxRows: mean(lambdas.rows, subject),
    signatures: request('signature'),
    keyRequests: request('keyRequest'),
    objectWrites: request('objectWrite'),
    objectReads: request('objectRead'),
    mails: request('mail'),
    functions: Object.fromEntries([...meter.functions].map(([name, counts]) => [name, meanOf(counts, subject)])),
  };
}

function meanOf({ calls, ...counts }: FunctionCounts, subject: Subject): FunctionCounts {
  const each = <T extends Record<string, number>>(all: T): T =>
    Object.fromEntries(Object.entries(all).map(([name, count]) => [name, mean(count, subject)])) as T;
  return { ...each(counts), calls: each(calls) };
}

function mean(count: number, { dossiers }: Subject): number {
  return Math.round((count / dossiers) * 10_000) / 10_000;
}

/** Signatures are not all of one length: bytes are not exact. */
function hundreds(bytes: number): number {
  return Math.round(bytes / 100) * 100;
}
