import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createLocalPki, type LocalPki } from '../../adapters/local/pki/local-pki.ts';
import { TaskRetryable } from '../../domain/failures.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import { freePort } from '../../embedded/free-port.ts';
import { SAMPLE_PIN } from '../../embedded/samples/install-samples.ts';
import { KEEPERS } from '../../embedded/samples/kept-records.ts';
import { keeperConnectors, SampleKeepers, serveKeeper } from '../../embedded/samples/number-keepers.ts';
import { authorizeHash } from '../../embedded/samples/officials.ts';
import { startRemoteSigner } from '../../embedded/samples/remote-signer.ts';
import { readBody } from '../../embedded/samples/sample-server.ts';
import { startTimestampAuthority } from '../../embedded/samples/timestamp-authority.ts';
import { SampleRegisters, sampleConnectors, serveRegister } from '../../embedded/samples/registers.ts';
import { SampleSystems } from '../../embedded/scenarios/sample-world.ts';
import type { Connector } from '../../schemas/connector.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';

/** Keys are certified before any story begins, for five years. */
export const ENROLLED = Date.parse('2026-06-30T00:00:00Z');
/** A story waits for a slow register in real time. */
const REGISTER_TIMEOUT_MS = 500;
const SYSTEMS = ['civil-status', 'social-insurance', 'tax', ...KEEPERS];

/** What stands outside the platform, over real HTTP from this process: signing service, authority of time, registries. They do as a story says. */
export interface ServicesOutside {
  readonly pki: LocalPki;
  readonly timestamps: string;
  /** Where the authority publishes which certificates are revoked. */
  readonly revocationLists: readonly string[];
  readonly signer: { readonly url: string; readonly token: string; readonly adminToken: string };
  readonly systems: Readonly<Record<string, string>>;
  /** What the official does at the signing service: authorises this hash. */
  authorize(credential: string, hash: Uint8Array): Promise<string>;
  setSigner(state: 'up' | 'down'): Promise<void>;
  setAnswer(...answer: Parameters<SampleSystems['program']>): void;
  /** Distinct messages that a system has answered since the story began. */
  calls(system: string): number;
  holds: SampleSystems['holds'];
  /** The registers that are asked for documents, as they are in this story. */
  registers(): SampleRegisters;
  /** The systems that give numbers, as they are in this story. */
  keepers(): SampleKeepers;
  /** How they are reached. */
  readonly connectors: readonly Connector[];
  /** Another story begins: everything is up, and counting starts at one. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

type Signer = Extract<ScenarioStep, { kind: 'signer' }>['step']['signer'];

export async function openServicesOutside(dir: string, clock: Clock): Promise<ServicesOutside> {
  const pki = createLocalPki(join(dir, 'ca'), { now: () => ENROLLED });
  const authority = join(dir, 'timestamp-authority');
  pki.ensureIdentity(authority, 'timestamp', { id: 'tsa', name: 'Time-stamp authority', organisation: 'Onetrack' });
  const timestamps = await startTimestampAuthority({ dir: authority, port: 0, clock });
  const tokens = { clientToken: randomBytes(24).toString('hex'), adminToken: randomBytes(24).toString('hex') };
  const port = await freePort();
  const startSigner = () => startRemoteSigner({ dir: join(dir, 'signer'), port, clock, ...tokens });
  let signer: Awaited<ReturnType<typeof startSigner>> | undefined = await startSigner();
  const { url } = signer;
  const setSigner = async (state: Signer): Promise<void> => {
    if (state === 'up') signer ??= await startSigner();
    else {
      await signer?.close();
      signer = undefined;
    }
  };
  const registries = await openRegistries(() => createLocalPki(join(dir, 'ca'), clock).revocationList());
  return {
    pki,
    timestamps: timestamps.url,
    revocationLists: [registries.list],
    signer: { url, token: tokens.clientToken, adminToken: tokens.adminToken },
    systems: registries.urls,
    authorize: (credential, hash) => authorizeHash(url, { id: credential, pin: SAMPLE_PIN }, hash),
    setSigner,
    setAnswer: (...answer) => {
      registries.answering.program(...answer);
    },
    calls: (system) => registries.answering.count(system),
    holds: (...of) => registries.answering.holds(...of),
    registers: () => registries.registers,
    keepers: () => registries.keepers,
    connectors: [
      ...sampleConnectors(registries.base, undefined, REGISTER_TIMEOUT_MS),
      ...keeperConnectors(registries.base, undefined, REGISTER_TIMEOUT_MS),
    ],
    begin: async () => {
      registries.answering = new SampleSystems();
      registries.registers = new SampleRegisters();
      registries.keepers.calm();
      await setSigner('up');
    },
    close: async () => {
      await Promise.all([timestamps.close(), setSigner('down'), registries.close()]);
    },
  };
}

/** The HTTP face of systems that answer as they are told: one POST with an `Idempotency-Key`, answered `{ outcome, data }`. Beside them the list of what is revoked. */
async function openRegistries(revocationList: () => Uint8Array) {
  const server = createServer((request, response) => {
    void (async () => {
      if (await serveRegister(registries.registers, { tokens: new Set() }, request, response)) return;
      if (await serveKeeper(registries.keepers, true, request, response)) return;
      if (request.url === '/ca.crl') {
        response.writeHead(200, { 'content-type': 'application/pkix-crl' }).end(revocationList());
        return;
      }
      const send = JSON.parse(Buffer.from((await readBody(request, 100_000)) ?? []).toString('utf8')) as object;
      const key = String(request.headers['idempotency-key']);
      const system = (request.url ?? '').slice(1);
      const answer = await registries.answering.call({ system, key, send: { ...send } });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    })().catch((error: unknown) => response.writeHead(error instanceof TaskRetryable ? 503 : 500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registries = {
    answering: new SampleSystems(),
    registers: new SampleRegisters(),
    keepers: new SampleKeepers(),
    base,
    list: `${base}/ca.crl`,
    urls: Object.fromEntries(SYSTEMS.map((system) => [system, `${base}/${system}`])),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return registries;
}
