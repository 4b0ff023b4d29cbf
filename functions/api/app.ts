import { Hono } from 'hono';
import { routePath } from 'hono/route';
import * as z from 'zod';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Scope } from '../../schemas/access.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Authenticator, identify, type Identity } from './authentication.ts';
import { keyOf, replay } from './idempotency.ts';
import { explainError, loggedPath } from './explain-error.ts';
import { answerRefusal, problem, RequestRefused } from './problem.ts';
import { check, readBytes, readJson } from './read-request.ts';
import { archiveRoutes } from './routes/archive.ts';
import { breakerRoutes } from './routes/breakers.ts';
import { calendarRoutes } from './routes/calendars.ts';
import { certificateRoutes } from './routes/certificates.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { dossierRoutes } from './routes/dossiers.ts';
import { dossierVersionRoutes } from './routes/dossier-versions.ts';
import { sourceRoutes } from './routes/sources.ts';
import { dossierCommandRoutes } from './routes/dossier-commands.ts';
import { draftRoutes } from './routes/drafts.ts';
import { eventRoutes } from './routes/events.ts';
import { fileRoutes } from './routes/files.ts';
import { identifySystem } from './system-identity.ts';
import { healthRoutes } from './routes/health.ts';
import { clockRoutes } from './routes/clock.ts';
import { bulkDecisionRoutes } from './routes/bulk-decisions.ts';
import { inboxRoutes } from './routes/inbox.ts';
import { intakeRoutes } from './routes/intake.ts';
import { paperDebtRoutes } from './routes/paper-debt.ts';
import { workRoutes } from './routes/work.ts';
import { opinionRoutes } from './routes/opinions.ts';
import { linkRoutes } from './routes/links.ts';
import { organisationRoutes } from './routes/organisation.ts';
import { paperRoutes } from './routes/papers.ts';
import { paymentRoutes } from './routes/payments.ts';
import { procedureRoutes } from './routes/procedures.ts';
import { versionRoutes } from './routes/versions.ts';
import { rebuildRoutes } from './routes/rebuild.ts';
import { reorganisationRoutes } from './routes/reorganisations.ts';
import { subscriptionRoutes } from './routes/subscriptions.ts';
import { taskRoutes } from './routes/tasks.ts';
import { trackingRoutes } from './routes/tracking.ts';
import { ownDetailRoutes } from './routes/own-details.ts';
import { useRoutes } from './routes/uses.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { BASE, type BuildEvidence, type LogLine, type Route, type Surface } from './surface.ts';

const JSON_LIMIT = 1_000_000;

export interface ApiOptions {
  log: (line: LogLine) => void;
  /** The text of `docs/generated/openapi.json`: generated from these very routes, and compared with them by CI. */
  description: () => Promise<string>;
  /** The answer to a request that is sent away before anything of it is read; absent: nothing is. */
  admit?: (method: string, path: string) => Response | undefined;
  /** Absent: `/evidence` answers that it cannot be had here. */
  evidence?: BuildEvidence;
}

/** The HTTP API: every route below `/v1`, its description at `/openapi.json`. */
export function createApp(platform: Platform, catalogue: Catalogue, auth: Authenticator, options: ApiOptions): Hono {
  const surface: Surface = {
    platform,
    catalogue,
    auth,
    directory: catalogue.directory,
    evidence: options.evidence,
    log: options.log,
  };
  const routes = routesOf(surface);
  const app = new Hono();
  const { admit } = options;
  if (admit) app.use(`${BASE}/*`, async (c, next) => admit(c.req.method, c.req.path) ?? next());
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    const path = honoPath(route.spec.path);
    methods.set(path, [...(methods.get(path) ?? []), route.spec.method.toUpperCase()]);
    app.on(route.spec.method.toUpperCase(), path, (c) => serve(surface, route, c.req.raw, c.req.param()));
  }
  for (const path of ['/openapi.json', `${BASE}/openapi.json`]) {
    methods.set(path, ['GET']);
    app.get(path, async () => {
      const text = await options.description();
      return new Response(text, { headers: { 'content-type': 'application/json' } });
    });
  }
  for (const [path, allowed] of methods)
    app.all(path, (c) =>
      problem({ code: 'method-not-allowed', detail: `expected ${allowed.join(' or ')}` }, c.req.path, {
        allow: allowed.join(', '),
      }),
    );
  app.notFound((c) => problem({ code: 'not-found', detail: 'expected a route of this API' }, c.req.path));
  app.onError((error, c) => answerError(surface, error, { request: c.req.raw, route: routePath(c) }));
  return app;
}

