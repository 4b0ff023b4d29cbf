import { DynamoDBClient, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { QueryCommandOutput } from '@aws-sdk/client-dynamodb';

/** How often, of a hundred requests, each fault comes. */
export interface Faults {
  /** A transaction is cancelled because another one is under way on the same item. */
  conflict: number;
  /** A request is throttled. */
  throttle: number;
  /** A request is done, and its answer is lost. */
  lost: number;
}

/**
 * A client whose table is worse than DynamoDB may be: every index answers what it knew when it was last asked the same, and nothing the first time;
 * transactions conflict, requests are throttled, answers are lost.
 */
export class UnreliableClient extends DynamoDBClient {
  readonly counted = { conflict: 0, throttle: 0, lost: 0, stale: 0 };
  readonly #reliable: DynamoDBClient;
  readonly #faults: Faults;
  readonly #random: () => number;
  readonly #known = new Map<string, QueryCommandOutput>();

  constructor(reliable: DynamoDBClient, faults: Faults, random: () => number) {
    super({ region: 'eu-central-1' });
    this.#reliable = reliable;
    this.#faults = faults;
    this.#random = random;
    // `send` has many overloads; what is wrapped is whatever the caller chose.
    this.send = ((command: Parameters<DynamoDBClient['send']>[0]) => this.#send(command)) as DynamoDBClient['send'];
  }

  async #send(command: Parameters<DynamoDBClient['send']>[0]): Promise<unknown> {
    let dice = this.#random() * 100;
    if (command instanceof QueryCommand && command.input.IndexName !== undefined) return this.#late(command);
    if ((dice -= this.#faults.throttle) < 0) throw this.#fault('throttle', 'ThrottlingException');
    if (command instanceof TransactWriteItemsCommand && (dice -= this.#faults.conflict) < 0) {
      const CancellationReasons = (command.input.TransactItems ?? []).map((_, i) => ({
        Code: i === 0 ? 'TransactionConflict' : 'None',
      }));
      throw Object.assign(this.#fault('conflict', 'TransactionCanceledException'), { CancellationReasons });
    }
    const answer = await this.#reliable.send(command);
    if ((dice -= this.#faults.lost) < 0) throw this.#fault('lost', 'TimeoutError');
    return answer;
  }

  async #late(command: QueryCommand): Promise<QueryCommandOutput> {
    const question = JSON.stringify(command.input);
    const known = this.#known.get(question) ?? { Items: [], $metadata: {} };
    const now = await this.#reliable.send(command);
    this.#known.set(question, now);
    if (JSON.stringify(known.Items) !== JSON.stringify(now.Items)) this.counted.stale += 1;
    return known;
  }

  #fault(kind: keyof Faults, name: string): Error {
    this.counted[kind] += 1;
    return Object.assign(new Error(`injected: ${name}`), { name, $metadata: {} });
  }
}
