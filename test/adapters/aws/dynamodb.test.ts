import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoCursors } from '../../../adapters/aws/dynamodb/cursors.ts';
import { DynamoDeliveryLog } from '../../../adapters/aws/dynamodb/delivery-log.ts';
import { DynamoAskLog } from '../../../adapters/aws/dynamodb/ask-log.ts';
import { DynamoReadLog } from '../../../adapters/aws/dynamodb/read-log.ts';
import { DynamoTries } from '../../../adapters/aws/dynamodb/tries.ts';
import { DynamoDenialLog } from '../../../adapters/aws/dynamodb/denial-log.ts';
import { DynamoDrafts } from '../../../adapters/aws/dynamodb/drafts.ts';
import { DynamoLinks } from '../../../adapters/aws/dynamodb/links.ts';
import { DynamoDossierStore } from '../../../adapters/aws/dynamodb/dossier-store.ts';
import { DynamoRegistry } from '../../../adapters/aws/dynamodb/registry.ts';
import { describeCursors } from '../../contracts/cursors.ts';
import { describeDrafts } from '../../contracts/drafts.ts';
import { describeLinks } from '../../contracts/links.ts';
import { describeTries } from '../../contracts/tries.ts';
import { describeAskLog } from '../../contracts/ask-log.ts';
import { describeReadLog } from '../../contracts/read-log.ts';
import { describeDenialLog } from '../../contracts/denial-log.ts';
import { describeDeliveryLog } from '../../contracts/delivery-log.ts';
import { FEED_BUCKET, keys } from '../../../adapters/aws/dynamodb/keys.ts';
import { keyItem } from '../../../adapters/aws/dynamodb/table-client.ts';
import { aCommit, dossierId } from '../../builders/dossiers.ts';
import { describeDossierStore } from '../../contracts/dossier-store.ts';
import { aUnit, describeRegistry } from '../../contracts/registry.ts';
import { dynamoDbLocal, dynoxide, startDynamo } from './dynamodb-server.ts';
import type { DynamoProgram, DynamoServer } from './dynamodb-server.ts';
import { UnreliableClient } from './unreliable-client.ts';

const patience = { wait: 2_000, grace: 50, hold: 10_000 };

function describeOn({ name, command }: DynamoProgram, injectFaults: boolean): void {
  if (!command) {
    if (process.env['CI'] !== 'true') process.stderr.write(`${name} is missing: the stores are not tested on it\n`);
    const judged = process.env['CI'] === 'true' ? it : it.skip;
    judged(`keeps its stores on ${name}`, () => {
      throw new Error(`${name} is missing`);
    });
    return;
  }
  describe(`DynamoDB (${name})`, () => {
    let server: DynamoServer;
    beforeAll(async () => {
      server = await startDynamo(command);
    });
    afterAll(() => server.stop());

    const open = async () => {
      const table = await server.table();
      return { ...table, options: { client: server.client, table: table.name, random: Math.random, uuid: randomUUID } };
    };

    describeDossierStore('store', async (wait = patience.wait) => {
      const { options, drop } = await open();
      return { store: new DynamoDossierStore({ ...options, patience: { ...patience, wait } }), close: drop };
    });

    describeRegistry('registry', async () => {
      const { options, drop } = await open();
      return { registry: new DynamoRegistry(options), other: new DynamoRegistry(options), close: drop };
    });

    describeCursors('table', async () => {
      const { options, drop } = await open();
      return { cursors: new DynamoCursors(options), close: drop };
    });

    describeDeliveryLog('table', async () => {
      const { options, drop } = await open();
      return { log: new DynamoDeliveryLog(options), close: drop };
    });

    describeDenialLog('table', async () => {
      const { options, drop } = await open();
      return { log: new DynamoDenialLog(options), close: drop };
    });

    describeReadLog('table', async () => {
      const { options, drop } = await open();
      return { log: new DynamoReadLog(options), close: drop };
    });

    describeTries('table', async () => {
      const { options, drop } = await open();
      return { tries: new DynamoTries(options), other: new DynamoTries(options), close: drop };
    });

    describeAskLog('table', async () => {
      const { options, drop } = await open();
      return { log: new DynamoAskLog(options), close: drop };
    });

    describeDrafts('table', async () => {
      const { options, drop } = await open();
      return { drafts: new DynamoDrafts(options), close: drop };
    });

    describeLinks('table', async () => {
      const { options, drop } = await open();
      return { links: new DynamoLinks(options), close: drop };
    });

    it('goes on with the feed from one bucket of its partitions to the next', async () => {
      const { options, drop } = await open();
      const last = FEED_BUCKET - 4;
      const tail = { ...keyItem(keys.feedTail), n: { N: String(last) } };
      await server.client.send(new PutItemCommand({ TableName: options.table, Item: tail }));
      const store = new DynamoDossierStore(options);
      const dossiers = Array.from({ length: 10 }, (_, i) => dossierId(i));
      for (const dossier of dossiers) await store.commit(aCommit({ dossier }));
      const read: string[] = [];
      for (let cursor = `${last + 1}.0`; ;) {
        const page = await store.feed(cursor, 3);
        if (page.events.length === 0) break;
        read.push(...page.events.map(({ event }) => event.event.dossier));
        cursor = page.cursor;
      }
      expect(read.toSorted()).toEqual(dossiers);
      expect(new Set(read).size).toBe(10);
      await drop();
    });

    it('believes a revision of the registry for as long as is told, and its own changes at once', async () => {
      const { options, drop } = await open();
      let now = 0;
      const registry = new DynamoRegistry(options, { believed: 1_000, now: () => now });
      const other = new DynamoRegistry(options);
      const unit = (name: string) => ({ ...aUnit('a'), name });
      await registry.put('unit', 'a', unit('first'), 0);
      const first = await registry.get('unit', 'a');
      await other.put('unit', 'a', unit('second'), first?.revision ?? 0);
      now += 999;
      expect((await registry.get('unit', 'a'))?.record.name).toBe('first');
      expect(await registry.put('unit', 'a', unit('third'), first?.revision ?? 0)).toBe('conflict');
      const second = await registry.get('unit', 'a');
      expect(second?.record.name).toBe('second');
      await registry.put('unit', 'a', unit('third'), second?.revision ?? 0);
      expect((await registry.get('unit', 'a'))?.record.name).toBe('third');
      await other.remove('unit', 'a');
      now += 1_000;
      expect(await registry.get('unit', 'a')).toBeUndefined();
      await drop();
    });

    if (!injectFaults) return;
    describe('with late indexes, conflicts, throttling and lost answers', () => {
      const counted = { conflict: 0, throttle: 0, lost: 0, stale: 0 };
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms / 20));

      describeDossierStore('store', async (wait = 1_000) => {
        const { options, drop } = await open();
        const client = new UnreliableClient(server.client, { conflict: 20, throttle: 5, lost: 15 }, Math.random);
        const close = async () => {
          for (const fault of Object.keys(counted) as (keyof typeof counted)[]) counted[fault] += client.counted[fault];
          await drop();
        };
        return {
          store: new DynamoDossierStore({ ...options, client, pause, patience: { ...patience, wait } }),
          close,
        };
      });

      it('has met every fault', () => {
        expect(Math.min(...Object.values(counted))).toBeGreaterThan(10);
      });
    });
  });
}

describeOn(dynoxide, true);
// Slower by far: what DynamoDB answers is judged there, what becomes of it under faults above.
describeOn(dynamoDbLocal, false);
