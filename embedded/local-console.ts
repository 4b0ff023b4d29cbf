import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import type { LocalIssuer } from '../adapters/local/issuer.ts';
import { createCodeLogin } from '../adapters/oidc/code-login.ts';
import { createConsole } from '../console/app.ts';
import { sessionAuthenticator, Sealer } from '../console/session.ts';
import { stylesheet } from '../console/stylesheet.ts';
import { AT } from '../console/visit.ts';
import { createApp } from '../functions/api/app.ts';
import type { OidcIssuer } from '../functions/api/authentication.ts';
import { readClaims } from '../functions/api/claims.ts';
import type { ApiOptions } from '../functions/api/app.ts';
import { PLAIN_CLAIMS } from '../schemas/access.ts';
import type { OneMachine } from './one-machine.ts';
import { loginService } from './samples/login-service.ts';

const STYLES = createRequire(import.meta.url).resolve('govuk-frontend/dist/govuk/govuk-frontend.min.css');

/** The console's client at an issuer outside. */
export interface ConsoleClient {
  id: string;
  secret: string;
}

export interface LocalConsoleOptions {
  url: string;
  issuer: LocalIssuer;
  /** Whether anybody may log in as anybody: for trying out. Without it, and without a client outside, nobody can log in. */
  sampleLogin: boolean;
  /** Another issuer than the local one, and the console's client there. */
  outside?: { oidc: OidcIssuer; client?: ConsoleClient | undefined } | undefined;
  signingPage?: string | undefined;
  /** Of documents that are shown within a page. */
  documentOrigin?: string | undefined;
  api: ApiOptions;
}

/** The console of one machine, and the sample login where it is asked for. */
export function createLocalConsole({ platform, catalogue }: OneMachine, options: LocalConsoleOptions): Hono {
  const { url, issuer, outside, sampleLogin } = options;
  const { clock, config } = platform;
  const sealer = new Sealer(config.indexKey);
  const style = stylesheet(readFileSync(STYLES, 'utf8'));
  const sample = sampleLogin && !outside ? { id: 'console', secret: randomBytes(32).toString('base64url') } : undefined;
  const client = outside?.client ?? sample;
  const claims = outside?.oidc.claims ?? PLAIN_CLAIMS;
  const login =
    client &&
    createCodeLogin({
      issuer: outside?.oidc.issuer ?? issuer.issuer,
      client,
      clock: { now: () => Date.now() },
      readClaims: (said) => readClaims(said, claims),
    });
  const api = createApp(platform, catalogue, sessionAuthenticator(sealer, clock), options.api);
  const app = new Hono();
  if (sample)
    app.route(
      '/',
      loginService({
        issuer,
        client: { ...sample, redirectUri: `${url}${AT}/login/done` },
        catalogue,
        clock,
        stylesheet: `${AT}/assets/${style.name}`,
      }),
    );
  app.route(
    '/',
    createConsole({
      api,
      catalogue,
      clock,
      sealer,
      publicUrl: url,
      style,
      login,
      signingPage: options.signingPage,
      documentOrigin: options.documentOrigin,
      maxUploadBytes: config.maxUploadBytes,
      log: options.api.log,
    }),
  );
  return app;
}
