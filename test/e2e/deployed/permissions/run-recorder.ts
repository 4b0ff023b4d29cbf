// Loaded into each function's process before the function: writes down every request that it signs for AWS, one line of JSON each. Nothing of the function is changed.
import { appendFileSync } from 'node:fs';
import http from 'node:http';
import { usesOf } from './uses-of.ts';

const file = process.env['ONETRACK_CALLS'];
const caller = process.env['AWS_LAMBDA_FUNCTION_NAME'];
const { prototype } = http.ClientRequest;
const bodies = new WeakMap<http.ClientRequest, Buffer[]>();

function keep(request: http.ClientRequest, chunk: unknown): void {
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
  bodies.set(request, [...(bodies.get(request) ?? []), Buffer.from(chunk)]);
}

function record(request: http.ClientRequest): void {
  const header = (name: string): string => String(request.getHeader(name) ?? '');
  const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(header('authorization'));
  if (file === undefined || !scope) return;
  const [, account = '', region = '', service = ''] = scope;
  const { method, path } = request;
  const body = Buffer.concat(bodies.get(request) ?? []);
  const { operation, uses } = usesOf({ account, region, service, method, path, header, body });
  appendFileSync(file, `${JSON.stringify({ caller, operation: `${service}:${operation}`, uses })}\n`);
}

/** What a function fetches by an address that it has signed itself: the console, which hands in what a form brought. */
const fetchAsBefore = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input);
  const [account = '', , region = '', service = ''] = searchParams.get('X-Amz-Credential')?.split('/') ?? [];
  if (file !== undefined && service !== '') {
    const method = init?.method ?? 'GET';
    const signed = { account, region, service, method, path: pathname, header: () => '', body: Buffer.alloc(0) };
    const { operation, uses } = usesOf(signed);
    appendFileSync(file, `${JSON.stringify({ caller, operation: `${service}:${operation}`, uses })}\n`);
  }
  return fetchAsBefore(input, init);
};

/** Puts a look at the request before a method of every request; the method is called as it was. */
function before(name: 'write' | 'end', look: (request: http.ClientRequest, chunk: unknown) => void): void {
  const method = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
  Reflect.set(prototype, name, function (this: http.ClientRequest, ...args: unknown[]) {
    look(this, args[0]);
    return Reflect.apply(method, this, args);
  });
}

before('write', keep);
before('end', (request, chunk) => {
  keep(request, chunk);
  record(request);
});
