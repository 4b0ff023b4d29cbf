// Measures how long each function takes to start, and then over its first call, in a fresh process of Node, ten times each: what Lambda calls init and
// first invoke. Network is not in it: KMS, which some starts ask for a public half or a derived key, and an empty table (dynoxide) answer from this machine. Arguments: the functions; none: all.
import { spawnSync } from 'node:child_process';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createServer, request as send } from 'node:http';
import { outboxItem } from '../adapters/aws/dynamodb/commit.ts';

const RUNS = Number(process.env['RUNS'] ?? 10);
const BUDGET_MS = 250;

/** AWS, for a start and a first call: KMS, whoever waits for CloudFormation; what is for the table goes to dynoxide. In a thread of its own: the measured processes are waited for. */
function serveAws({ dynamo }) {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const half = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const answers = {
    'TrentService.GetPublicKey': { KeyId: 'key', PublicKey: half, KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    'TrentService.GenerateMac': { Mac: createHmac('sha256', 'key').digest('base64') },
  };
  const server = createServer((request, response) => {
    const target = String(request.headers['x-amz-target']);
    if (target.startsWith('DynamoDB_')) {
      const { method, headers } = request;
      request.pipe(
        send(dynamo, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode, answer.headers);
          answer.pipe(response);
        }),
      );
      return;
    }
    request.resume().on('end', () => {
      const answer = request.method === 'PUT' ? {} : answers[target];
      response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer ?? { __type: 'UnknownOperationException', message: target }));
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(`http://127.0.0.1:${server.address().port}`));
}

/** Lambda's own runtime asks for its calls by `node:http` and has loaded it before the function: 50 ms of undici, which Node loads with it, are not the function's. */
const MEASURE = `await import('node:http');
const began = performance.now();
const { handler } = await import(process.argv[1]);
const started = performance.now();
const ends = await handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis: () => 30_000 }).then((answer) => answer?.statusCode ?? 'none', (failure) => failure.name);
const ended = performance.now();
process.stdout.write('\\n' + JSON.stringify({ init: started - began, first: ended - started, ends }));
process.exit(0);`;

/** A dossier that nobody knows. */
const dossier = 'd01kb0000000000000000000000';
const ROW = {
  id: 'm01kb0000000000000000000000',
  group: `${dossier}:engine`,
  kind: 'start',
  dossier,
  at: 0,
  attempts: 0,
  body: {},
};
const call = { dossierId: dossier, run: 1, stage: 'verify' };
/** The first call of each function: what it does in the table is little, so that the connection and its own code are measured. `ends`: with which status or error, if with any. */
const FIRST_CALLS = {
  api: {
    event: {
      rawPath: '/v1/procedures',
      rawQueryString: '',
      headers: {},
      isBase64Encoded: false,
      requestContext: { domainName: 'api.onetrack.example', http: { method: 'GET' } },
    },
    ends: 200,
  },
  console: {
    event: {
      rawPath: '/console/procedures',
      rawQueryString: '',
      headers: { 'accept-encoding': 'gzip' },
      isBase64Encoded: false,
      requestContext: { domainName: 'api.onetrack.example', http: { method: 'GET' } },
    },
    ends: 200,
  },
  install: { event: { RequestType: 'Create', ResponseURL: '', StackId: 's', RequestId: 'r', LogicalResourceId: 'l' } },
  'waiting-stage': { event: { ...call, token: 'token' }, ends: 'TaskRetryable' },
  'acting-stage': { event: call, ends: 'TaskRetryable' },
  park: { event: { ...call, token: 'token' }, ends: 'TaskRetryable' },
  relay: { event: { Records: [{ eventName: 'INSERT', dynamodb: { NewImage: outboxItem(ROW) } }] } },
  sweep: { event: {} },
  watch: { event: { Records: [{ body: JSON.stringify({ name: `${call.dossierId}-1`, status: 'FAILED' }) }] } },
};

