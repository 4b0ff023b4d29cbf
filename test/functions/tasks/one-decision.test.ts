import { serve } from '@hono/node-server';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { accept } from '../../../domain/dossier/commands/decision.ts';
import { digestOf } from '../../../functions/links/bearer.ts';
import { append } from '../../../functions/runtime/append.ts';
import { ApiHouse, SECRET } from '../../builders/api-house.ts';

/** The whole bar is 100 tasks, each decided 100 times at once. */
const TASKS = Number(process.env['ONETRACK_TASKS'] ?? 2);
const DECISIONS = Number(process.env['ONETRACK_DECISIONS'] ?? 12);

/** Tasks that are decided at the same time. */
const TOGETHER = 10;

let house: ApiHouse;
let url: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  house = await ApiHouse.open(['test/functions/links/errand.yaml']);
  const { app } = house;
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const opened = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(opened));
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
    });
}, 120_000);
afterAll(async () => {
  await stop();
  await house.close();
});

interface Answer {
  status: number;
  body: { type?: string; decided?: { outcome: string; by: string; at: string } };
}

async function post(path: string, headers: Record<string, string>, text: string): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
  const page = await response.text();
  return { status: response.status, body: response.ok ? {} : (JSON.parse(page) as Answer['body']) };
}

/** A decision, ready to be sent. */
type Send = () => Promise<Answer>;

const WAYS = {
  api: async ({ task, decision }) => {
    const authorization = `Bearer ${await reception()}`;
    return () => post(`/tasks/${task}/decision`, { authorization }, JSON.stringify(decision));
  },
  webhook: async ({ task, decision, n }) => {
    const text = JSON.stringify({ ...decision, system: 'ward-system', task, official: OFFICIAL });
    const id = `${task}-${n}`;
    const at = new Date(house.stage.now);
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign(id, at, text),
    };
    return () => post('/webhooks/decisions', headers, text);
  },
  // A link of its own for each, kept as the sender of the mail keeps it.
  link: async ({ task, decision, n }) => {
    const token = randomBytes(32).toString('base64url');
    const until = house.stage.now + 3_600_000;
    const office = { official: OFFICIAL, unit: 'thu-lam', role: 'reception' };
    const { platform } = house.stage.machine;
    const link = `${task}-${n}`;
    const data = { link, task, official: OFFICIAL, until: new Date(until).toISOString() };
    const decided = accept({ type: 'LinkIssued', data });
    await append(platform, task.split('.')[0] ?? '', () => ({ decision: decided, actor: { kind: 'platform' } }));
    await platform.links.put({ digest: digestOf(token), link, task, ...office, until });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    return () => post(`/links/${token}`, form, new URLSearchParams(decision).toString());
  },
} as const satisfies Record<
  string,
  (what: { task: string; decision: Record<string, string>; n: number }) => Promise<Send>
>;

const OFFICIAL = 'thu-lam-reception';
const reception = () => house.official(OFFICIAL, 'reception');
const ORDER = Object.values(WAYS);

/** The three ways in turn; half of all accept, half refuse. */
async function prepare(task: string, n: number): Promise<Send> {
  const decision = n % 2 === 0 ? { outcome: 'accepted' } : { outcome: 'refused', comment: 'Không thuộc thẩm quyền' };
  const way = ORDER[n % ORDER.length];
  if (!way) throw new Error('expected a way');
  return way({ task, decision, n });
}

async function submitted(token: string): Promise<string> {
  const body = { procedure: 'errand', unit: 'thu-lam', form: { applicant: { name: 'Trần Thị Lan' } } };
  const answer = await house.send('POST', '/dossiers', { token, body });
  await house.stage.settle();
  return String(answer.body['id']);
}

describe('many decisions on one task at once', () => {
  it(`are one decision, and ${DECISIONS - 1} are told what stands, on each of ${TASKS} tasks`, async () => {
    const lan = await house.applicant('lan');
    const tasks: string[] = [];
    for (let n = 0; n < TASKS; n += 1) tasks.push(`${await submitted(lan)}.receive.1`);
    const ready: Send[][] = [];
    for (const task of tasks)
      ready.push(await Promise.all(Array.from({ length: DECISIONS }, (_, n) => prepare(task, n))));
    const all: Answer[][] = [];
    // More connections at once than this would try the client's patience with the kernel, not the platform.
    for (let n = 0; n < TASKS; n += TOGETHER) {
      const some = ready.slice(n, n + TOGETHER);
      all.push(...(await Promise.all(some.map((sends) => Promise.all(sends.map((send) => send()))))));
    }
    await house.stage.settle();
    for (const [index, answers] of all.entries()) {
      const id = tasks[index]?.split('.')[0] ?? '';
      const events = (await house.stage.machine.platform.store.events(id)).map(({ event }) => event);
      const recorded = events.filter(({ type, data }) => type === 'TaskDecided' && data['task'] === tasks[index]);
      expect(recorded).toHaveLength(1);
      expect(events.filter(({ type, data }) => type === 'StageLeft' && data['stage'] === 'receive')).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const late = answers.filter(({ status }) => status === 409);
      expect(late).toHaveLength(DECISIONS - 1);
      const winner = { outcome: recorded[0]?.data['outcome'], by: OFFICIAL, at: recorded[0]?.at };
      for (const { body } of late)
        expect(body).toMatchObject({ type: 'urn:onetrack:problem:task-closed', decided: winner });
    }
  }, 600_000);
});
