import { readFile } from 'node:fs/promises';
import type { Hono } from 'hono';
import { openIssuer } from '../adapters/local/issuer.ts';
import { createApp } from '../functions/api/app.ts';
import { oidcAuthenticator, type OidcIssuer } from '../functions/api/authentication.ts';
import { evidenceBuilder } from './evidence-builder.ts';
import type { OneMachine } from './one-machine.ts';

const DESCRIPTION = new URL('../docs/generated/openapi.json', import.meta.url);

export interface LocalAppOptions {
  dir: string;
  /** Where the API is reached; the local issuer publishes its metadata there too. */
  url: string;
  /** Another issuer than the local one. */
  oidc?: OidcIssuer;
}

/** The HTTP API of one machine, with the local issuer's metadata beside it. */
export async function createLocalApp(
  { platform, catalogue, pki }: OneMachine,
  { dir, url, oidc }: LocalAppOptions,
): Promise<Hono> {
  const issuer = await openIssuer(dir, url);
  const authenticator = oidcAuthenticator(oidc ?? issuer, platform.clock);
  const log = (line: Readonly<Record<string, string | number>>): void =>
    void process.stderr.write(`${JSON.stringify(line)}\n`);
  const description = (): Promise<string> => readFile(DESCRIPTION, 'utf8');
  const app = createApp(platform, catalogue, authenticator, { log, evidence: evidenceBuilder(pki), description });
  for (const path of ['/.well-known/openid-configuration', '/jwks.json'])
    app.get(path, (c) => c.json(issuer.published(path)));
  return app;
}
