import { AsyncLocalStorage } from 'node:async_hooks';
import type { FunctionCounts } from '../../schemas/cost.ts';

/** Services whose calls are counted. */
export type Service = keyof FunctionCounts['calls'];

/** Requests that are charged one by one. */
export type Request = 'signature' | 'keyRequest' | 'objectWrite' | 'objectRead' | 'mail';

/** Counts what each function asks of AWS. What happens outside of every function, such as what a person does beside, is not counted. */
export class Meter {
  readonly #running = new AsyncLocalStorage<string>();
  functions = new Map<string, FunctionCounts>();
  requests = new Map<Request, number>();
  /** Bytes of documents that stay. */
  objectBytes = 0;

  /** Does the work as an invocation of this function. */
  invocation<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#of(name).invocations += 1;
    return this.#running.run(name, work);
  }

  /** Does what is not to be counted. */
  apart<T>(work: () => Promise<T>): Promise<T> {
    return this.#running.exit(work);
  }

  call(service: Service, request?: Request): void {
    const name = this.#running.getStore();
    if (name === undefined) return;
    this.#of(name).calls[service] += 1;
    if (request) this.requests.set(request, (this.requests.get(request) ?? 0) + 1);
  }

  units(kind: 'writeUnits' | 'indexUnits' | 'readUnits', units: number): void {
    const name = this.#running.getStore();
    if (name !== undefined) this.#of(name)[kind] += units;
  }

  reset(): void {
    this.functions = new Map();
    this.requests = new Map();
    this.objectBytes = 0;
  }

  #of(name: string): FunctionCounts {
    let counts = this.functions.get(name);
    if (!counts) {
      const calls = { dynamodb: 0, kms: 0, s3: 0, stepFunctions: 0, mail: 0, outside: 0 };
      counts = { invocations: 0, calls, writeUnits: 0, indexUnits: 0, readUnits: 0 };
      this.functions.set(name, counts);
    }
    return counts;
  }
}
