import { randomUUID } from 'node:crypto';
import { DynamoDossierStore } from '../../../adapters/aws/dynamodb/dossier-store.ts';
import { DynamoRegistry } from '../../../adapters/aws/dynamodb/registry.ts';
import { describeScenarios } from '../../builders/scenario-suite.ts';
import { fewestStories, PROCEDURES } from '../../e2e/choose-stories.ts';
import { dynoxide, startDynamo, type DynamoServer } from './dynamodb-server.ts';
import { UnreliableClient } from './unreliable-client.ts';

const judged = dynoxide.command || process.env['CI'] === 'true' ? describe : describe.skip;
if (judged === describe.skip) process.stderr.write('dynoxide is missing: scenarios are not told on DynamoDB.\n');

/** A story takes seconds here. In the environment: `all` tells every one, anything else those in which every kind of step and every outcome of each kind of stage occurs. */
const isFull = process.env['ONETRACK_STORIES'] === 'all';
const isOfFewest = fewestStories();
/** Of dossiers that open others, besides, those in which rows between them can go wrong. */
const between = ({ scenario }: { scenario: string }): boolean =>
  /^T-18|^a machine that dies|^what a child lacks|^what is past withdrawing/.test(scenario);
const counted = { conflict: 0, throttle: 0, lost: 0, stale: 0 };

judged('on DynamoDB, with late indexes, conflicts, throttling and lost answers', () => {
  let server: DynamoServer;
  beforeAll(async () => {
    server = await startDynamo(dynoxide.command ?? (() => ['dynoxide']));
  });
  afterAll(() => server.stop());

  /** A registry for all stories, a table for each: worse than DynamoDB may be, and beside it the same table as it is. */
  const records = async () => {
    const open = async () => {
      const { name, drop } = await server.table();
      const client = new UnreliableClient(server.client, { conflict: 10, throttle: 4, lost: 10 }, Math.random);
      const reliable = { client: server.client, table: name, random: Math.random, uuid: randomUUID };
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms / 20));
      return { client, drop, reliable, unreliable: { ...reliable, client, pause } };
    };
    return {
      registry: new DynamoRegistry((await open()).unreliable),
      open: async () => {
        const { client, drop, reliable, unreliable } = await open();
        return {
          store: () => new DynamoDossierStore(unreliable),
          truth: new DynamoDossierStore(reliable),
          close: async () => {
            for (const fault of Object.keys(counted) as (keyof typeof counted)[])
              counted[fault] += client.counted[fault];
            await drop();
          },
        };
      },
    };
  };

  for (const procedure of PROCEDURES)
    describeScenarios(procedure, {
      records,
      patienceMs: 180_000,
      ...(!isFull && { choose: (story) => isOfFewest(story) || (procedure === 'newborn' && between(story)) }),
    });

  it('has met every fault', () => {
    expect(Math.min(...Object.values(counted))).toBeGreaterThan(10);
  });
});
