import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeepLog } from '../adapters/local/backup/kept-log.ts';
import type { Clock } from '../domain/ports/clock.ts';
import { takeDataFolder } from '../adapters/local/data-folder.ts';
import { createLocalPki } from '../adapters/local/pki/local-pki.ts';
import { writeFileAtomically } from '../adapters/local/pki/key-file.ts';
import type { OidcIssuer } from '../functions/api/authentication.ts';
import type { LogLine } from '../functions/api/surface.ts';
import { LoopDelay } from './admission.ts';
import { createLocalApp } from './local-app.ts';
import type { ConsoleClient } from './local-console.ts';
import { Conductor } from './conductor.ts';
import { freePort } from './free-port.ts';
import { openOneMachine, type OneMachine } from './one-machine.ts';
import { KEEPERS } from './samples/kept-records.ts';
import { installCheckout, installConnectors, installSamples } from './samples/install-samples.ts';
import { CHECKOUT } from './samples/payment-service.ts';
import { keeperConnectors } from './samples/number-keepers.ts';
import { REGISTER_CLIENT, sampleConnectors } from './samples/registers.ts';
import { SIGNING_PAGE } from './samples/remote-signer.ts';
import { type SampleProcess, spawnAgencySystems, spawnSigningService } from './samples/sample-process.ts';
import { listenLocally } from './server.ts';

/** What the sample services need to know again after a restart. */
interface SampleSettings {
  signerToken: string;
  signerAdminToken: string;
}

export interface RunningSystem {
  /** Where it listens. */
  url: string;
  /** Where browsers and other systems reach it. */
  publicUrl: string;
  signerUrl: string;
  paymentUrl: string;
  /** Sample registers; `PUT /registers/{id}/state` makes one slow, down or lie. */
  registersUrl: string;
  machine: OneMachine;
  /** Shuts down in order: no new requests, what is under way becomes durable, then the sample services. */
  stop(): Promise<void>;
}

export interface SystemOptions {
  dir: string;
  /** 0 takes a free port. */
  port: number;
  /** The address by which others reach it, such as that of a proxy in front; absent: where it listens. Pages, links, mails and webhooks name it. */
  publicUrl?: string;
  clock: Clock;
  /** Another issuer of access tokens than the local one. */
  oidc?: OidcIssuer;
  /** The console's client at that issuer. */
  consoleClient?: ConsoleClient;
  /** Whether anybody may log in to the console as anybody: for trying out. */
  sampleLogin?: boolean;
  /** Keeps the database's log aside, so that `onetrack backup` can follow. */
  keepLog?: KeepLog;
  onError: (error: unknown) => void;
  /** Told once a day what a person has to see to in time, and of each outbox row that failed. */
  log?: (line: LogLine) => void;
}