function environment(dir, { aws, table }) {
  const arn = (service, rest) => `arn:aws:${service}:ap-southeast-1:111122223333:${rest}`;
  const url = 'https://onetrack.example';
  return {
    PATH: process.env['PATH'],
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'measured',
    AWS_SECRET_ACCESS_KEY: 'measured',
    AWS_ENDPOINT_URL: aws,
    LAMBDA_TASK_ROOT: dir,
    ONETRACK_ENVIRONMENT: 'dev',
    ONETRACK_PUBLIC_URL: url,
    ONETRACK_CURRENCY: 'VND',
    ONETRACK_TIME_ZONE: 'Asia/Ho_Chi_Minh',
    ONETRACK_LANGUAGE: 'vi',
    ONETRACK_MAX_UPLOAD: '50000000',
    ONETRACK_TABLE: table,
    ...Object.fromEntries(
      ['MASTER', 'RECORD', 'INDEX'].map((key) => [`ONETRACK_${key}_KEY`, arn('kms', `key/${key}`)]),
    ),
    ONETRACK_RECORD_CHAIN: '/onetrack/dev/record-chain',
    ONETRACK_SEALS: 'alias/onetrack-dev-seal-',
    ONETRACK_SEAL_CHAINS: '/onetrack/dev/seals/',
    ONETRACK_DOCUMENTS: 'documents',
    ONETRACK_TRANSFERS: 'transfers',
    ONETRACK_MACHINE_ROLE: arn('iam', 'role/machine'),
    ONETRACK_MACHINE_LOGS: arn('logs', 'log-group:machines:*'),
    ONETRACK_WAITING_STAGE: arn('lambda', 'function:waiting-stage'),
    ONETRACK_ACTING_STAGE: arn('lambda', 'function:acting-stage'),
    ONETRACK_PARK: arn('lambda', 'function:park'),
    ONETRACK_ISSUER: url,
    ONETRACK_AUDIENCE: 'onetrack',
    ONETRACK_ISSUER_KEYS: `${url}/jwks.json`,
    ONETRACK_LOGIN: '{}',
    ONETRACK_SIGNER: url,
    ONETRACK_SIGNER_TOKEN: '/onetrack/dev/signer-token',
    ONETRACK_TIMESTAMPS: url,
    ONETRACK_TRUST: '/onetrack/dev/trust',
    ONETRACK_SYSTEMS: '{}',
    ONETRACK_REVOCATION_LISTS: '[]',
    ONETRACK_MAIL_FROM: 'no-reply@onetrack.example',
  };
}

function timesOf(name, dir, services) {
  const { event, ends: expected = 'none' } = FIRST_CALLS[name];
  const given = 'ResponseURL' in event ? { ...event, ResponseURL: services.aws } : event;
  const args = ['--input-type=module', '-e', MEASURE, join(dir, 'index.mjs'), JSON.stringify(given)];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: dir,
    env: environment(dir, services),
    encoding: 'utf8',
  });
  const last = stdout.slice(stdout.lastIndexOf('\n') + 1);
  if (!last.startsWith('{')) throw new Error(`${name}: it did not start:\n${stderr.slice(-600)}`);
  const { init, first, ends } = JSON.parse(last);
  if (ends !== expected)
    throw new Error(`${name}: expected its first call to end with ${expected}, got ${ends}:\n${stdout}`);
  return { init, first };
}

function spread(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor((sorted.length - 1) / 2)], least: sorted[0], most: sorted.at(-1) };
}

async function measureAll(services) {
  const { bundle, BUDGETS, ROOT } = await import('../infra/bundle.ts');
  const folder = mkdtempSync(join(tmpdir(), 'onetrack-cold-'));
  let late = 0;
  try {
    console.log(
      `${RUNS} fresh processes     init: median    least     most   first call: median    least     most   (ms)`,
    );
    const asked = process.argv.slice(2);
    for (const name of asked.length > 0 ? asked : Object.keys(BUDGETS)) {
      const { dir } = await bundle(name, join(folder, name));
      copyFileSync(join(ROOT, 'docs', 'generated', 'openapi.json'), join(dir, 'openapi.json'));
      writeFileSync(join(dir, 'release.json'), JSON.stringify({ calendars: [], procedures: [] }));
      const times = Array.from({ length: RUNS }, () => timesOf(name, dir, services));
      const init = spread(times.map((each) => each.init));
      const first = spread(times.map((each) => each.first));
      if (init.median > BUDGET_MS) late += 1;
      const columns = ({ median, least, most }) =>
        [median, least, most].map((time) => time.toFixed(0).padStart(9)).join('');
      console.log(`${name.padEnd(25)}${columns(init)}${' '.repeat(10)}${columns(first)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (late > 0) console.error(`${late} functions take longer than ${BUDGET_MS} ms to start`);
  process.exitCode = late === 0 ? 0 : 1;
}

if (isMainThread) {
  const { dynoxide, startDynamo } = await import('../test/adapters/aws/dynamodb-server.ts');
  if (!dynoxide.command) throw new Error('expected @dynoxide/linux-x64, an optional dependency, to be installed');
  const server = await startDynamo(dynoxide.command);
  const thread = new Worker(new URL(import.meta.url), { workerData: { dynamo: server.endpoint } });
  try {
    const [[aws], { name: table }] = await Promise.all([once(thread, 'message'), server.table()]);
    await measureAll({ aws, table });
  } finally {
    await thread.terminate();
    await server.stop();
  }
} else serveAws(workerData);
