import { randomUUID } from 'node:crypto';
import { DynamoCursors } from '../../../adapters/aws/dynamodb/cursors.ts';
import { DynamoDossierStore } from '../../../adapters/aws/dynamodb/dossier-store.ts';
import { DynamoRegistry } from '../../../adapters/aws/dynamodb/registry.ts';
import { describeCursors } from '../../contracts/cursors.ts';
import { describeDossierStore } from '../../contracts/dossier-store.ts';
import { describeRegistry } from '../../contracts/registry.ts';
import { dynamoDbLocal, dynoxide, startDynamo } from './dynamodb-server.ts';
import type { DynamoProgram, DynamoServer } from './dynamodb-server.ts';
import { UnreliableClient } from './unreliable-client.ts';

const patience = { wait: 2_000, grace: 50, hold: 10_000 };

function describeOn({ name, command }: DynamoProgram): void {
  if (!command) {
    process.stderr.write(`${name} is not installed: the stores are not tested on it.\n`);
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

    describeDossierStore('store', async () => {
      const { options, drop } = await open();
      return { store: new DynamoDossierStore({ ...options, patience }), close: drop };
    });

    describeRegistry('registry', async () => {
      const { options, drop } = await open();
      return { registry: new DynamoRegistry(options), other: new DynamoRegistry(options), close: drop };
    });

    describeCursors('table', async () => {
      const { options, drop } = await open();
      return { cursors: new DynamoCursors(options), close: drop };
    });

    describe('with late indexes, conflicts, throttling and lost answers', () => {
      const counted = { conflict: 0, throttle: 0, lost: 0, stale: 0 };
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms / 20));

      describeDossierStore('store', async () => {
        const { options, drop } = await open();
        const client = new UnreliableClient(server.client, { conflict: 20, throttle: 5, lost: 15 }, Math.random);
        const close = async () => {
          for (const fault of Object.keys(counted) as (keyof typeof counted)[]) counted[fault] += client.counted[fault];
          await drop();
        };
        return {
          store: new DynamoDossierStore({ ...options, client, pause, patience: { ...patience, wait: 1_000 } }),
          close,
        };
      });

      it('has met every fault', () => {
        expect(Math.min(...Object.values(counted))).toBeGreaterThan(10);
      });
    });
  });
}

describeOn(dynoxide);
describeOn(dynamoDbLocal);

it('has a program that serves DynamoDB wherever CI runs', () => {
  expect(process.env['CI'] === 'true' && !dynoxide.command).toBe(false);
});
