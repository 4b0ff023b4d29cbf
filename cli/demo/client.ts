import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** What a client of the API sees: a status, a body, where it is sent on to. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  location: string | null;
}

/** An answer as it came. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

export interface RawRequest {
  method: string;
  /** A function where they are of the moment at which the request goes out, such as a signature with its time. */
  headers: Record<string, string> | (() => Record<string, string>);
  body?: string | Uint8Array<ArrayBuffer>;
}

/** Bytes that were announced and not taken. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused';
  /** The address no longer holds: whoever announces the file anew gets another one. */
  readonly expired: boolean;

  constructor(status: number, body: string) {
    super(`PUT of the upload: expected 2xx, got ${status} ${body}`);
    this.expired = status === 410;
  }
}

/** A client as an agency's system or an applicant would write one: plain HTTP, nothing of the server's code. */
export class ApiClient {
  url: string;
  readonly #attempts: number;

  /** `attempts`: how often a request is sent at most whose answer says to come back later. */
  constructor(url: string, { attempts = 1 }: { attempts?: number } = {}) {
    this.url = url;
    this.#attempts = attempts;
  }

  async send(
    method: string,
    path: string,
    options: { token?: string; body?: unknown; headers?: RawRequest['headers'] } = {},
  ): Promise<Answer> {
    const { token, body, headers = {} } = options;
    const {
      status,
      headers: answered,
      bytes,
    } = await this.exchange(new URL(`${this.url}/v1${path}`), {
      method,
      headers: () => ({
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headersOf({ headers }),
      }),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = Buffer.from(bytes).toString('utf8');
    return {
      status,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      location: answered.get('location'),
    };
  }

  /** One request and its answer; everything this client asks goes through here. Where it is told to come back later it does. */
  protected async exchange(url: URL, request: RawRequest): Promise<RawAnswer> {
    const { method, body } = request;
    for (let attempt = 1; ; attempt += 1) {
      const headers = headersOf(request);
      const response = await fetch(url, { method, redirect: 'manual', headers, ...(body !== undefined && { body }) });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const later = response.status === 503 ? Number(response.headers.get('retry-after')) : 0;
      if (!(later > 0) || attempt >= this.#attempts)
        return { status: response.status, headers: response.headers, bytes };
      await pause(later * 1000);
    }
  }

  /** The same, and an error that says what came if the status is not the one expected. */
  async expect(
    status: number,
    method: string,
    path: string,
    options: Parameters<ApiClient['send']>[2] = {},
  ): Promise<Answer> {
    const answer = await this.send(method, path, options);
    if (answer.status !== status)
      throw new Error(`${method} ${path}: expected ${status}, got ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** Announces a file, sends it, answers the upload's id. */
  async upload(token: string, file: { name: string; mediaType: string; bytes: Uint8Array }): Promise<string> {
    const sha256 = createHash('sha256').update(file.bytes).digest('hex');
    const announced = await this.expect(201, 'POST', '/uploads', {
      token,
      body: { fileName: file.name, mediaType: file.mediaType, size: file.bytes.length, sha256 },
    });
    const { id, url, headers } = announced.body as { id: string; url: string; headers: Record<string, string> };
    const body = new Uint8Array(file.bytes);
    const put = await this.exchange(new URL(url, this.url), { method: 'PUT', headers, body });
    if (put.status >= 300) throw new UploadRefused(put.status, Buffer.from(put.bytes).toString('utf8'));
    return id;
  }

  /** Follows a `303` to the bytes; waits while they are made (`202`). */
  async download(token: string, path: string): Promise<Uint8Array> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const answer = await this.send('GET', path, { token });
      if (answer.status === 303 && answer.location !== null) {
        const file = await this.exchange(new URL(answer.location, this.url), { method: 'GET', headers: {} });
        if (file.status !== 200) throw new Error(`GET ${path}: expected the file, got ${file.status}`);
        return file.bytes;
      }
      if (answer.status !== 202)
        throw new Error(`GET ${path}: expected 202 or 303, got ${answer.status} ${JSON.stringify(answer.body)}`);
      await pause(100);
    }
    throw new Error(`GET ${path}: it was not made within 10 seconds`);
  }

  /** Sends a decision as an agency's system does: signed by Standard Webhooks. */
  async decideByWebhook(
    system: { id: string; secret: string },
    message: Record<string, unknown>,
    id: string,
  ): Promise<Answer> {
    const body = JSON.stringify({ system: system.id, ...message });
    const at = new Date();
    return this.expect(200, 'POST', '/webhooks/decisions', {
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(system.secret).sign(id, at, body),
      },
    });
  }
}

function headersOf({ headers }: Pick<RawRequest, 'headers'>): Record<string, string> {
  return typeof headers === 'function' ? headers() : headers;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks until the answer satisfies, at most `seconds`. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} seconds for ${what}`);
    await pause(40);
  }
}
