import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Outbound, OutboundFailure, OutboundMessage } from '../../domain/ports/outbound.ts';
import { type AddressGuard, AddressRefused } from './address-guard.ts';

const TIMEOUT_MS = 15_000;
/** Of an answer's head; its body is not read. */
const MAX_HEAD_BYTES = 16_384;

/** A subscriber may live anywhere; a connection of its own each time, since one kept open over a pause of the process is found closed by the next message. */
export const AGENTS = {
  'http:': new HttpAgent({ keepAlive: false }),
  'https:': new HttpsAgent({ keepAlive: false }),
} as const;

export interface GuardedHttpOptions {
  guard: AddressGuard;
  clock: Clock;
  timeoutMs?: number;
}

/** Sends by HTTPS to public addresses, and by either to the operator's own networks. */
export function createGuardedHttp({ guard, clock, timeoutMs = TIMEOUT_MS }: GuardedHttpOptions): Outbound {
  const refuses = (url: string): string | undefined => {
    const parsed = URL.parse(url);
    if (!parsed || !(parsed.protocol in AGENTS)) return 'expected an https address';
    if (parsed.username !== '' || parsed.password !== '') return 'expected an address without a name and password';
    const address = literalOf(parsed);
    if (parsed.protocol === 'http:' && !(address === undefined ? guard.hasOwn : guard.isOwn(address)))
      return 'expected https: plain http is for networks that the operator has named';
    if (address !== undefined && !guard.mayCall(address))
      return 'expected a public address, or one in a network that the operator has named';
    return undefined;
  };
  return {
    refuses: (url) => Promise.resolve(refuses(url)),
    async post(message) {
      const began = performance.now();
      const took = (): number => Math.round(performance.now() - began);
      if (refuses(message.url) !== undefined) return { failed: 'address-refused', took: took() };
      try {
        const { status, retryAfter } = await send(message, guard, timeoutMs);
        const wait = waitOf(retryAfter, clock.now());
        return { status, took: took(), ...(wait !== undefined && { retryAfter: wait }) };
      } catch (error) {
        return { failed: failureOf(error), took: took() };
      }
    },
  };
}

/** The address where a URL names one itself: then nothing is looked up. */
export function literalOf({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

interface Head {
  status: number;
  retryAfter: string | undefined;
}

function send({ url, headers, body }: OutboundMessage, guard: AddressGuard, timeoutMs: number): Promise<Head> {
  const { protocol } = new URL(url);
  const secure = protocol === 'https:';
  const bytes = Buffer.from(body);
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': bytes.length, 'user-agent': 'Onetrack' },
    lookup: guard.lookup(secure),
    agent: AGENTS[secure ? 'https:' : 'http:'],
    maxHeaderSize: MAX_HEAD_BYTES,
    // Covers everything: the name, the connection, the message, the head of the answer.
    signal: AbortSignal.timeout(timeoutMs),
  };
  return new Promise((resolve, reject) => {
    const request: ClientRequest = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
      const { statusCode = 0, headers: answered } = response;
      response.destroy();
      resolve({ status: statusCode, retryAfter: answered['retry-after'] });
    });
    request.on('error', reject);
    request.end(bytes);
  });
}

function failureOf(error: unknown): OutboundFailure {
  const { name, code } = error as { name?: string; code?: string };
  if (error instanceof AddressRefused) return 'address-refused';
  if (name === 'AbortError' || name === 'TimeoutError' || code === 'ETIMEDOUT') return 'timeout';
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'no-such-name' : 'no-connection';
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), in milliseconds from now. */
function waitOf(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
