import type { Clock } from '../../domain/ports/clock.ts';
import { readPart } from '../../schemas/environment.ts';
import { type Authenticator, oidcAuthenticator } from '../api/authentication.ts';

/** Believes the access tokens of the configured issuer. The HTTP API's authorizer has judged them before: who comes here by another way is judged alike. */
export function openAuthenticator(clock: Clock): Authenticator {
  const { ONETRACK_ISSUER, ONETRACK_AUDIENCE, ONETRACK_ISSUER_KEYS } = readPart('access', process.env);
  const jwks = new URL(ONETRACK_ISSUER_KEYS);
  return oidcAuthenticator({ issuer: ONETRACK_ISSUER, audience: ONETRACK_AUDIENCE, jwks }, clock);
}
