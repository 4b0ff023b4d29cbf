import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type CryptoKey,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type JWTHeaderParameters,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { orAway } from '../../domain/issuer-keys.ts';
import { appointmentOn, type OfficeName } from '../../domain/authority/organisation.ts';
import { refuseOwnOffice } from '../../domain/authority/judge-authority.ts';
import { type ClaimMapping, PLAIN_CLAIMS } from '../../schemas/access.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { AgencySystem, Appointment, Official } from '../../schemas/organisation.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Directory } from '../organisation/directory.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { readClaims } from './claims.ts';

/** What an access token says, once its signature, issuer, audience and time are right. */
export interface AccessToken {
  subject: string;
  /** Unit and role that the bearer wants to act in; the registry decides whether he may. */
  unit?: string;
  role?: string;
  /** The personal number under which registers know the bearer, where the issuer has proved it. */
  personalId?: string;
  /** The client, where the token is its own and nobody else stands behind it. */
  client?: string;
  scopes?: readonly string[];
}

/** Who calls. Officials act in exactly one appointment, which they hold today. */
export type Identity =
  | { kind: 'applicant'; subject: string; personalId?: string }
  | { kind: 'official'; subject: string; official: Official; appointment: Appointment }
  | { kind: 'admin'; subject: string }
  | { kind: 'system'; subject: string; system: AgencySystem; scopes: ReadonlySet<string> };

/** Checks access tokens. `undefined`: not a token of this issuer for this audience, or no longer. Throws `TaskRetryable` if the issuer's keys cannot be had. */
export interface Authenticator {
  verify(token: string): Promise<AccessToken | undefined>;
}

export interface OidcIssuer {
  issuer: string;
  audience: string;
  /** The issuer's keys, or the address where they are published (RFC 8414, `jwks_uri`). */
  jwks: JSONWebKeySet | URL;
  /** Absent: as the local issuer writes them. */
  claims?: ClaimMapping;
}

/** Asymmetric algorithms alone: with a shared secret a verifier could also issue. */
const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'];
const KEPT_TOKENS = 10_000;
/** Characters. Proxies and servers take no longer header either. */
const LONGEST_TOKEN = 8192;
/** Media types of a token that grants access (RFC 9068, 2.1); `JWT` or none is how issuers from before it write theirs. */
const ACCESS_TYPES: ReadonlySet<string | undefined> = new Set(['at+jwt', 'application/at+jwt', 'jwt', undefined]);
/** What only tokens about a login carry (OpenID Connect Core 1.0, 2 and 3.3.2.11): the token for a console is not one for the API. */
const LOGIN_CLAIMS = ['nonce', 'at_hash', 'c_hash'];

type KeyFinder = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** Keys of an issuer are asked for anew where a token names one that is not known, at most so often, in milliseconds: made-up names must not drive us there. */
const KEYS_COOLDOWN_MS = 30_000;

/**
 * OIDC access tokens by RFC 9068: signature, issuer, audience and `exp` must hold. A token that held is kept by its digest until it expires. The issuer
 * may change its keys at any time.
 */
export function oidcAuthenticator(
  { issuer, audience, jwks, claims = PLAIN_CLAIMS }: OidcIssuer,
  clock: { now(): number },
): Authenticator {
  const keys: KeyFinder =
    jwks instanceof URL
      ? orAway(createRemoteJWKSet(jwks, { cooldownDuration: KEYS_COOLDOWN_MS }))
      : createLocalJWKSet(jwks);
  const kept = new Map<string, { access: AccessToken; expires: number }>();
  return {
    async verify(token) {
      if (token.length > LONGEST_TOKEN) return undefined;
      const digest = createHash('sha256').update(token).digest('base64');
      const known = kept.get(digest);
      if (known && clock.now() < known.expires) return known.access;
      kept.delete(digest);
      const verified = await read(token, keys, claims, { issuer, audience, currentDate: new Date(clock.now()) });
      if (!verified) return undefined;
      if (kept.size >= KEPT_TOKENS) for (const oldest of kept.keys()) if (kept.delete(oldest)) break;
      kept.set(digest, verified);
      return verified.access;
    },
  };
}

async function read(
  token: string,
  keys: KeyFinder,
  mapping: ClaimMapping,
  expected: { issuer: string; audience: string; currentDate: Date },
): Promise<{ access: AccessToken; expires: number } | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      ...expected,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: 5,
    });
    const { sub, exp, client_id: client, scope } = payload;
    if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number') return undefined;
    if (!isForAccess(protectedHeader, payload)) return undefined;
    const access = {
      subject: sub,
      ...readClaims(payload, mapping),
      // RFC 9068, 2.2: where no resource owner is involved, the subject is the client.
      ...(client === sub && { client: sub, scopes: typeof scope === 'string' ? scope.split(' ') : [] }),
    };
    return { access, expires: exp * 1000 };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

/** Whether the issuer made this token for an API, and not to tell of a login, a logout or a security event. */
function isForAccess({ typ }: JWTHeaderParameters, payload: JWTPayload): boolean {
  const type = typ?.toLowerCase();
  if (!ACCESS_TYPES.has(type)) return false;
  return type?.endsWith('at+jwt') === true || !LOGIN_CLAIMS.some((claim) => claim in payload);
}

/** Who an access token stands for. Without unit and role everybody is an applicant, officials in their own affairs too. */
export async function identify(
  { subject, unit, role, personalId }: AccessToken,
  from: { directory: Directory; catalogue: Catalogue; now: number },
): Promise<{ ok: true; identity: Identity } | Refused> {
  if (role === 'admin' && unit === undefined) return { ok: true, identity: { kind: 'admin', subject } };
  if (unit === undefined && role === undefined)
    return { ok: true, identity: { kind: 'applicant', subject, ...(personalId !== undefined && { personalId }) } };
  const official = await from.directory.bySubject(subject);
  if (!official) return refuse('not-entitled', 'the registry knows no official of this subject');
  const appointment = await appointmentToday(official, { unit, role }, from);
  if (!appointment) {
    const organisation = await from.directory.at(from.catalogue, from.now);
    return (
      refuseOwnOffice(organisation, official, { unit: unit ?? '', role: role ?? '' }) ??
      refuse('not-entitled', `official ${official.id} has no such appointment`)
    );
  }
  return { ok: true, identity: { kind: 'official', subject, official, appointment } };
}

/** The appointment that an official holds today, by the date where the unit is. */
export async function appointmentToday(
  official: Official,
  { unit = '', role = '' }: { unit: string | undefined; role: string | undefined },
  { catalogue, now }: { catalogue: Catalogue; now: number },
): Promise<Appointment | undefined> {
  const today = (await catalogue.dates(now))(unit);
  return today === undefined ? undefined : appointmentOn(official, { unit, role }, today);
}

/** The official as events name him. */
export function officialActor(
  official: Official,
  { unit, role }: OfficeName,
  assurance: 'system' | 'login',
): Extract<Actor, { kind: 'official' }> {
  return { kind: 'official', id: official.id, unit, role, assurance };
}
