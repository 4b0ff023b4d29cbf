import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { ApiHouse, SECRET } from '../../builders/api-house.ts';

/** The whole bar is 100 tasks, each decided 100 times at once. */
const TASKS = Number(process.env['ONETRACK_TASKS'] ?? 2);
const DECISIONS = Number(process.env['ONETRACK_DECISIONS'] ?? 12);

let house: ApiHouse;
let url: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  house = await ApiHouse.open();
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
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

/** Every other one comes by a webhook of the agency's system; half of each accept, half refuse. */
function decideOnce(task: string, token: string, n: number): Promise<Answer> {
  const decision = n % 4 < 2 ? { outcome: 'accepted' } : { outcome: 'refused', comment: 'Không thuộc thẩm quyền' };
  if (n % 2 === 0)
    return post(`/tasks/${task}/decision`, { authorization: `Bearer ${token}` }, JSON.stringify(decision));
  const message = { ...decision, system: 'ward-system', task, official: 'thu-lam-reception', assertion: token };
  const text = JSON.stringify(message);
  const id = `${task}-${n}`;
  const at = new Date(house.stage.now);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign(id, at, text),
  };
  return post('/webhooks/decisions', headers, text);
}

describe('many decisions on one task at once', () => {
  it(`are one decision, and ${DECISIONS - 1} are told what stands, on each of ${TASKS} tasks`, async () => {
    const ngoc = await house.applicant();
    const token = await house.official('thu-lam-reception', 'reception');
    const tasks: string[] = [];
    for (let n = 0; n < TASKS; n += 1) tasks.push(`${await house.submitted(ngoc)}.receive.1`);
    const all = await Promise.all(
      tasks.map((task) => Promise.all(Array.from({ length: DECISIONS }, (_, n) => decideOnce(task, token, n)))),
    );
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
      const winner = { outcome: recorded[0]?.data['outcome'], by: 'thu-lam-reception', at: recorded[0]?.at };
      for (const { body } of late)
        expect(body).toMatchObject({ type: 'urn:onetrack:problem:task-closed', decided: winner });
    }
  }, 600_000);
});
