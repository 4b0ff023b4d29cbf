import { readFile } from 'node:fs/promises';
import type { Hono } from 'hono';
import { openIssuer } from '../adapters/local/issuer.ts';
import { type ApiOptions, createApp } from '../functions/api/app.ts';
import { oidcAuthenticator, type OidcIssuer } from '../functions/api/authentication.ts';
import { evidenceBuilder } from './evidence-builder.ts';
import { type ConsoleClient, createLocalConsole } from './local-console.ts';
import { admission } from './admission.ts';
import type { OneMachine } from './one-machine.ts';

const DESCRIPTION = new URL('../docs/generated/openapi.json', import.meta.url);

export interface LocalAppOptions {
  dir: string;
  /** Where the API is reached; the local issuer publishes its metadata there too. */
  url: string;
  /** Another issuer than the local one. */
  oidc?: OidcIssuer;
  /** The console's client at that issuer. */
  consoleClient?: ConsoleClient;
  /** Whether anybody may log in to the console as anybody: for trying out. */
  sampleLogin?: boolean | undefined;
  /** Where officials authorise a hash to be signed. */
  signingPage?: string;
  /** Another origin of this server, for documents that are shown within a page. */
  documentOrigin?: string | undefined;
  /** By how much the process is behind, in milliseconds: requests are sent away while it is too much. Absent: none is. */
  delay?: () => number;
}

/** The HTTP API of one machine, with the local issuer's metadata and the console beside it. */
export async function createLocalApp(
  machine: OneMachine,
  { dir, url, oidc, consoleClient, sampleLogin = false, signingPage, documentOrigin, delay }: LocalAppOptions,
): Promise<Hono> {
  const { platform, catalogue, pki } = machine;
  const issuer = await openIssuer(dir, url);
  const authenticator = oidcAuthenticator(oidc ?? issuer, platform.clock);
  const options: ApiOptions = {
    log: (line) => void process.stderr.write(`${JSON.stringify(line)}\n`),
    evidence: evidenceBuilder(pki),
    description: () => readFile(DESCRIPTION, 'utf8'),
    ...(delay && { admit: admission(delay, Math.random) }),
  };
  const app = createApp(platform, catalogue, authenticator, options);
  for (const path of ['/.well-known/openid-configuration', '/jwks.json'])
    app.get(path, (c) => c.json(issuer.published(path)));
  const outside = oidc && { oidc, client: consoleClient };
  app.route(
    '/',
    createLocalConsole(machine, { url, issuer, outside, sampleLogin, signingPage, documentOrigin, api: options }),
  );
  return app;
}
