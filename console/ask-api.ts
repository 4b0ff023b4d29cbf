import type { Hono } from 'hono';
import type { Problem } from '../schemas/api.ts';
import { senderOf, setSender } from '../functions/api/sender.ts';
import { BASE } from '../functions/api/surface.ts';

export type Answer<T> = { ok: true; status: number; body: T } | { ok: false; status: number; problem: Problem };

/** The API as the console asks it: the same routes, in this process, as the person who is logged in. */
export interface AskApi {
  get<T>(path: string): Promise<Answer<T>>;
  post<T>(path: string, body: unknown, key?: string): Promise<Answer<T>>;
  postBytes<T>(path: string, bytes: Uint8Array, mediaType: string): Promise<Answer<T>>;
  put<T>(path: string, body: unknown): Promise<Answer<T>>;
  delete(path: string): Promise<Answer<unknown>>;
  /** The answer as it is: where it leads elsewhere. */
  raw(path: string): Promise<Response>;
  /** The bytes at an address that the API gave; undefined where it gives none any more. */
  fetch(url: string): Promise<Uint8Array | undefined>;
  /** Bytes to an address that the API gave. */
  send(url: string, bytes: Uint8Array, headers: Readonly<Record<string, string>>): Promise<number>;
}

interface Sending {
  method?: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Readonly<Record<string, string>>;
}

/** `token`: the sealed session; absent: as anybody. `visit`: the request for which is asked: the API hears where it came from. */
export function askApi(
  api: Pick<Hono, 'fetch'>,
  publicUrl: string,
  { token, visit }: { token?: string | undefined; visit: Request },
): AskApi {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const raw = async (path: string, init: Sending = {}): Promise<Response> => {
    const request = new Request(`${publicUrl}${BASE}${path}`, { ...init, headers: { ...headers, ...init.headers } });
    setSender(request, senderOf(visit));
    return api.fetch(request);
  };
  const ask = <T>(method: string, path: string, body?: unknown, key?: string): Promise<Answer<T>> =>
    answered<T>(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
    });
  const answered = async <T>(path: string, init: Sending): Promise<Answer<T>> => {
    const response = await raw(path, init);
    const text = await response.text();
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    return response.status < 400
      ? { ok: true, status: response.status, body: json as T }
      : { ok: false, status: response.status, problem: json as Problem };
  };
  return {
    get: (path) => ask('GET', path),
    post: (path, body, key) => ask('POST', path, body, key),
    postBytes: (path, bytes, mediaType) =>
      answered(path, { method: 'POST', body: new Uint8Array(bytes), headers: { 'content-type': mediaType } }),
    put: (path, body) => ask('PUT', path, body),
    delete: (path) => ask('DELETE', path),
    raw: (path) => raw(path),
    async fetch(url) {
      // Elsewhere it is the store of documents itself, by an address that holds for minutes.
      const response = url.startsWith(`${publicUrl}/`) ? await api.fetch(new Request(url)) : await fetch(url);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return response.ok ? bytes : undefined;
    },
    async send(url, bytes, more) {
      const init = { method: 'PUT', body: Buffer.from(bytes), headers: more };
      // Elsewhere it is the store of documents itself, by an address that holds for minutes.
      const response = url.startsWith(`${publicUrl}/`)
        ? await api.fetch(new Request(url, init))
        : await fetch(url, init);
      await response.arrayBuffer();
      return response.status;
    },
  };
}

/** The code of a problem. */
export function codeOf({ type }: Problem): string {
  return type.replace('urn:onetrack:problem:', '');
}
