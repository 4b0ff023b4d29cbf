import { TaskRetryable } from '../../domain/failures.ts';

const TIMEOUT_MS = 5_000;

/** The revocation lists as the authorities publish them now, DER (RFC 5280 section 5; by HTTP as of section 4.2.1.13). */
export function fetchRevocationLists(urls: readonly string[]): Promise<Uint8Array[]> {
  return Promise.all(urls.map(fetchList));
}

async function fetchList(url: string): Promise<Uint8Array> {
  const failed = (why: string): never => {
    throw new TaskRetryable(`revocation list ${url}: ${why}`);
  };
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => failed('no answer'));
  if (!response.ok) return failed(`expected status 200, got ${response.status}`);
  return new Uint8Array(await response.arrayBuffer().catch(() => failed('its answer broke off')));
}
