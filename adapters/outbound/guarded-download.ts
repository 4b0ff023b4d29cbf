import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AddressGuard, AddressRefused } from './address-guard.ts';
import { AGENTS, literalOf } from './guarded-http.ts';

const TIMEOUT_MS = 5_000;
/** Revocation lists of large authorities reach some megabytes. */
const MAX_BYTES = 10 * 2 ** 20;

export interface Asked {
  /** With a body it is a POST. */
  body?: { type: string; bytes: Uint8Array };
}

/** Asks an address that stands in somebody's certificate. Throws where no answer with status 200 comes, saying why. */
export type Download = (url: string, asked?: Asked) => Promise<Uint8Array>;

/** By HTTPS or plain HTTP - what comes is signed - to public addresses and the operator's own networks. Follows no redirect, ends within seconds and megabytes. */
export function createGuardedDownload(options: {
  guard: AddressGuard;
  timeoutMs?: number;
  maxBytes?: number;
}): Download {
  const { guard, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = options;
  return (text, { body } = {}) => {
    const url = URL.parse(text);
    if (!url || !(url.protocol in AGENTS)) return Promise.reject(new Error('expected an address of http or https'));
    const address = literalOf(url);
    if (address !== undefined && !guard.mayCall(address))
      return Promise.reject(new AddressRefused('the address is one that is not called'));
    return new Promise((resolve, reject) => {
      const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
        url,
        {
          method: body ? 'POST' : 'GET',
          headers: {
            'user-agent': 'Onetrack',
            ...(body && { 'content-type': body.type, 'content-length': body.bytes.length }),
          },
          lookup: guard.lookup(true),
          agent: AGENTS[url.protocol === 'https:' ? 'https:' : 'http:'],
          signal: AbortSignal.timeout(timeoutMs),
        },
        (response) => {
          collect(response, maxBytes).then(resolve, reject);
        },
      );
      request.on('error', reject);
      request.end(body?.bytes);
    });
  };
}

async function collect(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    if (response.statusCode !== 200) throw new Error(`expected status 200, got ${response.statusCode ?? 'none'}`);
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxBytes) throw new Error(`expected at most ${maxBytes} bytes`);
      parts.push(part);
    }
    return new Uint8Array(Buffer.concat(parts));
  } finally {
    response.destroy();
  }
}
