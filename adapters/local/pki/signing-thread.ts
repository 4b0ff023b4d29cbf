import { Worker } from 'node:worker_threads';
import { SIGNATURE_BYTES } from '../../../domain/ecdsa-signature.ts';

/** Signs bytes with one key: ES256, r || s. */
export type Sign = (data: Uint8Array) => Promise<Uint8Array>;

export type ToThread =
  | { kind: 'key'; key: number; pkcs8: Uint8Array }
  | { kind: 'forget'; keys: number[] }
  /** The bytes of all jobs one after another, each as long as `lengths` says. */
  | { kind: 'sign'; first: number; keys: number[]; lengths: number[]; bytes: Uint8Array };
/** Signatures of 64 bytes one after another. */
export type FromThread = { first: number; signatures: Uint8Array };

/** Messages under way at once: enough to keep the thread at work, few enough that what is asked for meanwhile goes together. */
const IN_FLIGHT = 2;
/** Keys that the thread keeps, those used last; another is handed over again when it is wanted. */
const KEPT_KEYS = 500;

interface Waiting {
  resolve: (signature: Uint8Array) => void;
  reject: (reason: unknown) => void;
}

/**
 * One thread that signs for the whole process. What is asked for in one turn of the event loop travels in one message: a signature costs the main
 * thread about 2 microseconds, against 20 to 60 for one that is handed singly to libuv's pool and about 45 for one made inline.
 */
export class SigningThread {
  /** Keys that the worker has, the one used longest ago first. Whoever signs holds his own: one that nobody signs with any more is gone with him. */
  readonly #handedOver = new Set<number>();
  readonly #kept: number;
  #lastKey = 0;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #jobs: { key: number; pkcs8: Uint8Array; data: Uint8Array }[] = [];
  #next = 0;
  #inFlight = 0;

  constructor(kept = KEPT_KEYS) {
    this.#kept = kept;
  }

  /** How many keys the thread keeps. */
  get keys(): number {
    return this.#handedOver.size;
  }

  add(pkcs8: Uint8Array): Sign {
    const key = (this.#lastKey += 1);
    return (data) =>
      new Promise((resolve, reject) => {
        if (this.#jobs.length === 0 && this.#inFlight < IN_FLIGHT) setImmediate(() => this.#send());
        this.#waiting.set(this.#next + this.#jobs.length, { resolve, reject });
        this.#jobs.push({ key, pkcs8, data });
      });
  }

  #send(): void {
    const jobs = this.#jobs;
    if (jobs.length === 0) return;
    this.#inFlight += 1;
    const first = this.#next;
    this.#jobs = [];
    this.#next += jobs.length;
    this.#worker ??= this.#start();
    // Only while somebody waits does the thread keep the process alive.
    this.#worker.ref();
    for (const { key, pkcs8 } of jobs) this.#handOver(this.#worker, key, pkcs8);
    const bytes = packed(jobs.map(({ data }) => data));
    const lengths = jobs.map(({ data }) => data.length);
    const message: ToThread = { kind: 'sign', first, keys: jobs.map(({ key }) => key), lengths, bytes };
    this.#worker.postMessage(message, [bytes.buffer]);
    this.#forget(this.#worker);
  }

  #handOver(worker: Worker, key: number, pkcs8: Uint8Array): void {
    if (!this.#handedOver.delete(key)) worker.postMessage({ kind: 'key', key, pkcs8 } satisfies ToThread);
    this.#handedOver.add(key);
  }

  /** Messages come in their order: what was to be signed with these keys is signed before. */
  #forget(worker: Worker): void {
    const surplus = this.#handedOver.size - this.#kept;
    if (surplus <= 0) return;
    const keys = [...this.#handedOver].slice(0, surplus);
    for (const key of keys) this.#handedOver.delete(key);
    worker.postMessage({ kind: 'forget', keys } satisfies ToThread);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sign-in-thread.ts', import.meta.url), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    worker.on('message', ({ first, signatures }: FromThread) => {
      for (let at = 0; at < signatures.length; at += SIGNATURE_BYTES)
        this.#take(first + at / SIGNATURE_BYTES)?.resolve(signatures.slice(at, at + SIGNATURE_BYTES));
      this.#inFlight -= 1;
      this.#send();
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error) => {
      this.#worker = undefined;
      this.#handedOver.clear();
      this.#inFlight = 0;
      this.#jobs = [];
      for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(error);
    });
    return worker;
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

/** One buffer of its own: a small Buffer is a window on a large one, all of which would be copied. */
function packed(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const thread = new SigningThread();

/** A signer for the key, DER PKCS #8. Signing happens in a thread of its own, which starts with the first signature and never holds up the end of the process. */
export function signInThread(pkcs8: Uint8Array): Sign {
  return thread.add(pkcs8);
}
