import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { ApiClient } from '../../cli/demo/client.ts';
import { freePort } from '../../embedded/free-port.ts';
import { readSampleSecrets } from '../../embedded/samples/install-samples.ts';
import { ENROLLED, openServicesOutside, type ServicesOutside } from './services-outside.ts';
import { SharedClock, TWO_YEARS, type Target } from './target.ts';

/** What a server process is told when it starts. */
export interface ServerSettings extends Pick<ServicesOutside, 'signer' | 'timestamps' | 'systems' | 'connectors'> {
  dir: string;
  port: number;
  url: string;
  ahead: number;
}

/** What the driver asks of it. */
export type Asked = { what: 'clock'; ahead: number } | { what: 'settle'; anchors: boolean } | { what: 'nextDue' };

/** The server of one machine, in a process of its own. */
export async function startOneMachine(): Promise<Target> {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-e2e-'));
  mkdirSync(join(dir, 'samples'));
  const clock = new SharedClock();
  clock.set(ENROLLED);
  const services = await openServicesOutside(dir, clock);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { signer, timestamps, systems, connectors } = services;
  const start = () =>
    ServerProcess.start({ dir, port, url, signer, timestamps, systems, connectors, ahead: clock.ahead });
  let server = await start();
  const issuer = await openIssuer(dir);
  const secrets = readSampleSecrets(dir);
  const crash = async (): Promise<void> => {
    await server.kill();
    server = await start();
  };
  return {
    name: 'one machine',
    api: new ApiClient(url),
    services,
    trust: [services.pki.root],
    token: (request) => issuer.issueToken({ ...request, ttl: TWO_YEARS }),
    secretOf: (system) => secrets[system] ?? '',
    now: () => clock.now(),
    setClock: async (instant) => {
      clock.set(instant);
      await server.ask({ what: 'clock', ahead: clock.ahead });
    },
    settle: async ({ anchors = false }) => {
      await server.ask({ what: 'settle', anchors });
    },
    nextDue: async () => (await server.ask({ what: 'nextDue' })) as number | undefined,
    crash,
    restart: async () => {
      await server.stop();
      server = await start();
    },
    close: async () => {
      await server.stop();
      await services.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

class ServerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  #count = 0;

  private constructor(settings: ServerSettings) {
    this.#child = fork(fileURLToPath(new URL('./run-server.ts', import.meta.url)), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { ...process.env, NODE_OPTIONS: '', ONETRACK_E2E: JSON.stringify(settings) },
    });
    this.#ended = new Promise((resolve) => void this.#child.once('exit', () => resolve()));
    this.#child.on('message', ({ id, answered, failed }: { id: number; answered?: unknown; failed?: string }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (failed === undefined) waiting?.resolve(answered);
      else waiting?.reject(new Error(failed));
    });
    void this.#ended.then(() => {
      for (const { reject } of this.#waiting.values()) reject(new Error('expected an answer of the server, it ended'));
    });
  }

  static async start(settings: ServerSettings): Promise<ServerProcess> {
    const server = new ServerProcess(settings);
    await server.#answer(0);
    return server;
  }

  #answer(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  ask(asked: Asked): Promise<unknown> {
    const id = (this.#count += 1);
    const answer = this.#answer(id);
    this.#child.send({ id, ...asked });
    return answer;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async stop(): Promise<void> {
    this.#child.disconnect();
    await this.#ended;
  }
}
