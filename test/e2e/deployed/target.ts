import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dynamoClient } from '../../../adapters/aws/clients/dynamodb.ts';
import { stepFunctionsClient } from '../../../adapters/aws/clients/step-functions.ts';
import { DynamoCursors } from '../../../adapters/aws/dynamodb/cursors.ts';
import { DynamoDossierStore } from '../../../adapters/aws/dynamodb/dossier-store.ts';
import { DynamoRegistry } from '../../../adapters/aws/dynamodb/registry.ts';
import { ApiClient } from '../../../cli/demo/client.ts';
import { loadSampleOrganisation } from '../../../embedded/scenarios/load-scenarios.ts';
import { startMiniStack, type MiniStack } from '../../oracles/ministack/start.ts';
import type { TestServices } from '../../../infra/config/test.ts';
import { ENROLLED, openServicesOutside, type ServicesOutside } from '../services-outside.ts';
import { SharedClock, TWO_YEARS, type Target } from '../target.ts';
import { ACCOUNT, Cdk, names } from './cdk.ts';
import { installCertificates, installOrganisation } from './install.ts';
import { openRsaIssuer, type RsaIssuer } from './issuer.ts';
import { FaultFiles } from './faults/fault-files.ts';
import { complaintsOf } from './logs.ts';
import { requestsIn } from './permissions/calls.ts';
import type { Request } from './permissions/implied.ts';
import { watchPresigned } from './permissions/presigned.ts';
import { activity, ends, EVERY, quiet, sweep } from './quiet.ts';

/** Loaded into the process of each function before it. */
const BEFORE_FUNCTIONS = ['permissions/run-recorder.ts', 'faults/run-faults.ts'].map((file) =>
  join(import.meta.dirname, file),
);

/** The deployed stacks, and what only their operator sees. */
export interface DeployedStack extends Target {
  readonly ministack: MiniStack;
  /** How its functions' calls of AWS are made to go wrong. */
  readonly faults: FaultFiles;
  /** What CloudFormation called some of what it made. */
  readonly made: Lasting;
  /** Where the pages are reached from this machine. */
  readonly pages: string;
  /** Who logs in at the issuer next. */
  expectLogin(person: Parameters<RsaIssuer['expect']>[0]): void;
  /** Tells by the pages: what is fetched meanwhile has the console signed, not the API. */
  onPages<T>(tell: () => Promise<T>): Promise<T>;
  /** The permissions that functions needed for their calls up to now, and who has used what they signed. */
  used(): Request[];
  /** What EventBridge does every minute. */
  sweep(): Promise<void>;
  /** AWS throws away all execution environments, though never one that runs. */
  throwAwayEnvironments(): Promise<void>;
  /** Returns once nothing is due and no execution does anything. */
  settleAll(): Promise<void>;
  /** Has the stacks work on a restored table, known by its stream, as docs/runbook-aws.md says. */
  moveTo(stream: string): Promise<void>;
}

/** The stacks of `infra`, bootstrapped and deployed by the real `cdk` on an emulator of AWS. */
export async function startDeployedStack(): Promise<DeployedStack> {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-deployed-'));
  const calls = join(dir, 'calls.jsonl');
  const faults = new FaultFiles(dir);
  const presigned = watchPresigned();
  const clock = new SharedClock();
  clock.set(ENROLLED);
  const ministack = await startMiniStack({
    env: {
      ONETRACK_CALLS: calls,
      ...faults.env,
      MINISTACK_NODE_ARGUMENTS: [
        '--disable-warning=ExperimentalWarning',
        ...BEFORE_FUNCTIONS.map((file) => `--import=${file}`),
      ].join(' '),
    },
  });
  const [issuer, services] = await Promise.all([openRsaIssuer(), openServicesOutside(dir, clock)]);
  const stop = async (): Promise<void> => {
    presigned.stop();
    await ministack.stop();
    await Promise.all([issuer.close(), services.close()]);
    rmSync(dir, { recursive: true, force: true });
  };
  const cdk = new Cdk(ministack, dir);
  const deploying = deploy({ cdk, ministack, issuer, services, clock });
  const deployed = await deploying.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const { api, made, setAhead, outside } = deployed;
  let { inside } = deployed;
  const token: Target['token'] = (request) => issuer.token({ ...request, ttl: TWO_YEARS });
  const secrets = await installOrganisation(api, await token({ subject: 'administrator', role: 'admin' }), services);
  const renew = async (): Promise<void> => {
    await replaceEnvironments(ministack);
    // A call that was on its way into one of them fails: the machine tries again by itself, within two minutes.
    await quiet(inside, { dossiers: EVERY, anchors: false });
  };
  return {
    name: 'the deployed stack',
    ministack,
    faults,
    made,
    used: () => [...requestsIn(readFileSync(calls, 'utf8')), ...presigned.uses],
    api,
    pages: api.url,
    expectLogin: (person) => issuer.expect(person),
    onPages: (tell) => {
      presigned.by = 'console';
      return tell().finally(() => {
        presigned.by = 'api';
      });
    },
    services,
    trust: [services.pki.root],
    token,
    secretOf: (system) => secrets[system] ?? '',
    now: () => clock.now(),
    setClock: async (instant) => {
      clock.set(instant);
      await setAhead();
      // What began before goes by the time before: a sweep would remove as expired what is handed in now.
      await ends(ministack);
    },
    settle: ({ dossiers, anchors = false }) => quiet(inside, { dossiers, anchors }),
    settleAll: () => quiet(inside, { dossiers: EVERY, anchors: true }),
    moveTo: async (stream) => {
      await cdk.synthesize({ ...outside, restored: stream });
      await cdk.deployAlone(names.stack('engine'), names.stack('observability'));
      await cdk.deploy();
      closeInside(inside);
      inside = openInside(ministack, tableOf(stream), clock);
    },
    sweep: () => sweep(ministack),
    throwAwayEnvironments: () => replaceEnvironments(ministack),
    nextDue: async () => {
      const due = [await inside.store.nextTimer(), await inside.store.nextOutbox()];
      const next = Math.min(...due.filter((instant) => instant !== undefined));
      return next === Infinity ? undefined : next;
    },
    complaints: () => complaintsOf(ministack),
    crash: renew,
    restart: renew,
    close: async () => {
      closeInside(inside);
      await stop();
    },
  };
}

