import { openDatabase } from '../../../adapters/local/sqlite.ts';
import type { Database } from '../../../adapters/local/sqlite.ts';
import type { ExecutionDescription, HistoryEvent } from '../../../domain/ports/workflow-engine.ts';
import { EmbeddedEngine } from '../../../embedded/engine/engine.ts';
import type { InvokeFunction } from '../../../embedded/engine/engine.ts';

export const START = Date.parse('2026-11-23T08:00:00Z');
export const FUNCTION = 'arn:aws:lambda:local:000000000000:function:work';

/** What the machine's functions do: each takes the payload. */
export type Work = (payload: Record<string, unknown>, attempt: number) => unknown;

/** An engine in virtual time on one database, with one function. */
export class Bench {
  now = START;
  calls: unknown[] = [];
  random = 0.5;
  readonly db: Database;
  readonly engine: EmbeddedEngine;
  #ids = 0;
  #names = 0;

  constructor(work: Work = () => ({}), db: Database = openDatabase(':memory:'), tokens = 'token') {
    this.db = db;
    const invoke: InvokeFunction = async (_arn, payload, { retryCount }) => {
      this.calls.push(payload);
      return await work(payload as Record<string, unknown>, retryCount);
    };
    this.engine = new EmbeddedEngine({
      database: db,
      clock: { now: () => this.now },
      invoke,
      newId: () => `${tokens}-${String((this.#ids += 1))}`,
      random: () => this.random,
    });
  }

  async start(definition: object, input: unknown = {}): Promise<string> {
    this.#names += 1;
    const name = `run-${String(this.#names)}`;
    const { arn } = await this.engine.createMachine({
      name,
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
    });
    const execution = await this.engine.start({ machineArn: arn, name, input });
    await this.engine.idle();
    return execution.arn;
  }

  /** Starts and describes an execution that ends without waiting. */
  async run(definition: object, input: unknown = {}): Promise<ExecutionDescription> {
    return this.describe(await this.start(definition, input));
  }

  async describe(arn: string): Promise<ExecutionDescription> {
    const description = await this.engine.describe(arn);
    if (description === undefined) throw new Error(`There is no execution ${arn}.`);
    return description;
  }

  async history(arn: string): Promise<HistoryEvent[]> {
    return this.engine.history(arn);
  }

  async types(arn: string): Promise<string[]> {
    return (await this.history(arn)).map(({ type }) => type);
  }

  /** Lets time pass, stopping at every instant at which something is due. */
  async pass(seconds: number): Promise<void> {
    const end = this.now + seconds * 1000;
    for (let due = this.engine.nextDue(); due !== undefined && due <= end; due = this.engine.nextDue()) {
      this.now = Math.max(this.now, due);
      this.engine.fireDue(this.now);
      await this.engine.idle();
    }
    this.now = end;
    this.engine.fireDue(end);
    await this.engine.idle();
  }
}

/** A machine of these states; the first one is the start. */
export function machine(states: Record<string, object>): object {
  return { StartAt: Object.keys(states)[0], States: states };
}

/** A Task that calls the function and ends, unless told otherwise. */
export function task(fields: object = {}): object {
  const flow = 'Next' in fields ? {} : { End: true };
  const args = { FunctionName: FUNCTION, Payload: '{% $states.input %}' };
  return { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: args, ...flow, ...fields };
}

/** The same, waiting for a token that the payload carries. */
export function callback(fields: object = {}): object {
  const args = { FunctionName: FUNCTION, Payload: { token: '{% $states.context.Task.Token %}' } };
  return task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Arguments: args, ...fields });
}

export function pass(fields: object = {}): object {
  return { Type: 'Pass', ...('Next' in fields ? {} : { End: true }), ...fields };
}

/** An error with the name that Retry and Catch match. */
export function named(name: string, message = 'it broke'): Error {
  return Object.assign(new Error(message), { name });
}
