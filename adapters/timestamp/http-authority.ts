import { PKIStatus, TimeStampResp } from 'pkijs';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { Timestamp, TimestampAuthority } from '../../domain/ports/timestamps.ts';
import type { Certificate } from '../cms/certificate.ts';
import { parseDer, toDer } from '../cms/der.ts';
import { buildTimestampRequest } from './timestamp-request.ts';
import { verifyTimestampToken } from './verify-token.ts';

export interface HttpAuthorityOptions {
  url: string;
  /** Whom to believe about time. */
  anchors: readonly Certificate[];
  timeoutMs?: number;
}

/** PKIFailureInfo bits after which the same request may succeed: timeNotAvailable, systemFailure (RFC 3161 section 2.4.2). */
const passing = [14, 25];

/** What is wrong with the request itself. Anything else - a login that is not let in, an address that is moved - somebody can put right meanwhile. */
const REFUSED_FOR_GOOD: ReadonlySet<number> = new Set([400, 413, 415]);

/** An RFC 3161 authority over HTTP (section 3.4). Each answer is verified before it is handed on. */
export function createHttpTimestampAuthority({
  url,
  anchors,
  timeoutMs = 5000,
}: HttpAuthorityOptions): TimestampAuthority {
  return {
    async stamp(digest): Promise<Timestamp> {
      const request = buildTimestampRequest(digest);
      const token = readResponse(await post(url, request.der, timeoutMs));
      const verdict = verifyTimestampToken(token, { digest, anchors, nonce: request.nonce });
      if (!verdict.ok)
        throw new TaskTerminal(`expected a time-stamp that holds, got one that does not: ${verdict.problem}`);
      return { token, time: verdict.time };
    },
  };
}

async function post(url: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new TaskRetryable('the time-stamp authority cannot be reached', { cause: error });
  });
  if (REFUSED_FOR_GOOD.has(response.status))
    throw new TaskTerminal(`expected a time-stamp, got status ${response.status}`);
  if (!response.ok) throw new TaskRetryable(`the time-stamp authority answered ${response.status}`);
  const bytes = await response.arrayBuffer().catch((error: unknown) => {
    throw new TaskRetryable('the time-stamp authority broke off its answer', { cause: error });
  });
  return new Uint8Array(bytes);
}

function readResponse(der: Uint8Array): Uint8Array {
  const response = parseResponse(der);
  const { status, failInfo } = response.status;
  if (status === PKIStatus.granted || status === PKIStatus.grantedWithMods) {
    if (response.timeStampToken !== undefined) return toDer(response.timeStampToken);
    throw new TaskTerminal('expected a time-stamp, got a grant without one');
  }
  const bits = failInfo?.valueBlock.valueHexView ?? new Uint8Array();
  const failures = [...bits].flatMap((byte, i) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (0x80 >> bit)).map((bit) => i * 8 + bit),
  );
  const message = `the time-stamp authority refused with status ${status}, failure ${failures.join(',') || 'unnamed'}`;
  throw failures.some((bit) => passing.includes(bit)) ? new TaskRetryable(message) : new TaskTerminal(message);
}

function parseResponse(der: Uint8Array): TimeStampResp {
  try {
    return new TimeStampResp({ schema: parseDer(der) });
  } catch (error) {
    throw new TaskRetryable(
      'expected an RFC 3161 response, something on the way to the time-stamp authority answered',
      {
        cause: error,
      },
    );
  }
}
