import type { z } from 'zod';
import { Problem } from '../schemas/api.ts';
import type { CommandIo } from './command.ts';

/** What a running system answers to an administrator, or why it does not. */
export type Answered<T> = { ok: true; body: T } | { ok: false; refusal: SystemRefusal };
export interface SystemRefusal {
  code: string;
  detail: string;
  errors?: { at: string; expected: string; found?: string | undefined }[];
}

const TIMEOUT_MS = 60_000;
/** Options by which a command finds a running system. */
export const SYSTEM_OPTIONS = { url: { type: 'string' }, token: { type: 'string' } } as const;
export const SYSTEM_USAGE = '[--url URL] [--token T]';

/** A running system, as an administrator's client meets it: by its API alone. */
export class RunningSystem {
  readonly url: string;
  readonly #token: string | undefined;

  /** Without a token: for what anybody may ask. */
  constructor(url: string, token?: string) {
    this.url = url;
    this.#token = token;
  }

  async ask<S extends z.ZodType>(
    request:
      | { method: 'GET'; path: string }
      | { method: 'POST' | 'PUT'; path: string; body: unknown }
      | { method: 'PUT'; path: string; body: string; type: string },
    answers: S,
  ): Promise<Answered<z.output<S>>> {
    const answer = await this.#send(request);
    if (!answer.ok) return answer;
    const read = answers.safeParse(readJson(answer.body));
    return read.success
      ? { ok: true, body: read.data }
      : refused('not-understood', `${this.url} answers in a way that this release does not understand`);
  }

  /** What is no JSON, as it comes. */
  text(path: string): Promise<Answered<string>> {
    return this.#send({ method: 'GET', path });
  }

  async #send(request: { method: string; path: string; body?: unknown; type?: string }): Promise<Answered<string>> {
    const { method, path, body, type } = request;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.url}/v1${path}`, {
        method,
        headers: {
          ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
          ...(body !== undefined && { 'content-type': type ?? 'application/json' }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await response.text();
    } catch (error) {
      return refused('unreachable', `${this.url} does not answer: ${reasonOf(error)}`);
    }
    if (response.ok) return { ok: true, body: text };
    const problem = Problem.safeParse(readJson(text));
    if (!problem.success) return refused('not-understood', `${this.url} answers ${response.status}`);
    const { type: code, detail, errors } = problem.data;
    return { ok: false, refusal: { code: code.split(':').at(-1) ?? code, detail, ...(errors && { errors }) } };
  }
}

/** The system that options or environment (ONETRACK_URL, ONETRACK_TOKEN) name; a text says what is missing. */
export function systemOf(
  values: { url?: string | undefined; token?: string | undefined },
  env: CommandIo['env'],
): RunningSystem | string {
  const url = addressOf(values, env);
  const token = values.token ?? env['ONETRACK_TOKEN'];
  if (!url.ok) return url.said;
  if (token === undefined || token === '') return 'expected --token or ONETRACK_TOKEN, an access token with role admin';
  return new RunningSystem(url.url, token);
}

/** The same, for what anybody may ask: no token is sent. */
export function openSystemOf(values: { url?: string | undefined }, env: CommandIo['env']): RunningSystem | string {
  const url = addressOf(values, env);
  return url.ok ? new RunningSystem(url.url) : url.said;
}

function addressOf(
  values: { url?: string | undefined },
  env: CommandIo['env'],
): { ok: true; url: string } | { ok: false; said: string } {
  const url = values.url ?? env['ONETRACK_URL'] ?? 'http://127.0.0.1:8080';
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
    ? { ok: true, url: url.replace(/\/+$/, '') }
    : { ok: false, said: `--url: expected an address that begins with http, got ${url}` };
}

/** A refusal in lines for a person. */
export function tellRefusal({ code, detail, errors = [] }: SystemRefusal): string {
  return [`${code}: ${detail}`, ...errors.map(({ at, expected }) => `  ${at}: ${expected}`)].join('\n');
}

function refused(code: string, detail: string): { ok: false; refusal: SystemRefusal } {
  return { ok: false, refusal: { code, detail } };
}

/** What `fetch` says of a request that got no answer: the cause, where it names one. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message ?? 'no reason given';
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