interface Deployment {
  cdk: Cdk;
  ministack: MiniStack;
  issuer: RsaIssuer;
  services: ServicesOutside;
  clock: SharedClock;
}

/** As docs/aws.md tells an operator: what lasts comes first, because keys have to be certified before functions start that need the certificates. The clock is set before procedures are published. */
async function deploy({ cdk, ministack, issuer, services, clock }: Deployment) {
  const { signer, timestamps, systems, revocationLists } = services;
  const outside: TestServices = {
    issuer: { url: issuer.url, audience: issuer.audience, keys: issuer.keys },
    signer: signer.url,
    timestamps,
    systems: { ...systems },
    revocationLists: [...revocationLists],
    seals: loadSampleOrganisation().units.map(({ id }) => id),
  };
  await Promise.all([cdk.bootstrap(), cdk.synthesize(outside)]);
  const made = lastingOf(await cdk.deploy(names.stack('data')));
  await installCertificates(ministack, services);
  const inside = openInside(ministack, made.table, clock);
  const setAhead = async (): Promise<void> => {
    await inside.cursors.advance('clock', await inside.cursors.get('clock'), String(clock.ahead));
  };
  await setAhead();
  await cdk.deploy();
  const api = new ApiClient(`${ministack.url}/_aws/execute-api/${made.apiId}/$default`);
  return { inside, setAhead, made, api, outside };
}

interface Lasting {
  table: string;
  /** ARN of its stream. */
  stream: string;
  apiId: string;
}

function lastingOf(outputs: Awaited<ReturnType<Cdk['deploy']>>): Lasting {
  const of = Object.entries(outputs[names.stack('data')] ?? {});
  const find = (what: string, pattern: RegExp): string => {
    const found = of.map(([, value]) => pattern.exec(value)?.[1]).find((value) => value !== undefined);
    if (found === undefined) throw new Error(`outputs of the data stack: expected ${what}, got ${JSON.stringify(of)}`);
    return found;
  };
  return {
    table: find('the table', /:table\/([^/]+)$/),
    stream: find('its stream', /^(.*\/stream\/.*)$/),
    apiId: find('the API', /\/\/(\w+)\.execute-api/),
  };
}

function openInside(ministack: MiniStack, table: string, clock: SharedClock) {
  const account = ministack.account(ACCOUNT);
  const client = dynamoClient(account);
  const options = { client, table, random: Math.random, uuid: randomUUID };
  return {
    ministack,
    client,
    store: new DynamoDossierStore(options),
    registry: new DynamoRegistry(options),
    cursors: new DynamoCursors(options),
    executions: stepFunctionsClient(account),
    now: () => clock.now(),
  };
}

function closeInside({ executions, client }: ReturnType<typeof openInside>): void {
  executions.destroy();
  client.destroy();
}

const tableOf = (stream: string): string => /:table\/([^/]+)\/stream\//.exec(stream)?.[1] ?? '';

/**
 * AWS throws away a function's environment when it likes, though never while it runs: the next call starts in a new one. Held still, the processes are
 * looked at again: a call that came in between is let go on first.
 */
async function replaceEnvironments(ministack: MiniStack): Promise<void> {
  for (;;) {
    const before = await activity(ministack);
    if (before.running > 0) {
      await pause(20);
      continue;
    }
    const environments = childrenOf(ministack.pid);
    for (const pid of environments) signal(pid, 'SIGSTOP');
    const isStill = (await activity(ministack)).begun === before.begun;
    for (const pid of environments) signal(pid, isStill ? 'SIGKILL' : 'SIGCONT');
    if (!isStill) continue;
    // The emulator takes for living what has been killed and is not dead yet.
    while (environments.some((pid) => isAlive(pid))) await pause(5);
    return;
  }
}

function childrenOf(parent: number | undefined): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent);
}

/** One that has ended and whose end nobody has asked for is a zombie; its end cannot be asked for before its last thread has ended. */
function isAlive(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && (stat.state !== 'Z' || stat.threads > 1);
}

/** What Linux says of a process (proc(5)); nothing where there is none. */
function statOf(pid: number): { state: string; parent: number; threads: number } | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).length;
    const [state = '', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return { state, parent: Number(parent), threads };
  } catch {
    return undefined;
  }
}

function signal(pid: number, what: NodeJS.Signals): void {
  try {
    process.kill(pid, what);
  } catch {
    // It has ended meanwhile.
  }
}
