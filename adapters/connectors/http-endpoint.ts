import type { Clock } from '../../domain/ports/clock.ts';
import type { Endpoint } from '../../schemas/connector.ts';

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

interface Breaker {
  failures: number;
  /** Nothing is sent before this instant. */
  until: number;
}

const TOKEN_SPARE_MS = 30_000;
const LARGEST_BYTES = 1_000_000;

/** Systems of other authorities over HTTP: one home for credentials, time-outs, attempts and circuit breakers. What it remembers is of this process alone. */
export class HttpEndpoints {
  readonly #clock: Clock;
  readonly #breakers = new Map<string, Breaker>();
  readonly #tokens = new Map<string, { token: string; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends one message. The same key is the same message. */
  async post(endpoint: Endpoint, message: { key: string; body: unknown }): Promise<Sent> {
    const { url, breaker: limit } = endpoint;
    const breaker = this.#breakers.get(url) ?? { failures: 0, until: 0 };
    if (breaker.until > this.#clock.now())
      return { kind: 'failed', why: 'down', detail: 'its circuit breaker is open' };
    let sent: Sent = await this.#attempt(endpoint, message);
    for (let count = 1; count < endpoint.attempts && isTransient(sent); count += 1)
      sent = await this.#attempt(endpoint, message);
    if (!isTransient(sent)) this.#breakers.delete(url);
    else {
      const failures = breaker.failures + 1;
      // One failure more after the pause opens it again.
      const until = failures >= limit.failures ? this.#clock.now() + limit.pauseSeconds * 1000 : 0;
      this.#breakers.set(url, { failures, until });
    }
    return sent;
  }

  async #attempt(endpoint: Endpoint, { key, body }: { key: string; body: unknown }): Promise<Sent> {
    const signal = AbortSignal.timeout(endpoint.timeoutMs);
    try {
      const token = await this.#token(endpoint, signal);
      if (token === null) return failed('refused', 'its token endpoint let nobody in');
      const response = await fetch(endpoint.url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': key,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        signal,
      });
      const { status } = response;
      if (status === 401 || status === 403) {
        this.#tokens.delete(tokenKey(endpoint));
        return { ...failed('refused', `status ${status}`), status, ...(await bodyOf(response)) };
      }
      if (status >= 500 || status === 429) return failed('down', `status ${status}`);
      if (status !== 200)
        return { ...failed('unusable', `expected status 200, got ${status}`), status, ...(await bodyOf(response)) };
      const text = await response.text();
      if (text.length > LARGEST_BYTES) return failed('unusable', `expected at most ${LARGEST_BYTES} characters`);
      return { kind: 'answered', body: JSON.parse(text) as unknown };
    } catch (error) {
      if (signal.aborted) return failed('slow', `no answer within ${endpoint.timeoutMs} ms`);
      if (error instanceof SyntaxError) return failed('unusable', 'expected JSON');
      return failed('down', error instanceof Error ? error.name : 'no answer');
    }
  }

  /** null: it is not given; undefined: none is wanted. */
  async #token(endpoint: Endpoint, signal: AbortSignal): Promise<string | null | undefined> {
    const { credentials } = endpoint;
    if (!credentials) return undefined;
    const known = this.#tokens.get(tokenKey(endpoint));
    if (known && known.until > this.#clock.now()) return known.token;
    const { tokenUrl, clientId, clientSecret, scope } = credentials;
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
    const response = await fetch(tokenUrl, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
      signal,
    });
    if (response.status >= 500 || response.status === 429) throw new Error(`token endpoint: status ${response.status}`);
    if (!response.ok) return null;
    const { access_token: token, expires_in: seconds } = (await response.json()) as Record<string, unknown>;
    if (typeof token !== 'string') return null;
    const until = this.#clock.now() + (typeof seconds === 'number' ? seconds * 1000 - TOKEN_SPARE_MS : 0);
    this.#tokens.set(tokenKey(endpoint), { token, until });
    return token;
  }
}

/** Why it says no, if it can be read. */
async function bodyOf(response: Response): Promise<{ body?: unknown }> {
  if (response.status < 400) return {};
  try {
    const text = await response.text();
    return text.length > LARGEST_BYTES ? {} : { body: JSON.parse(text) as unknown };
  } catch {
    return {};
  }
}

function failed(why: Failed['why'], detail: string): Failed {
  return { kind: 'failed', why, detail };
}

/** Whether it is the system's health: what refuses or talks nonsense is up. */
function isTransient(sent: Sent): boolean {
  return sent.kind === 'failed' && (sent.why === 'down' || sent.why === 'slow');
}

function tokenKey({ credentials }: Endpoint): string {
  return `${credentials?.tokenUrl ?? ''} ${credentials?.clientId ?? ''} ${credentials?.scope ?? ''}`;
}
