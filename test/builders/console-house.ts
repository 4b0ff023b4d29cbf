import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { Hono } from 'hono';
import { createConsole } from '../../console/app.ts';
import { formToken, newSession, Sealer, type Session, sessionAuthenticator } from '../../console/session.ts';
import { type Stylesheet, stylesheet } from '../../console/stylesheet.ts';
import type { ConsoleParts } from '../../console/visit.ts';
import type { Login } from '../../domain/ports/login.ts';
import { createApp } from '../../functions/api/app.ts';
import type { LogLine } from '../../functions/api/surface.ts';
import { ApiHouse } from './api-house.ts';

const STYLES = createRequire(import.meta.url).resolve('govuk-frontend/dist/govuk/govuk-frontend.min.css');

export type Person = Pick<Session, 'subject' | 'personalId' | 'claimed' | 'office'>;
export const MAI: Person = { subject: 'mai' };
export const RECEPTION: Person = { subject: 'thu-lam-reception', office: { unit: 'thu-lam', role: 'reception' } };
export const OFFICER: Person = { subject: 'thu-lam-officer-1', office: { unit: 'thu-lam', role: 'case-officer' } };
export const ADMIN: Person = { subject: 'admin', claimed: { role: 'admin' } };
/** Logged in for an office that nobody gave him. */
export const NOBODY: Person = { subject: 'mai', office: { unit: 'thu-lam', role: 'reception' } };

/** Of a console that stands elsewhere than on one machine. */
type Where = Pick<ConsoleParts, 'maxRequestBytes' | 'filesOrigin' | 'documentOrigin'>;

export interface Shown {
  status: number;
  headers: Headers;
  text: string;
}

/** The console over one machine in virtual time, as a browser meets it. */
export class ConsoleHouse {
  readonly api: ApiHouse;
  readonly console: Hono;
  readonly sealer: Sealer;
  readonly style: Stylesheet;
  readonly logged: LogLine[] = [];
  /** What a login comes to. */
  login: Login | undefined;
  readonly #sessions = new Map<string, { cookie: string; csrf: string }>();

  private constructor(api: ApiHouse, signingPage?: string, where: Where = {}) {
    const { platform, catalogue } = api.stage.machine;
    const { clock, config } = platform;
    this.api = api;
    this.sealer = new Sealer(config.indexKey);
    this.style = stylesheet(readFileSync(STYLES, 'utf8'));
    const log = (line: LogLine): void => void this.logged.push(line);
    const login: Login = {
      begin: (uri) => this.login!.begin(uri),
      finish: (returned, kept) => this.login!.finish(returned, kept),
    };
    this.console = createConsole({
      api: createApp(platform, catalogue, sessionAuthenticator(this.sealer, clock), {
        log,
        description: async () => '{}',
      }),
      catalogue,
      clock,
      sealer: this.sealer,
      publicUrl: config.publicUrl,
      style: this.style,
      login,
      signingPage,
      maxUploadBytes: config.maxUploadBytes,
      ...where,
      log,
    });
  }

  /** `signingPage`: of a signing service; absent: its activation is typed in. */
  static async open(others: readonly string[] = [], signingPage?: string, where?: Where): Promise<ConsoleHouse> {
    return new ConsoleHouse(await ApiHouse.open(others), signingPage, where);
  }

  close(): Promise<void> {
    return this.api.close();
  }

  session(person: Person): { cookie: string; csrf: string } {
    const key = JSON.stringify(person);
    const known = this.#sessions.get(key);
    if (known) return known;
    const session = { ...newSession(person, this.api.stage.now), ...person };
    const made = {
      cookie: `__Host-onetrack-session=${this.sealer.seal('session', session)}`,
      csrf: formToken(session),
    };
    this.#sessions.set(key, made);
    return made;
  }

  get(path: string, person?: Person, headers: Record<string, string> = {}): Promise<Shown> {
    return this.send('GET', path, { person, headers });
  }

  /** A form as the page of this person would send it. */
  post(path: string, person: Person, fields: Fields = {}): Promise<Shown> {
    return this.send('POST', path, { person, fields: [['csrf', this.session(person).csrf], ...listOf(fields)] });
  }

  async send(
    method: string,
    path: string,
    {
      person,
      fields,
      headers = {},
    }: { person?: Person | undefined; fields?: [string, string | File][]; headers?: Record<string, string> },
  ): Promise<Shown> {
    const cookie = [person && this.session(person).cookie, headers['cookie']]
      .filter((each) => each !== undefined)
      .join('; ');
    const isFiles = fields?.some(([, value]) => typeof value !== 'string');
    const body = fields && (isFiles ? formDataOf(fields) : new URLSearchParams(fields as [string, string][]));
    const request = new Request(`${this.api.stage.machine.platform.config.publicUrl}${path}`, {
      method,
      headers: { 'accept-language': 'en', ...headers, ...(cookie !== '' && { cookie }) },
      ...(body && { body }),
    });
    // A browser says how long a form is.
    const bytes = body && new Uint8Array(await request.arrayBuffer());
    const sent = bytes
      ? new Request(request.url, {
          method,
          headers: { ...Object.fromEntries(request.headers), 'content-length': String(bytes.length) },
          body: bytes,
        })
      : request;
    const response = await this.console.fetch(sent);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** What the first view of a page weighs, compressed, with its stylesheet. */
  weightOf({ text }: Shown): number {
    return gzipSync(text).length + gzipSync(this.style.text).length;
  }
}

export type Fields = Record<string, string | readonly string[] | File>;

function listOf(fields: Fields): [string, string | File][] {
  return Object.entries(fields).flatMap(([name, value]): [string, string | File][] =>
    value instanceof File ? [[name, value]] : [value].flat().map((each) => [name, each]),
  );
}

function formDataOf(fields: readonly [string, string | File][]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
}

/** The value of a hidden field of a page. */
export function hidden({ text }: Shown, name: string): string {
  return new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(text)?.[1] ?? '';
}

/** All that a page would send if a person just pressed a button. */
export function carriedBy({ text }: Shown): Fields {
  const fields: Record<string, string[]> = {};
  for (const [, name, value] of text.matchAll(/<input\s+type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"/g))
    (fields[name!] ??= []).push(value!);
  for (const [input, name] of text.matchAll(/<input[^>]*?name="(\/[^"]+|email)"[^>]*>/g))
    if (!input.includes('hidden')) fields[name!] ??= [/value="([^"]*)"/.exec(input)?.[1] ?? ''];
  delete fields['csrf'];
  return fields;
}
