import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoCursors } from '../../adapters/aws/dynamodb/cursors.ts';
import { DynamoDossierStore } from '../../adapters/aws/dynamodb/dossier-store.ts';
import { DynamoRegistry } from '../../adapters/aws/dynamodb/registry.ts';
import type { TableOptions } from '../../adapters/aws/dynamodb/table-client.ts';
import { localRevocation } from '../../adapters/local/pki/local-revocation.ts';
import { createPapers } from '../../adapters/pdf/papers.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import { openDatabase, type Database } from '../../adapters/local/sqlite.ts';
import { EmbeddedEngine } from '../../embedded/engine/engine.ts';
import { invokeFunction } from '../../embedded/invoke-function.ts';
import { LOCAL_FUNCTIONS } from '../../embedded/one-machine.ts';
import type { StageMachine } from '../../embedded/scenarios/stage-machine.ts';
import { listAll } from '../../functions/organisation/list-all.ts';
import { Catalogue } from '../../functions/procedures/catalogue.ts';
import { relayGroups } from '../../functions/relay/relay-groups.ts';
import { DossierCache } from '../../functions/runtime/dossier-cache.ts';
import type { Platform } from '../../functions/runtime/platform.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import type { MeasuredCounts } from '../../schemas/cost.ts';
import type { FunctionName } from '../../schemas/function-parts.ts';
import { CountingDynamo } from './counting-dynamo.ts';
import { countPorts } from './counted-ports.ts';
import type { Meter } from './meter.ts';

const NAMES: Readonly<Record<string, FunctionName>> = {
  [LOCAL_FUNCTIONS.actingStage]: 'acting-stage',
  [LOCAL_FUNCTIONS.waitingStage]: 'waiting-stage',
  [LOCAL_FUNCTIONS.park]: 'park',
};

/** One deployed function: an instance that is warm, but has never seen the dossier that it is asked about. */
export interface Instance {
  platform: Platform;
  catalogue: Catalogue;
}

/**
 * The platform as AWS runs it, in one process: the store on DynamoDB, each function an instance of its own, the relay called with what each commit put into
 * the outbox, the sweep once a minute. The other services are the sample ones, behind ports that count.
 */
