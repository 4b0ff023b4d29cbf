import { TaskRetryable } from '../../../domain/failures.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let ngoc: string;
let reception: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
});
afterAll(() => house.close());

interface Result {
  task: string;
  status: number;
  dossier?: { stage: string };
  problem?: Record<string, unknown>;
}

async function decide(token: string, items: object[], key?: string) {
  const answer = await house.send('POST', '/tasks/decisions', {
    token,
    body: { items },
    ...(key !== undefined && { key }),
  });
  await house.stage.settle();
  return { ...answer, results: answer.body['items'] as Result[] };
}

const submitted = async (count: number) => {
  const tasks: string[] = [];
  for (let n = 0; n < count; n += 1) tasks.push(`${await house.submitted(ngoc)}.receive.1`);
  return tasks;
};
const accepted = (task: string) => ({ task, outcome: 'accepted' });
const decisionsOf = async (task: string) =>
  (await house.stage.machine.platform.store.events(task.split('.')[0] ?? '')).filter(
    ({ event }) => event.type === 'TaskDecided' && event.data['task'] === task,
  ).length;

describe('decisions in bulk', () => {
  it('are refused whole where the request is none: too many, none, a task twice, a signature', async () => {
    const [task = ''] = await submitted(1);
    const many = Array.from({ length: 51 }, (_, n) => accepted(`${task.slice(0, -1)}${n + 1}`));
    for (const items of [[], many, [accepted(task), accepted(task)], [{ ...accepted(task), signature: {} }]])
      expect((await decide(reception, items)).status).toBe(400);
    expect((await decide(ngoc, [accepted(task)])).status).toBe(403);
    expect(await decisionsOf(task)).toBe(0);
  });

  it('answer each item by itself, in order: what is refused stops no other', async () => {
    const [one = '', two = '', three = ''] = await submitted(3);
    const body = { ...(await house.submission(ngoc)), unit: 'dong-anh' };
    const foreign = `${String((await house.send('POST', '/dossiers', { token: ngoc, body })).body['id'])}.receive.1`;
    await house.stage.settle();
    await decide(reception, [accepted(three)]);
    const { status, results } = await decide(reception, [
      accepted(one),
      { task: two, outcome: 'valid' },
      accepted(foreign),
      accepted(three),
      { task: `${one.split('.')[0]}.never.1`, outcome: 'accepted' },
    ]);
    expect(status).toBe(200);
    expect(results.map((result) => [result.task, result.status])).toEqual([
      [one, 200],
      [two, 422],
      [foreign, 403],
      [three, 409],
      [`${one.split('.')[0]}.never.1`, 404],
    ]);
    expect(results[0]?.dossier).toMatchObject({ id: one.split('.')[0] });
    expect(results[3]?.problem).toMatchObject({
      type: 'urn:onetrack:problem:task-closed',
      instance: `/v1/tasks/${three}/decision`,
      decided: { outcome: 'accepted', by: 'thu-lam-reception' },
    });
    expect(await decisionsOf(two)).toBe(0);
    const record = await house.stage.machine.platform.store.events(foreign.split('.')[0] ?? '');
    expect(record.filter(({ event }) => event.type === 'TaskDecided')).toEqual([]);
  });

  it('give the same answers to the same request under the same key, and refuse another under it', async () => {
    const tasks = await submitted(3);
    const first = await decide(reception, tasks.slice(0, 2).map(accepted), 'bulk-1');
    const again = await decide(reception, tasks.slice(0, 2).map(accepted), 'bulk-1');
    expect(again.results).toEqual(first.results);
    expect(first.results.map(({ status }) => status)).toEqual([200, 200]);
    const other = await decide(reception, tasks.map(accepted), 'bulk-1');
    expect(other.results.map(({ status }) => status)).toEqual([422, 422, 200]);
    expect(other.results[0]?.problem).toMatchObject({ type: 'urn:onetrack:problem:idempotency-mismatch' });
    for (const task of tasks) expect(await decisionsOf(task)).toBe(1);
  });

  it('go on where they were broken off: what was decided stays, what was not is decided when the request comes again', async () => {
    const tasks = await submitted(4);
    const { platform } = house.stage.machine;
    const { store } = platform;
    let commits = 0;
    platform.store = new Proxy(store, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== 'function') return found;
        if (name === 'commit')
          return (...args: Parameters<typeof store.commit>) => {
            commits += 1;
            return commits === 3 ? Promise.reject(new TaskRetryable('no answer')) : store.commit(...args);
          };
        return found.bind(target) as unknown;
      },
    });
    const first = await house.send('POST', '/tasks/decisions', {
      token: reception,
      body: { items: tasks.map(accepted) },
      key: 'bulk-2',
    });
    platform.store = store;
    expect((first.body['items'] as Result[]).map(({ status }) => status)).toEqual([200, 200, 503, 503]);
    expect(await Promise.all(tasks.map(decisionsOf))).toEqual([1, 1, 0, 0]);
    const again = await decide(reception, tasks.map(accepted), 'bulk-2');
    expect(again.results.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await Promise.all(tasks.map(decisionsOf))).toEqual([1, 1, 1, 1]);
  });

  it('never sign: such an item is told to be decided by itself', async () => {
    const [task = ''] = await submitted(1);
    const [id = ''] = task.split('.');
    await decide(reception, [accepted(task)]);
    const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    const chair = await house.official('thu-lam-chair', 'chairperson');
    expect((await decide(officer, [{ task: `${id}.verify.1`, outcome: 'valid' }])).results).toMatchObject([
      { status: 200 },
    ]);
    expect((await decide(chair, [{ task: `${id}.approve.1`, outcome: 'approved' }])).results).toMatchObject([
      { status: 200 },
    ]);
    const signed = `${id}.sign.1.personal1`;
    for (const outcome of ['signed', 'declined'])
      expect((await decide(chair, [{ task: signed, outcome, comment: 'x' }])).results).toMatchObject([
        {
          task: signed,
          status: 422,
          problem: { type: 'urn:onetrack:problem:signature-required', instance: `/v1/tasks/${signed}/decision` },
        },
      ]);
    expect(await decisionsOf(signed)).toBe(0);
  });
});