/** The whole system on one machine with the sample services beside it: registries, payment, remote signer, time-stamp authority, each a process of its own. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const { dir, clock } = options;
  mkdirSync(join(dir, 'samples'), { recursive: true, mode: 0o700 });
  const folder = takeDataFolder(dir);
  const port = options.port === 0 ? await freePort() : options.port;
  const url = `http://127.0.0.1:${port}`;
  const publicUrl = options.publicUrl ?? url;
  const settings = ensureSettings(join(dir, 'samples', 'settings.json'));
  const pki = createLocalPki(join(dir, 'ca'), clock);
  pki.ensureIdentity(join(dir, 'samples', 'tsa'), 'timestamp', {
    id: 'tsa',
    name: 'Onetrack sample time-stamp authority',
    organisation: 'Onetrack',
  });
  writeFileSync(join(dir, 'ca.pem'), pki.rootPem);
  const services: SampleProcess[] = [];
  try {
    const tsa = await spawnSigningService('timestamp-authority', { dir: join(dir, 'samples', 'tsa') });
    services.push(tsa);
    const signer = await spawnSigningService('remote-signer', {
      dir: join(dir, 'samples', 'signer'),
      tokens: { client: settings.signerToken, admin: settings.signerAdminToken },
    });
    services.push(signer);
    // The registries' addresses are known only once their process listens, and that needs the webhook secret from the registry.
    const systems: Record<string, string> = {};
    const machine = await openOneMachine({
      dir,
      clock,
      publicUrl,
      signer: { url: signer.url, token: settings.signerToken },
      timestamps: { url: tsa.url },
      systems,
      ...(options.keepLog && { keepLog: options.keepLog }),
      ...(process.env['ONETRACK_SMTP'] !== undefined && { smtp: process.env['ONETRACK_SMTP'] }),
      subscriberNetworks: (process.env['ONETRACK_SUBSCRIBER_NETWORKS'] ?? '').split(',').filter((each) => each !== ''),
    });
    await installSamples(machine, dir, { url: signer.url, adminToken: settings.signerAdminToken });
    const secret = (await machine.platform.registry.get('system', 'payment-platform'))?.record.secrets[0];
    const registerSecret = randomBytes(24).toString('hex');
    const agencies = await spawnAgencySystems({
      dir: join(dir, 'samples', 'agencies'),
      webhook: `${url}/v1/webhooks/payments`,
      secret: secret ?? '',
      registerSecret,
    });
    services.push(agencies);
    await installCheckout(machine.platform.registry, `${agencies.said['payments'] ?? ''}${CHECKOUT}`);
    const registersUrl = agencies.said['registers'] ?? '';
    await installConnectors(
      machine.platform.registry,
      [sampleConnectors, keeperConnectors].flatMap((connectors) =>
        connectors(registersUrl, { clientId: REGISTER_CLIENT, clientSecret: registerSecret }),
      ),
    );
    systems['civil-status'] = `${agencies.url}/civil-status`;
    systems['social-insurance'] = `${agencies.url}/social-insurance`;
    systems['tax'] = `${agencies.url}/tax`;
    for (const system of KEEPERS) systems[system] = `${agencies.url}/${system}`;
    return await run({
      folder,
      machine,
      url,
      publicUrl,
      port,
      options,
      services,
      signerUrl: signer.url,
      paymentUrl: agencies.said['payments'] ?? '',
      registersUrl,
    });
  } catch (error) {
    await Promise.all(services.map((service) => service.stop()));
    folder.letGo();
    throw error;
  }
}

async function run(parts: {
  folder: ReturnType<typeof takeDataFolder>;
  machine: OneMachine;
  url: string;
  publicUrl: string;
  port: number;
  options: SystemOptions;
  services: SampleProcess[];
  signerUrl: string;
  paymentUrl: string;
  registersUrl: string;
}): Promise<RunningSystem> {
  const { machine, url, publicUrl, port, options, services, signerUrl, paymentUrl, registersUrl } = parts;
  const conductor = new Conductor(machine, options.onError, options.log);
  const { dir, oidc, consoleClient } = options;
  const loop = new LoopDelay();
  const app = await createLocalApp(machine, {
    dir,
    url: publicUrl,
    ...(oidc && { oidc }),
    ...(consoleClient && { consoleClient }),
    sampleLogin: options.sampleLogin,
    signingPage: `${parts.signerUrl}${SIGNING_PAGE}`,
    documentOrigin:
      process.env['ONETRACK_DOCUMENT_ORIGIN'] ?? (publicUrl === url ? `http://localhost:${port}` : undefined),
    delay: () => loop.now(),
  });
  const server = await listenLocally(app, port);
  await conductor.start();
  return {
    url,
    publicUrl,
    signerUrl,
    paymentUrl,
    registersUrl,
    machine,
    async stop() {
      await server.close();
      loop.stop();
      await conductor.stop();
      await Promise.all(services.map((service) => service.stop()));
      parts.folder.letGo();
    },
  };
}

function ensureSettings(path: string): SampleSettings {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as SampleSettings;
  const settings = { signerToken: randomBytes(24).toString('hex'), signerAdminToken: randomBytes(24).toString('hex') };
  writeFileAtomically(path, JSON.stringify(settings));
  return settings;
}
