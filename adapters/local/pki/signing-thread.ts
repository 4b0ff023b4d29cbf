import { Worker } from 'node:worker_threads';

/** Signs bytes with one key: ES256, r || s. */
export type Sign = (data: Uint8Array) => Promise<Uint8Array>;

export type ToThread =
  | { kind: 'key'; key: number; pkcs8: Uint8Array }
  | { kind: 'sign'; first: number; jobs: { key: number; data: Uint8Array }[] };
export type FromThread = { first: number; signatures: Uint8Array[] };

interface Waiting {
  resolve: (signature: Uint8Array) => void;
  reject: (reason: unknown) => void;
}

/**
 * One thread that signs for the whole process. What is asked for in one turn of the event loop travels in one message: a signature costs the main
 * thread about 2 microseconds, against 20 to 60 for one that is handed singly to libuv's pool and about 45 for one made inline.
 */
class SigningThread {
  readonly #keys: Uint8Array[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #jobs: { key: number; data: Uint8Array }[] = [];
  #next = 0;

  add(pkcs8: Uint8Array): Sign {
    const key = this.#keys.push(pkcs8) - 1;
    this.#worker?.postMessage({ kind: 'key', key, pkcs8 } satisfies ToThread);
    return (data) =>
      new Promise((resolve, reject) => {
        if (this.#jobs.length === 0) setImmediate(() => this.#send());
        this.#waiting.set(this.#next + this.#jobs.length, { resolve, reject });
        this.#jobs.push({ key, data });
      });
  }

  #send(): void {
    const jobs = this.#jobs;
    const first = this.#next;
    this.#jobs = [];
    this.#next += jobs.length;
    this.#worker ??= this.#start();
    // Only while somebody waits does the thread keep the process alive.
    this.#worker.ref();
    this.#worker.postMessage({ kind: 'sign', first, jobs } satisfies ToThread);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sign-in-thread.ts', import.meta.url), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    worker.on('message', ({ first, signatures }: FromThread) => {
      signatures.forEach((signature, index) => this.#take(first + index)?.resolve(signature));
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error) => {
      this.#worker = undefined;
      for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(error);
    });
    this.#keys.forEach((pkcs8, key) => {
      worker.postMessage({ kind: 'key', key, pkcs8 } satisfies ToThread);
    });
    return worker;
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

const thread = new SigningThread();

/** A signer for the key, DER PKCS #8. Signing happens in a thread of its own, which starts with the first signature and never holds up the end of the process. */
export function signInThread(pkcs8: Uint8Array): Sign {
  return thread.add(pkcs8);
}
