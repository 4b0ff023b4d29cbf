import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import { TaskRetryable } from '../../domain/failures.ts';
import { orAway } from '../../domain/issuer-keys.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { KeptLogin, Login, LoginOutcome } from '../../domain/ports/login.ts';

const TIMEOUT_MS = 10_000;
/** Asymmetric algorithms alone: with a shared secret the client could also issue. */
const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'];

/** OpenID Connect Discovery 1.0, 3: what is read of it. */
const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  authorization_response_iss_parameter_supported: z.boolean().default(false),
});
type Metadata = z.infer<typeof Metadata>;
const Tokens = z.object({ id_token: z.string() });

export interface CodeLoginOptions {
  issuer: string;
  /** Without a secret it is a public client: PKCE alone binds the code to who asked for it. */
  client: { id: string; secret?: string };
  clock: Clock;
  /** Unit and role that the claims name, and the personal number that they prove. */
  readClaims: (claims: Readonly<Record<string, unknown>>) => { unit?: string; role?: string; personalId?: string };
  scope?: string;
}

/** Login at any issuer that publishes its metadata. */
export function createCodeLogin(options: CodeLoginOptions): Login {
  const { issuer, client, scope = 'openid' } = options;
  let known: Promise<{ metadata: Metadata; keys: JWTVerifyGetKey }> | undefined;
  const discovered = (): NonNullable<typeof known> =>
    (known ??= discover(issuer).catch((error: unknown) => {
      known = undefined;
      throw error;
    }));
  return {
    async begin(redirectUri) {
      const { metadata } = await discovered();
      const kept: KeptLogin = { state: secret(), nonce: secret(), verifier: secret(), redirectUri };
      const url = new URL(metadata.authorization_endpoint);
      const parameters = {
        response_type: 'code',
        client_id: client.id,
        redirect_uri: redirectUri,
        scope,
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: createHash('sha256').update(kept.verifier).digest('base64url'),
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return { url: url.href, kept };
    },
    async finish(returned, kept) {
      const { searchParams: answer } = new URL(returned);
      const { metadata, keys } = await discovered();
      if (answer.get('state') !== kept.state) return { ok: false, reason: 'another-browser' };
      const from = answer.get('iss');
      // RFC 9207: a code that another issuer's answer carries is never shown to this one.
      if (from === null ? metadata.authorization_response_iss_parameter_supported : from !== metadata.issuer)
        return { ok: false, reason: 'another-issuer' };
      const code = answer.get('code');
      if (answer.has('error') || code === null) return { ok: false, reason: 'denied' };
      const token = await redeem(metadata, client, { code, kept });
      if (token === undefined) return { ok: false, reason: 'code-refused' };
      const claims = await jwtVerify(token, keys, {
        issuer: metadata.issuer,
        audience: client.id,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
        currentDate: new Date(options.clock.now()),
        clockTolerance: 5,
      }).then(
        ({ payload }) => payload,
        (error: unknown) => {
          if (error instanceof errors.JOSEError) return undefined;
          throw error;
        },
      );
      return judge(claims, { client: client.id, nonce: kept.nonce, readClaims: options.readClaims });
    },
  };
}

function judge(
  claims: JWTPayload | undefined,
  wanted: { client: string; nonce: string; readClaims: CodeLoginOptions['readClaims'] },
): LoginOutcome {
  if (typeof claims?.sub !== 'string' || claims['nonce'] !== wanted.nonce)
    return { ok: false, reason: 'token-invalid' };
  // OpenID Connect Core 3.1.3.7, 4 and 5: with several audiences the token says whose it is.
  const party = claims['azp'] ?? (Array.isArray(claims.aud) && claims.aud.length > 1 ? undefined : wanted.client);
  if (party !== wanted.client) return { ok: false, reason: 'token-invalid' };
  const at = claims['auth_time'];
  return {
    ok: true,
    subject: claims.sub,
    ...wanted.readClaims(claims),
    ...(typeof at === 'number' && { authenticatedAt: at }),
  };
}

const secret = (): string => randomBytes(32).toString('base64url');

async function discover(issuer: string) {
  const response = await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {});
  if (!response.ok) throw new TaskRetryable(`login: the issuer’s metadata, status ${response.status}`);
  const metadata = Metadata.safeParse(await response.json().catch(() => undefined));
  if (!metadata.success || metadata.data.issuer !== issuer)
    throw new TaskRetryable('login: expected the metadata of the configured issuer, got something else');
  return { metadata: metadata.data, keys: orAway(createRemoteJWKSet(new URL(metadata.data.jwks_uri))) };
}

/** The ID token for a code; undefined where the issuer refuses it: used, too old, not for this client or this verifier. */
async function redeem(
  { token_endpoint: endpoint }: Metadata,
  client: CodeLoginOptions['client'],
  { code, kept }: { code: string; kept: KeptLogin },
): Promise<string | undefined> {
  const { verifier, redirectUri } = kept;
  const { id, secret } = client;
  const response = await ask(endpoint, {
    method: 'POST',
    ...(secret !== undefined && { headers: { authorization: basic(id, secret) } }),
    body: new URLSearchParams({
      // RFC 6749, 4.1.3: who does not authenticate names itself.
      ...(secret === undefined && { client_id: id }),
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  if (response.status >= 500) throw new TaskRetryable(`login: the issuer answered ${response.status}`);
  const tokens = Tokens.safeParse(await response.json().catch(() => undefined));
  return response.ok && tokens.success ? tokens.data.id_token : undefined;
}

/** RFC 6749, 2.3.1: both are form-encoded before they are joined. */
function basic(...credentials: [id: string, secret: string]): string {
  const encoded = credentials.map((part) => new URLSearchParams({ '': part }).toString().slice(1));
  return `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`;
}

function ask(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => {
    throw new TaskRetryable('login: the issuer does not answer', { cause: error });
  });
}