export class LambdaHouse {
  readonly #meter: Meter;
  readonly #stage: StageMachine;
  readonly #table: TableOptions;
  readonly #database: Database;
  readonly #engine: EmbeddedEngine;
  readonly #instances = new Map<FunctionName, Instance>();
  /** What the table's stream brings: the rows of one commit are one batch. */
  readonly #stream: (readonly OutboxRow[])[] = [];
  /** By execution, what the machine was answered. */
  readonly ways = new Map<string, MeasuredCounts['way']>();
  readonly #stageOfToken = new Map<string, { execution: string; stage: string }>();
  rows = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: { meter: Meter; stage: StageMachine; client: DynamoDBClient; table: string }) {
    this.#meter = parts.meter;
    this.#stage = parts.stage;
    const client = new CountingDynamo(parts.client, parts.meter);
    this.#table = { client, table: parts.table, random: Math.random, uuid: randomUUID };
    this.#database = openDatabase(':memory:');
    this.#engine = new EmbeddedEngine({
      database: this.#database,
      clock: parts.stage.machine.platform.clock,
      invoke: (arn, payload, { executionName }) => this.#invoke(arn, payload as Record<string, unknown>, executionName),
      newId: () => randomUUID(),
      random: () => 0,
    });
  }

  /** With organisation and procedures as the house of the stage has them. */
  static async open(parts: {
    meter: Meter;
    stage: StageMachine;
    client: DynamoDBClient;
    table: string;
  }): Promise<LambdaHouse> {
    const house = new LambdaHouse(parts);
    await house.#engine.resume();
    const { registry: from } = parts.stage.machine.platform;
    const { registry: to, engine } = house.instance('api').platform;
    for (const kind of ['unit', 'official', 'instrument', 'system', 'calendar', 'procedure'] as const)
      for (const { id, record } of await listAll(from, kind)) await to.put(kind, id, record, 0);
    for (const { record } of await listAll(from, 'procedure'))
      if (record.machine) await engine.createMachine({ name: record.machine.name, definition: record.machine.asl });
    return house;
  }

  /** Does the work as an invocation of this function. One at a time: what two at once would cost by getting into each other's way is not counted. */
  invoke<T>(name: FunctionName, work: (instance: Instance) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      const instance = this.instance(name);
      instance.platform.cache = new DossierCache(200, { shared: true });
      return this.#meter.invocation(name, () => work(instance));
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  instance(name: FunctionName): Instance {
    let instance = this.#instances.get(name);
    if (!instance) {
      const registry = new DynamoRegistry(this.#table);
      const platform = countPorts(
        {
          ...this.#stage.machine.platform,
          registry,
          store: this.#heard(new DynamoDossierStore(this.#table)),
          engine: this.#answering(),
          ring: () => undefined,
        },
        this.#meter,
      );
      const { seals, timestamps } = platform;
      const { pki } = this.#stage.machine;
      platform.papers = createPapers({
        seals,
        timestamps,
        anchors: [pki.root],
        revocation: localRevocation(pki),
        timeZone: 'Asia/Ho_Chi_Minh',
        lang: 'vi',
      });
      instance = { platform, catalogue: new Catalogue(registry) };
      this.#instances.set(name, instance);
    }
    return instance;
  }

  /** Everything that follows from what was done: the relay's batches, the machine's steps, until nobody has anything to do. */
  async settle(): Promise<void> {
    for (;;) {
      await this.#engine.idle();
      const rows = this.#stream.shift();
      if (!rows) return;
      // As the filter of the stream has it: heads ring for nobody.
      if (rows.some(({ kind }) => kind !== 'anchor'))
        await this.invoke('relay', ({ platform, catalogue }) => relayGroups(platform, catalogue, rows));
    }
  }

  /** The minute is over: what the schedule calls. */
  async sweep(): Promise<void> {
    const cursors = new DynamoCursors(this.#table);
    await this.invoke('sweep', ({ platform, catalogue }) =>
      sweep(platform, catalogue, { cursors, timeLeft: () => 60_000, measured: () => undefined }),
    );
    await this.settle();
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async #invoke(arn: string, payload: Record<string, unknown>, execution: string): Promise<unknown> {
    const { stage, token } = payload;
    if (typeof token === 'string') this.#stageOfToken.set(token, { execution, stage: String(stage) });
    const answer = await this.invoke(NAMES[arn] ?? 'park', ({ platform, catalogue }) =>
      invokeFunction(platform, catalogue, arn, payload),
    );
    if (arn === LOCAL_FUNCTIONS.actingStage)
      this.#answered(execution, { stage: String(stage), next: (answer as { next: string }).next });
    return answer;
  }

  #answered(execution: string, step: MeasuredCounts['way'][number]): void {
    this.ways.set(execution, [...(this.ways.get(execution) ?? []), step]);
  }

  /** A store whose commits ring the stream. */
  #heard(store: DynamoDossierStore): DynamoDossierStore {
    const commit = store.commit.bind(store);
    const add = store.outboxAdd.bind(store);
    store.commit = async (each) => {
      const result = await commit(each);
      if (result.ok) this.#ring(each.outbox);
      return result;
    };
    store.outboxAdd = async (rows) => {
      await add(rows);
      this.#ring(rows);
    };
    return store;
  }

  #ring(rows: readonly OutboxRow[]): void {
    this.rows += rows.length;
    if (rows.length > 0) this.#stream.push(rows);
  }

  /** The engine, which remembers what it was told about which stage. */
  #answering(): Platform['engine'] {
    const engine = this.#engine;
    return {
      createMachine: (machine) => engine.createMachine(machine),
      start: (execution) => engine.start(execution),
      complete: (token, output) => {
        const waits = this.#stageOfToken.get(token);
        if (waits) this.#answered(waits.execution, { stage: waits.stage, next: (output as { next: string }).next });
        return engine.complete(token, output);
      },
      fail: (token, failure) => engine.fail(token, failure),
      heartbeat: (token) => engine.heartbeat(token),
      stop: (arn, reason) => engine.stop(arn, reason),
      describe: (arn) => engine.describe(arn),
      history: (arn, after) => engine.history(arn, after),
    };
  }
}