/** All routes, in the order in which they are described. */
export function routesOf(surface: Surface): Route[] {
  return [
    ...healthRoutes(),
    ...uploadRoutes(surface),
    ...draftRoutes(surface),
    ...dossierRoutes(surface),
    ...dossierVersionRoutes(surface),
    ...sourceRoutes(surface),
    ...ownDetailRoutes(surface),
    ...useRoutes(surface),
    ...paperRoutes(surface),
    ...paymentRoutes(surface),
    ...dossierCommandRoutes(surface),
    ...clockRoutes(surface),
    ...opinionRoutes(surface),
    ...fileRoutes(surface),
    ...trackingRoutes(surface),
    ...inboxRoutes(surface),
    ...workRoutes(surface),
    ...intakeRoutes(surface),
    ...paperDebtRoutes(surface),
    ...bulkDecisionRoutes(surface),
    ...taskRoutes(surface),
    ...webhookRoutes(surface),
    ...linkRoutes(surface),
    ...subscriptionRoutes(surface),
    ...deadLetterRoutes(surface),
    ...eventRoutes(surface),
    ...procedureRoutes(surface),
    ...versionRoutes(surface),
    ...organisationRoutes(surface),
    ...calendarRoutes(surface),
    ...breakerRoutes(surface),
    ...certificateRoutes(surface),
    ...reorganisationRoutes(surface),
    ...archiveRoutes(surface),
    ...rebuildRoutes(surface),
  ];
}

function honoPath(path: string): string {
  return `${BASE}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
}

/** Of a route that takes no parameters. */
const NOTHING = z.strictObject({});

async function serve(surface: Surface, route: Route, request: Request, params: Record<string, string>) {
  const { spec } = route;
  const url = new URL(request.url);
  const found = (spec.params ?? NOTHING).safeParse(params);
  const { who, scope } = spec;
  const identity = Array.isArray(who) ? await authenticate(surface, request, { who, scope }) : undefined;
  if (!found.success) throw new RequestRefused('not-found', 'expected an address of something that can be there');
  const query = check(spec.query ?? NOTHING, Object.fromEntries(url.searchParams), 'query');
  const raw = spec.body ? await readBytes(request, spec.limit ?? JSON_LIMIT) : new Uint8Array();
  const body = spec.body && check(spec.body, readJson(request, raw), 'body');
  const key = identity && requestKey(surface, request, { identity, raw });
  const before = key && (await replay(surface.platform, key));
  if (before) return before;
  try {
    const caller = () => callerOf(surface, request);
    return await route.handle({ identity, caller, params: found.data, query, body, raw, request, key });
  } catch (error) {
    // A twin may have been committed while this one ran: what it has done is then refused to this one, as a conflict or as done already.
    const twin = key && error instanceof RequestRefused ? await replay(surface.platform, key) : undefined;
    if (twin) return twin;
    throw error;
  }
}

/** Only a POST takes a key: everything else may be repeated as it is. */
function requestKey(surface: Surface, request: Request, { identity, raw }: { identity: Identity; raw: Uint8Array }) {
  if (request.method !== 'POST') return undefined;
  const key = request.headers.get('idempotency-key');
  const path = new URL(request.url).pathname;
  const subject = subjectOf(identity);
  return keyOf({ key, subject, method: 'POST', path }, raw, surface.platform.clock.now());
}

/** Appointments are scopes of their own: the same person in another role is another sender. */
function subjectOf(identity: Identity): string {
  return identity.kind === 'official'
    ? `official:${identity.appointment.unit}:${identity.appointment.role}:${identity.subject}`
    : `${identity.kind}:${identity.subject}`;
}

function tokenIn(request: Request): string | undefined {
  return /^Bearer +([\w.~+/=-]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

/** Who calls where nobody has to say so. */
async function callerOf({ auth }: Surface, request: Request): Promise<string | undefined> {
  const token = tokenIn(request);
  return token === undefined ? undefined : (await auth.verify(token))?.subject;
}

async function authenticate(
  surface: Surface,
  request: Request,
  { who, scope }: { who: readonly Identity['kind'][]; scope: Scope | undefined },
): Promise<Identity> {
  const challenge = { headers: { 'www-authenticate': 'Bearer' } };
  const token = tokenIn(request);
  if (token === undefined) throw new RequestRefused('unauthenticated', 'expected an access token', challenge);
  const access = await surface.auth.verify(token);
  if (!access)
    throw new RequestRefused('unauthenticated', 'expected a valid access token of the configured issuer', {
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
  const { directory, catalogue, platform } = surface;
  const identified =
    access.client === undefined
      ? await identify(access, { directory, catalogue, now: platform.clock.now() })
      : await identifySystem(platform.registry, access);
  if (!identified.ok) answerRefusal(identified.refusal);
  const { identity } = identified;
  if (!who.includes(identity.kind))
    throw new RequestRefused('not-entitled', `expected ${who.join(' or ')}, got ${identity.kind}`);
  if (identity.kind === 'system' && (scope === undefined || !identity.scopes.has(scope)))
    throw new RequestRefused('not-entitled', `expected an access token with scope ${scope ?? 'of another route'}`, {
      headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope ?? ''}"` },
    });
  return identity;
}

function answerError(
  surface: Surface,
  error: Error,
  { request, route }: { request: Request; route: string },
): Response {
  const instance = new URL(request.url).pathname;
  const refusal = explainError(surface, error, { method: request.method, path: loggedPath(instance, route) });
  const headers = error instanceof RequestRefused ? error.headers : {};
  return problem(refusal, instance, refusal.code === 'try-again' ? { ...headers, 'retry-after': '5' } : headers);
}
