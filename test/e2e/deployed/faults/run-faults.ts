// Loaded into each function's process before the function: calls of AWS go wrong as often as the control file says. Nothing else of the function is changed.
import { appendFileSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { Readable } from 'node:stream';
import type { Fault, Rates } from './fault-files.ts';

const { ONETRACK_FAULTS: control, ONETRACK_FAULTS_DONE: done } = process.env;

/** A signed call, as it is about to go out. */
interface Call {
  request: http.ClientRequest;
  service: string;
  operation: string;
  body: string;
  /** Lets it go out, with this body. */
  send: (body?: string) => void;
}

type Batch = Record<string, unknown[] | { Keys: unknown[] }>;

/** What each fault can befall, and how it does. */
const FAULTS: Readonly<Record<Fault, { fits?: (call: Call) => boolean; befall: (call: Call) => void }>> = {
  dies: { befall: die },
  diesAfter: {
    befall({ request, send }) {
      request.prependOnceListener('response', die);
      send();
    },
  },
  throttled: {
    befall({ request, service }) {
      if (service === 's3') answer(request, 503, '<Error><Code>SlowDown</Code><Message>injected</Message></Error>');
      else if (service === 'ses') answer(request, 429, failure('TooManyRequestsException'));
      else answer(request, 400, failure('ThrottlingException'));
    },
  },
  busy: {
    befall({ request, service }) {
      if (service === 's3')
        answer(request, 500, '<Error><Code>InternalError</Code><Message>injected</Message></Error>');
      else answer(request, 500, failure('InternalServerError'));
    },
  },
  lost: {
    befall({ request, send }) {
      instead(request, (response) => {
        response.resume();
        request.destroy(Object.assign(new Error('injected: the answer is lost'), { code: 'ECONNRESET' }));
      });
      send();
    },
  },
  conflict: {
    fits: ({ operation }) => operation === 'TransactWriteItems',
    befall({ request, body }) {
      const { TransactItems } = JSON.parse(body) as { TransactItems: unknown[] };
      const CancellationReasons = TransactItems.map((_, index) => ({
        Code: index === 0 ? 'TransactionConflict' : 'None',
      }));
      answer(request, 400, failure('TransactionCanceledException', { CancellationReasons }));
    },
  },
  partial: {
    fits: ({ operation, body }) => /^Batch(Write|Get)Item$/.test(operation) && sizeOf(itemsOf(body)) > 1,
    befall({ request, operation, body, send }) {
      const [first, rest] = halves(itemsOf(body));
      const unprocessed = operation === 'BatchWriteItem' ? 'UnprocessedItems' : 'UnprocessedKeys';
      instead(request, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode !== 200) answer(request, response.statusCode ?? 500, text);
          else answer(request, 200, JSON.stringify({ ...(JSON.parse(text) as object), [unprocessed]: rest }));
        });
      });
      send(JSON.stringify({ ...(JSON.parse(body) as object), RequestItems: first }));
    },
  },
};

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('expected to be dead');
}

const failure = (name: string, more: object = {}): string =>
  JSON.stringify({ __type: name, message: 'injected', ...more });

/** Hands the SDK an answer that AWS never gave. */
function answer(request: http.ClientRequest, statusCode: number, body: string): void {
  const type = body.startsWith('<') ? 'application/xml' : 'application/x-amz-json-1.0';
  const headers = { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };
  const response = Object.assign(Readable.from([Buffer.from(body)]), { statusCode, statusMessage: '', headers });
  process.nextTick(() => {
    request.emit('response', response);
    request.destroy();
  });
}

/** Looks at the answer that comes, in the place of the SDK. */
function instead(request: http.ClientRequest, look: (response: http.IncomingMessage) => void): void {
  const emit = request.emit.bind(request);
  request.emit = (event: string, ...args: unknown[]) => {
    if (event !== 'response') return emit(event, ...args);
    request.emit = emit;
    look(args[0] as http.IncomingMessage);
    return true;
  };
}

const itemsOf = (body: string): Batch => (JSON.parse(body) as { RequestItems: Batch }).RequestItems;
const listOf = (of: Batch[string]): unknown[] => (Array.isArray(of) ? of : of.Keys);
const sizeOf = (batch: Batch): number => Object.values(batch).reduce((sum, of) => sum + listOf(of).length, 0);

/** What is done of a batch of one table, and what is not. */
function halves(batch: Batch): [Batch, Batch] {
  const half = (part: (list: unknown[]) => unknown[]): Batch =>
    Object.fromEntries(
      Object.entries(batch).map(([table, of]) => [
        table,
        Array.isArray(of) ? part(of) : { ...of, Keys: part(of.Keys) },
      ]),
    );
  return [
    half((list) => list.slice(0, Math.ceil(list.length / 2))),
    half((list) => list.slice(Math.ceil(list.length / 2))),
  ];
}

function ratesNow(): Rates {
  try {
    return JSON.parse(readFileSync(control ?? '', 'utf8')) as Rates;
  } catch {
    return {};
  }
}

function chosenFor(call: Call): Fault | undefined {
  const rates = ratesNow();
  let dice = Math.random() * 100;
  for (const [fault, { fits = () => true }] of Object.entries(FAULTS) as [Fault, (typeof FAULTS)[Fault]][])
    if (fits(call) && (dice -= rates[fault] ?? 0) < 0) return fault;
  return undefined;
}

const { prototype } = http.ClientRequest;
const endAsBefore = Reflect.get(prototype, 'end') as (...args: unknown[]) => unknown;
Reflect.set(prototype, 'end', function (this: http.ClientRequest, ...args: unknown[]) {
  const scope = /\/([^/]+)\/aws4_request/.exec(String(this.getHeader('authorization') ?? ''));
  const target = String(this.getHeader('x-amz-target') ?? '');
  const [body] = args;
  const call: Call = {
    request: this,
    service: scope?.[1] ?? '',
    operation: target.slice(target.lastIndexOf('.') + 1),
    body: typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : '',
    send: (changed) => {
      if (changed !== undefined) this.setHeader('content-length', Buffer.byteLength(changed));
      Reflect.apply(endAsBefore, this, changed === undefined ? args : [changed, ...args.slice(1)]);
    },
  };
  const fault = scope ? chosenFor(call) : undefined;
  if (fault === undefined) return Reflect.apply(endAsBefore, this, args);
  appendFileSync(done ?? '', `${fault} ${call.service} ${call.operation}\n`);
  FAULTS[fault].befall(call);
  return this;
});
