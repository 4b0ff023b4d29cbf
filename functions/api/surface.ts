import type * as z from 'zod';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { NoQuery } from '../../schemas/api.ts';
import type { Scope } from '../../schemas/access.ts';
import type { Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import type { Directory } from '../organisation/directory.ts';
import type { Authenticator, Identity } from './authentication.ts';

/** Before every path. */
export const BASE = '/v1';

/** Makes the evidence package of a dossier. */
export type BuildEvidence = (
  platform: Platform,
  catalogue: Catalogue,
  dossier: string,
) => Promise<{ ok: true; bytes: Uint8Array } | Refused>;

/** One line of the log: codes and identifiers, never personal data. */
export type LogLine = Readonly<Record<string, string | number>>;

/** What the routes stand on. */
export interface Surface {
  platform: Platform;
  catalogue: Catalogue;
  auth: Authenticator;
  directory: Directory;
  evidence: BuildEvidence | undefined;
  log: (line: LogLine) => void;
}

type Kind = Identity['kind'];

/**
 * Who may call a route. Kinds of identity need an access token; `anyone` needs nothing and learns nothing personal;
 * `signed-address` proves itself by an HMAC or a token in its address, `signed-body` by the signature of a known system.
 */
export type Who = readonly Kind[] | 'anyone' | 'signed-address' | 'signed-body';

type IdentityFor<W extends Who> = W extends readonly (infer K)[] ? Extract<Identity, { kind: K }> : undefined;

export interface Call<W extends Who, P, Q, B> {
  identity: IdentityFor<W>;
  /** Of a route for `anyone`: the subject of the access token that came along; undefined without one that holds. */
  caller: () => Promise<string | undefined>;
  params: P;
  query: Q;
  body: B;
  /** The body as it came: what a signature covers. Empty unless the route takes one. */
  raw: Uint8Array;
  request: Request;
  /** For the commit that does what was asked; absent without an `Idempotency-Key`. */
  key: CallKey | undefined;
}

/** The `Idempotency-Key` of a request, in the scope of who sent it and where to. */
export interface CallKey {
  scope: string;
  key: string;
  /** Digest of the body. */
  request: string;
  at: number;
}

/** One route: who may call it, with what, and what it answers. */
export interface RouteSpec<W extends Who, P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  method: 'get' | 'post' | 'put' | 'delete';
  /** Below `/v1`, parameters in braces. */
  path: string;
  id: string;
  summary: string;
  who: W;
  /** What the access token of a system must let it do; a route without one lets in no system. */
  scope?: Scope;
  params?: P;
  query?: Q;
  body?: B;
  /** Takes bytes of these types instead of JSON, read by the handler once it knows who sends them. */
  bytes?: readonly string[];
  /** Largest body, in bytes. */
  limit?: number;
  answers: Readonly<Record<number, { description: string; schema?: z.ZodType }>>;
  handle: (call: Call<NoInfer<W>, z.output<P>, z.output<Q>, z.output<B>>) => Promise<Response>;
}

/** A route whose types are closed over. */
export interface Route {
  spec: Omit<RouteSpec<Who, z.ZodObject, z.ZodObject, z.ZodType>, 'handle'>;
  handle(call: Call<Who, unknown, unknown, unknown>): Promise<Response>;
}

/** Declares a route. */
export function route<
  const W extends Who,
  P extends z.ZodObject = typeof NoQuery,
  Q extends z.ZodObject = typeof NoQuery,
  B extends z.ZodType = z.ZodUndefined,
>({ handle, ...spec }: RouteSpec<W, P, Q, B>): Route {
  // The app parses with these very schemas and authenticates by `who` before it calls.
  return { spec, handle: (call) => handle(call as Call<W, z.output<P>, z.output<Q>, z.output<B>>) };
}

/** A JSON answer. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers });
}

/** The record by which a repeated request gets the same answer; it goes into the commit. */
export function remember(
  key: CallKey | undefined,
  status: number,
  bodyOf: (dossier: Dossier) => unknown,
): ((after: Dossier) => IdempotencyRecord) | undefined {
  return key && ((after) => ({ ...key, status, body: JSON.stringify(bodyOf(after)) }));
}
