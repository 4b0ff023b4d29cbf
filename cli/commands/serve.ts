import { flushCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SAMPLE_PIN } from '../../embedded/samples/install-samples.ts';
import type { OidcIssuer } from '../../functions/api/authentication.ts';
import { ClaimMapping } from '../../schemas/access.ts';
import { startSystem } from '../../embedded/system.ts';
import type { Command, CommandIo } from '../command.ts';

/** `onetrack serve`: the whole system on one machine, with sample units, officials, procedures and services, until it is told to stop. */
export const serveCommand: Command = {
  name: 'serve',
  usage: '[--data DIR] [--port N] [--public-url https://HOST] [--sample-login] [--keep-log HOURS] [--json]',
  summary: 'the whole system on one machine',
  async run(args, io) {
    const options = readOptions(args, io);
    if (!options) return 2;
    const system = await startSystem({
      dir: options.dir,
      port: options.port,
      clock: { now: () => Date.now() },
      ...oidcOf(io.env),
      sampleLogin: options.sampleLogin,
      ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
      ...(options.keepLogHours !== undefined && {
        keepLog: { hours: options.keepLogHours, onFailure: logged('log-not-kept', io) },
      }),
      onError: logged('conductor-failed', io),
      log: (line) => {
        io.stderr(`${JSON.stringify(line)}\n`);
      },
    });
    const { url, publicUrl, signerUrl, paymentUrl, registersUrl } = system;
    io.stdout(
      options.json
        ? `${JSON.stringify({ url, console: `${publicUrl}/console`, signer: signerUrl, payments: paymentUrl, registers: registersUrl, data: options.dir })}\n`
        : welcome({ url, publicUrl, signerUrl, paymentUrl, registersUrl, dir: options.dir }),
    );
    // Not at its end alone: one that is killed is to be back soon.
    flushCompileCache();
    await new Promise<void>((stop) => {
      process.once('SIGTERM', () => stop());
      process.once('SIGINT', () => stop());
    });
    if (!options.json) io.stdout('\nStopping: what is under way becomes durable first.\n');
    await system.stop();
    return 0;
  },
};

/** One line of JSON for each error, with its name alone: messages may hold personal data. */
function logged(code: string, io: CommandIo): (error: unknown) => void {
  return (error) => {
    io.stderr(`${JSON.stringify({ level: 'error', code, error: error instanceof Error ? error.name : 'unknown' })}\n`);
  };
}

/**
 * Another issuer of access tokens, by environment: ONETRACK_OIDC_ISSUER, ONETRACK_OIDC_AUDIENCE, ONETRACK_OIDC_JWKS (an address), and as JSON in
 * ONETRACK_OIDC_CLAIMS which of its claims name unit and role. By ONETRACK_OIDC_CLIENT and ONETRACK_OIDC_CLIENT_SECRET people log in there to the console.
 */
function oidcOf(env: CommandIo['env']): { oidc?: OidcIssuer; consoleClient?: { id: string; secret: string } } {
  const { ONETRACK_OIDC_ISSUER: issuer, ONETRACK_OIDC_AUDIENCE: audience, ONETRACK_OIDC_JWKS: jwks } = env;
  if (issuer === undefined) return {};
  if (audience === undefined || jwks === undefined)
    throw new Error('ONETRACK_OIDC_ISSUER: expected ONETRACK_OIDC_AUDIENCE and ONETRACK_OIDC_JWKS with it');
  const claims = env['ONETRACK_OIDC_CLAIMS'];
  const { ONETRACK_OIDC_CLIENT: id, ONETRACK_OIDC_CLIENT_SECRET: secret } = env;
  if (id === audience)
    throw new Error(
      'ONETRACK_OIDC_CLIENT: expected another name than ONETRACK_OIDC_AUDIENCE: a login would grant access',
    );
  return {
    ...(id !== undefined && secret !== undefined && { consoleClient: { id, secret } }),
    oidc: {
      issuer,
      audience,
      jwks: new URL(jwks),
      ...(claims !== undefined && { claims: ClaimMapping.parse(JSON.parse(claims)) }),
    },
  };
}

interface ServeOptions {
  dir: string;
  port: number;
  json: boolean;
  sampleLogin: boolean;
  publicUrl: string | undefined;
  keepLogHours: number | undefined;
}

function readOptions(args: string[], io: CommandIo): ServeOptions | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        data: { type: 'string' },
        port: { type: 'string', default: '8080' },
        json: { type: 'boolean', default: false },
        'sample-login': { type: 'boolean', default: false },
        'public-url': { type: 'string' },
        'keep-log': { type: 'string' },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw new Error(`--port: expected 0 to 65535, got ${values.port}`);
    const given = values['public-url'];
    const publicUrl = given === undefined ? undefined : publicUrlOf(given);
    if (publicUrl?.startsWith('https:') && values['sample-login'])
      throw new Error('--public-url: expected no --sample-login with it, which lets anybody be any official');
    const keep = values['keep-log'];
    if (keep !== undefined && !(Number(keep) >= 1))
      throw new Error(`--keep-log: expected hours, at least 1, got ${keep}`);
    return {
      publicUrl,
      keepLogHours: keep === undefined ? undefined : Number(keep),
      dir: resolve(io.cwd, values.data ?? '.onetrack'),
      port,
      json: values.json,
      sampleLogin: values['sample-login'],
    };
  } catch (error) {
    io.stderr(
      `onetrack serve: ${error instanceof Error ? error.message : String(error)}\nusage: onetrack serve ${serveCommand.usage}\n`,
    );
    return undefined;
  }
}

/** Where browsers reach the server: an origin, by TLS unless it is this machine. */
function publicUrlOf(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isHere = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  const isOrigin = url && `${url.origin}/` === url.href;
  if (!isOrigin || !(url.protocol === 'https:' || isHere))
    throw new Error(`--public-url: expected https://HOST without a path, got ${given}`);
  return url.origin;
}

function welcome(system: {
  url: string;
  publicUrl: string;
  signerUrl: string;
  paymentUrl: string;
  registersUrl: string;
  dir: string;
}): string {
  return `Onetrack is running. Stop it with Ctrl-C.

  Console        ${system.publicUrl}/console   pages for applicants and officials
  API            ${system.publicUrl}/v1        described at ${system.publicUrl}/openapi.json
  Listens on     ${system.url}
  Signing        ${system.signerUrl}   sample officials' PIN: ${SAMPLE_PIN}
  Payments       ${system.paymentUrl}/pay
  Registers      ${system.registersUrl}/registers/land; PUT {"state": "up" | "slow" | "down" | "lies"} to .../state
  Data           ${system.dir}
  Outgoing mail  ${join(system.dir, 'outbox')}

Get a token, from another terminal:
  npm run -s onetrack -- token --data ${system.dir} --as mai
  npm run -s onetrack -- token --data ${system.dir} --as thu-lam-reception --unit thu-lam --role reception
Sample officials: thu-lam-reception, thu-lam-officer-1, thu-lam-officer-2, thu-lam-chair (role chairperson), thu-lam-clerk; the same in dong-anh.
`;
}
