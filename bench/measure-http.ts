// Measures through HTTP: submission with an access token, decision by a signed webhook. The platform is a process of its own. Prints one JSON object.
import { type ChildProcess, fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { PROCEDURE, UNIT } from './bench-machine.ts';
import { drive } from './drive.ts';
import { readRun } from './figures.ts';
import type { FromServer, ToServer } from './serve-bench.ts';

const run = readRun();
const agent = new Agent({ keepAlive: true, maxSockets: 2 * run.concurrency });
const server = fork(new URL('serve-bench.ts', import.meta.url), run.folder === undefined ? [] : [run.folder], {
  execArgv: [
    '--disable-warning=ExperimentalWarning',
    ...process.execArgv.filter((arg) => arg.startsWith('--cpu-prof')),
  ],
});
/** What the server has said of a dossier before anybody asked, and who waits to hear it. */
const heard = new Map<string, string>();
let requests = 0;
const waiting = new Map<string, (value: string) => void>();
server.on('message', (message: FromServer) => {
  if (message.kind === 'task') tell(`task:${message.dossier}`, message.task);
  if (message.kind === 'closed') tell(`closed:${message.dossier}`, message.dossier);
  if (message.kind === 'parked') throw new Error(`dossier ${message.dossier} is parked: ${message.cause}`);
});
const ended = new Promise<number>((resolve) => server.once('exit', (code) => resolve(code ?? 1)));
void ended.then((code) => (process.exitCode = code));

const { url, token, secret } = await next(server, 'listening');
const webhook = new Webhook(secret);
await drive(run.warmUp, run.concurrency, one);
send({ kind: 'mark' });
await next(server, 'marked');
requests = 0;
const times = await drive(run.dossiers, run.concurrency, one);
send({ kind: 'finish', run, times, requests: requests / run.dossiers });
console.log(JSON.stringify((await next(server, 'figures')).figures));
await ended;
agent.destroy();

async function one(index: number): Promise<void> {
  const form = { subject: `Subject ${index}`, amount: index % 1000 };
  const submitted = await post(
    '/v1/dossiers',
    { authorization: `Bearer ${token}`, 'idempotency-key': `submission-${process.pid}-${performance.now()}-${index}` },
    JSON.stringify({ procedure: PROCEDURE, unit: UNIT, form }),
  );
  const { id } = submitted as { id: string };
  const task = await hear(`task:${id}`);
  const body = JSON.stringify({ system: 'bench-system', task, official: 'approver', outcome: 'approved' });
  const message = `decision-${task}`;
  const at = new Date();
  await post(
    '/v1/webhooks/decisions',
    {
      'webhook-id': message,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': webhook.sign(message, at, body),
    },
    body,
  );
  await hear(`closed:${id}`);
}

function post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<unknown> {
  requests += 1;
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}${path}`,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () => {
          if (response.statusCode !== undefined && response.statusCode < 300) resolve(JSON.parse(text));
          else reject(new Error(`${path}: expected status 2xx, got ${response.statusCode ?? 0}: ${text}`));
        });
      },
    );
    call.once('error', reject);
    call.end(body);
  });
}

function hear(what: string): Promise<string> {
  const known = heard.get(what);
  if (known !== undefined) {
    heard.delete(what);
    return Promise.resolve(known);
  }
  return new Promise((resolve) => waiting.set(what, resolve));
}

function tell(what: string, value: string): void {
  const waiter = waiting.get(what);
  waiting.delete(what);
  if (waiter) waiter(value);
  else heard.set(what, value);
}

function send(message: ToServer): void {
  server.send(message);
}

function next<K extends FromServer['kind']>(child: ChildProcess, kind: K): Promise<Extract<FromServer, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const listen = (message: FromServer): void => {
      if (message.kind !== kind) return;
      child.off('message', listen);
      resolve(message as Extract<FromServer, { kind: K }>);
    };
    child.on('message', listen);
    child.once('exit', () => reject(new Error(`expected the server to say ${kind}, it ended`)));
  });
}
