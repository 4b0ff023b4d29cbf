import type { Clock } from '../../domain/ports/clock.ts';
import type { BreakerOfAddress, KnownBreakers } from '../../domain/ports/connectors.ts';
import { expectedOfJson } from '../../domain/storable.ts';
import type { Endpoint } from '../../schemas/connector.ts';
import { faultOfClient, faultOfConnection, LARGEST_BYTES, type Reply, sendOnce } from './send-once.ts';

/** What came back from one message, after as many attempts as the endpoint allows. `unusable`: a status that says nothing, or no JSON. */
export type Sent =
  | { kind: 'answered'; body: unknown }
  | {
      kind: 'failed';
      why: 'down' | 'slow' | 'refused' | 'unusable';
      detail: string;
      /** What it was answered with, if that was not 200. */
      status?: number;
      /** Of an answer that refuses (4xx), where it is JSON. */
      body?: unknown;
    };

type Failed = Extract<Sent, { kind: 'failed' }>;

interface Breaker extends Pick<BreakerOfAddress, 'failures' | 'lastFailure' | 'lastAnswer'> {
  /** Nothing is sent before this instant. */
  until: number;
  /** When it opened or closed last. */
  changed: number;
}

const TOKEN_SPARE_MS = 30_000;

/** Systems of other authorities over HTTP: one home for credentials, certificates, time-outs, attempts and circuit breakers. What it remembers is of this process alone. */
export class HttpEndpoints {
  readonly #clock: Clock;
  readonly #since: number;
  readonly #breakers = new Map<string, Breaker>();
  readonly #tokens = new Map<string, { token: string; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Where the breaker of each address stands that this process has sent to. */
  breakers(): KnownBreakers {
    const addresses = [...this.#breakers].map(([url, { until, changed, ...known }]) => {
      const isOver = until <= this.#clock.now();
      const state = until === 0 ? 'closed' : isOver ? 'trying' : 'open';
      return {
        url,
        state,
        since: state === 'trying' ? until : changed,
        until: state === 'open' ? until : null,
        ...known,
      } as const;
    });
    return { since: this.#since, addresses };
  }

  /** Sends one message. The same key is the same message. */
  async post(endpoint: Endpoint, message: { key: string; body: unknown }): Promise<Sent> {
    const { url, breaker: limit } = endpoint;
    const breaker = this.#breakers.get(url) ?? this.#closed();
    if (breaker.until > this.#clock.now())
      return { kind: 'failed', why: 'down', detail: 'its circuit breaker is open' };
    let sent: Sent = await this.#attempt(endpoint, message);
    for (let count = 1; count < endpoint.attempts && isTransient(sent); count += 1)
      sent = await this.#attempt(endpoint, message);
    const now = this.#clock.now();
    if (!isTransient(sent)) {
      const changed = breaker.until === 0 ? breaker.changed : now;
      this.#breakers.set(url, { ...breaker, failures: 0, until: 0, changed, lastAnswer: now });
    } else {
      const failures = breaker.failures + 1;
      // One failure more after the pause opens it again.
      const until = failures >= limit.failures ? now + limit.pauseSeconds * 1000 : 0;
      const changed = until === 0 ? breaker.changed : now;
      const { why, detail } = sent;
      this.#breakers.set(url, { ...breaker, failures, until, changed, lastFailure: { at: now, why, detail } });
    }
    return sent;
  }

  #closed(): Breaker {
    return { failures: 0, until: 0, changed: this.#since, lastFailure: null, lastAnswer: null };
  }

  async #attempt(endpoint: Endpoint, { key, body }: { key: string; body: unknown }): Promise<Sent> {
    const ours = faultOfClient(endpoint, this.#clock.now());
    if (ours !== undefined) return failed('refused', ours);
    const signal = AbortSignal.timeout(endpoint.timeoutMs);
    try {
      const authorized = await this.#authorize(endpoint, signal);
      if ('kind' in authorized) return authorized;
      const { token } = authorized;
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      };
      const reply = await sendOnce(endpoint.url, { headers, body: JSON.stringify(body), signal }, endpoint);
      if (reply.status === 401 || reply.status === 403) this.#tokens.delete(tokenKey(endpoint));
      return sentBy(reply);
    } catch (error) {
      if (signal.aborted) return failed('slow', `no answer within ${endpoint.timeoutMs} ms`);
      if (error instanceof SyntaxError) return failed('unusable', 'expected JSON in UTF-8');
      const { why, detail } = faultOfConnection(error);
      return failed(why, detail);
    }
  }

  /** A token, where one is wanted; or why there is none. */
  async #authorize(endpoint: Endpoint, signal: AbortSignal): Promise<{ token?: string } | Failed> {
    const { credentials } = endpoint;
    if (!credentials) return {};
    const known = this.#tokens.get(tokenKey(endpoint));
    if (known && known.until > this.#clock.now()) return { token: known.token };
    const { status, text = '' } = await sendOnce(
      credentials.tokenUrl,
      { ...askForToken(credentials), signal },
      endpoint,
    );
    if (status >= 500 || status === 429) return failed('down', `token endpoint: status ${status}`);
    const nobody = failed('refused', 'its token endpoint let nobody in');
    if (status < 200 || status > 299) return nobody;
    const { access_token: token, expires_in: seconds } = JSON.parse(text) as Record<string, unknown>;
    if (typeof token !== 'string') return nobody;
    const until = this.#clock.now() + (typeof seconds === 'number' ? seconds * 1000 - TOKEN_SPARE_MS : 0);
    this.#tokens.set(tokenKey(endpoint), { token, until });
    return { token };
  }
}

/** With the secret, or by the client certificate alone (RFC 8705, 2.1). */
function askForToken({ clientId, clientSecret, scope }: NonNullable<Endpoint['credentials']>) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(clientSecret === undefined && { client_id: clientId }),
    ...(scope !== undefined && { scope }),
  });
  const basic = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret ?? '')}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(clientSecret !== undefined && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
  };
  return { headers, body: body.toString() };
}

/** Throws a SyntaxError where an answer is no JSON. */
function sentBy({ status, text }: Reply): Sent {
  if (status === 401 || status === 403)
    return { ...failed('refused', `status ${status}`), status, ...bodyOf(status, text) };
  if (status >= 500 || status === 429) return failed('down', `status ${status}`);
  if (status !== 200)
    return { ...failed('unusable', `expected status 200, got ${status}`), status, ...bodyOf(status, text) };
  if (text === undefined) return failed('unusable', `expected at most ${LARGEST_BYTES} bytes`);
  const body: unknown = JSON.parse(text);
  // Texts are judged where they are taken over.
  const expected = expectedOfJson(body, () => undefined);
  return expected === undefined ? { kind: 'answered', body } : failed('unusable', `expected ${expected}`);
}

/** Why it says no, if it can be read. */
function bodyOf(status: number, text = ''): { body?: unknown } {
  if (status < 400) return {};
  try {
    return { body: JSON.parse(text) as unknown };
  } catch {
    return {};
  }
}

function failed(why: Failed['why'], detail: string): Failed {
  return { kind: 'failed', why, detail };
}

/** Whether it is the system's health: what refuses or talks nonsense is up. */
function isTransient(sent: Sent): sent is Failed & { why: 'down' | 'slow' } {
  return sent.kind === 'failed' && (sent.why === 'down' || sent.why === 'slow');
}

/** A token may be bound to the certificate by which it was got (RFC 8705, 3). */
function tokenKey({ credentials, client }: Endpoint): string {
  return [credentials?.tokenUrl, credentials?.clientId, credentials?.scope, client?.certificate].join(' ');
}
