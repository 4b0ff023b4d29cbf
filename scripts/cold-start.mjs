// Measures how long each function takes to start, in a fresh process of Node, ten times each: what Lambda calls init. Network is not in it: KMS, which some
// starts ask for a public half or a derived key, answers from this machine.
import { spawnSync } from 'node:child_process';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker, isMainThread } from 'node:worker_threads';
import { createServer } from 'node:http';

const RUNS = Number(process.env['RUNS'] ?? 10);
const BUDGET_MS = 250;

/** What KMS answers a start with. In a thread of its own: the measured processes are waited for. */
function serveKms() {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const half = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const answers = {
    'TrentService.GetPublicKey': { KeyId: 'key', PublicKey: half, KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    'TrentService.GenerateMac': { Mac: createHmac('sha256', 'key').digest('base64') },
  };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const answer = answers[String(request.headers['x-amz-target'])];
      response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer ?? { __type: 'UnknownOperationException' }));
    });
  });
  server.listen(0, '127.0.0.1', async () => {
    const { parentPort } = await import('node:worker_threads');
    parentPort.postMessage(server.address().port);
  });
}

/** Lambda's own runtime asks for its calls by `node:http` and has loaded it before the function: 50 ms of undici, which Node loads with it, are not the function's. */
const MEASURE = `await import('node:http');
const began = performance.now();
await import(process.argv[1]);
process.stdout.write('init=' + String(performance.now() - began));
process.exit(0);`;

function environment(dir, port) {
  const arn = (service, rest) => `arn:aws:${service}:ap-southeast-1:111122223333:${rest}`;
  const url = 'https://onetrack.example';
  return {
    PATH: process.env['PATH'],
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'measured',
    AWS_SECRET_ACCESS_KEY: 'measured',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    LAMBDA_TASK_ROOT: dir,
    ONETRACK_ENVIRONMENT: 'dev',
    ONETRACK_PUBLIC_URL: url,
    ONETRACK_CURRENCY: 'VND',
    ONETRACK_TIME_ZONE: 'Asia/Ho_Chi_Minh',
    ONETRACK_LANGUAGE: 'vi',
    ONETRACK_MAX_UPLOAD: '50000000',
    ONETRACK_TABLE: 'onetrack',
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
    ONETRACK_SIGNER: url,
    ONETRACK_SIGNER_TOKEN: '/onetrack/dev/signer-token',
    ONETRACK_TIMESTAMPS: url,
    ONETRACK_TRUST: '/onetrack/dev/trust',
    ONETRACK_SYSTEMS: '{}',
    ONETRACK_REVOCATION_LISTS: '[]',
    ONETRACK_MAIL_FROM: 'no-reply@onetrack.example',
  };
}

function initOf(dir, port) {
  const args = ['--input-type=module', '-e', MEASURE, join(dir, 'index.mjs')];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: dir,
    env: environment(dir, port),
    encoding: 'utf8',
  });
  const [, init] = /init=([\d.]+)$/.exec(stdout) ?? [];
  if (init === undefined) throw new Error(`${dir}: it did not start:\n${stderr.slice(-600)}`);
  return Number(init);
}

async function measureAll(port) {
  const { bundle, BUDGETS, ROOT } = await import('../infra/bundle.ts');
  const folder = mkdtempSync(join(tmpdir(), 'onetrack-cold-'));
  let late = 0;
  try {
    console.log(`function          median    least     most   (ms of init, ${RUNS} fresh processes)`);
    for (const name of Object.keys(BUDGETS)) {
      const { dir } = await bundle(name, join(folder, name));
      copyFileSync(join(ROOT, 'docs', 'generated', 'openapi.json'), join(dir, 'openapi.json'));
      writeFileSync(join(dir, 'release.json'), JSON.stringify({ calendars: [], procedures: [] }));
      const times = Array.from({ length: RUNS }, () => initOf(dir, port)).toSorted((a, b) => a - b);
      const median = times[Math.floor((times.length - 1) / 2)];
      if (median > BUDGET_MS) late += 1;
      const columns = [median, times[0], times.at(-1)].map((time) => time.toFixed(0).padStart(9));
      console.log(`${name.padEnd(15)}${columns.join('')}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (late > 0) console.error(`${late} functions take longer than ${BUDGET_MS} ms to start`);
  process.exitCode = late === 0 ? 0 : 1;
}

if (isMainThread) {
  const kms = new Worker(new URL(import.meta.url));
  const port = await new Promise((resolve) => kms.once('message', resolve));
  await measureAll(port);
  await kms.terminate();
} else serveKms();
