import { createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet, SignJWT } from 'jose';
import { ensureKeyFile, writeFileAtomically } from './pki/key-file.ts';

/** Audience of access tokens for the API. */
export const API_AUDIENCE = 'onetrack';
const DEFAULT_URL = 'http://127.0.0.1:8080';
const DEFAULT_TTL_SECONDS = 8 * 3600;

/** Whom a token is for; with unit and role he acts as an official. */
export interface TokenRequest {
  subject: string;
  name?: string;
  unit?: string;
  role?: string;
  /** The number under which registers know him. */
  personalId?: string;
  /** Seconds. */
  ttl?: number;
}

/** An OIDC issuer of one machine, for trying things out: whoever has its key file is anybody. */
export interface LocalIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** The public key, as `jwks_uri` publishes it. */
  readonly jwks: JSONWebKeySet;
  issueToken(request: TokenRequest): Promise<string>;
  /** An ID token (OpenID Connect Core 1.0, 2) for a client where this person has logged in. */
  issueIdToken(login: {
    subject: string;
    client: string;
    nonce: string;
    role?: string;
    personalId?: string;
  }): Promise<string>;
  /** What is published at this path (RFC 8414, RFC 7517); `undefined` elsewhere. */
  published(path: string): object | undefined;
}

/**
 * Opens the issuer of a data folder; key and address are made on first use. `url` is where it is published, kept for
 * whoever issues a token beside the running server.
 */
export async function openIssuer(dir: string, url?: string): Promise<LocalIssuer> {
  mkdirSync(join(dir, 'keys'), { recursive: true, mode: 0o700 });
  const issuer = addressOf(join(dir, 'keys', 'issuer.url'), url);
  const privateKey = ensureKeyFile(join(dir, 'keys', 'issuer.key'));
  const publicJwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(publicJwk);
  const jwks: JSONWebKeySet = { keys: [{ ...publicJwk, kid, alg: 'ES256', use: 'sig' }] };
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks.json`,
    id_token_signing_alg_values_supported: ['ES256'],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ['public'],
  };
  return {
    issuer,
    audience: API_AUDIENCE,
    jwks,
    published: (path) =>
      path === '/jwks.json' ? jwks : path === '/.well-known/openid-configuration' ? metadata : undefined,
    issueToken({ subject, name, unit, role, personalId, ttl = DEFAULT_TTL_SECONDS }) {
      const claims = {
        ...(name !== undefined && { name }),
        ...(unit !== undefined && { unit }),
        ...(role !== undefined && { role }),
        ...(personalId !== undefined && { personalId }),
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(API_AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${ttl}s`)
        .sign(privateKey);
    },
    issueIdToken({ subject, client, nonce, role, personalId }) {
      const claims = { ...(role !== undefined && { role }), ...(personalId !== undefined && { personalId }) };
      return new SignJWT({ nonce, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(client)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey);
    },
  };
}

function addressOf(file: string, url: string | undefined): string {
  const known = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (url === undefined) return known ?? DEFAULT_URL;
  if (known !== url) writeFileAtomically(file, url);
  return url;
}
