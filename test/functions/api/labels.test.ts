import { openLabels, sealLabel, shownTask } from '../../../functions/runtime/task-label.ts';
import { DossierCache } from '../../../functions/runtime/dossier-cache.ts';
import type { Task } from '../../../schemas/dossier.ts';
import { ApiHouse, FORM } from '../../builders/api-house.ts';

const NAME = 'Võ Tắc Kè Hoa';
let house: ApiHouse;
let reception: string;
let ngoc: string;

beforeEach(async () => {
  house = await ApiHouse.open();
  reception = await house.official('thu-lam-reception', 'reception');
  ngoc = await house.applicant();
});
afterEach(() => house.close());

const platformOf = () => house.stage.machine.platform;
const named = (name: string) => ({ ...FORM, applicant: { ...(FORM['applicant'] as object), name } });

async function submitted(name: string): Promise<string> {
  const body = { ...(await house.submission(ngoc)), form: named(name) };
  const { body: made } = await house.send('POST', '/dossiers', { token: ngoc, body });
  await house.stage.settle();
  return String(made['id']);
}

async function listed(token: string, query = ''): Promise<Record<string, unknown>[]> {
  const { status, body } = await house.send('GET', `/tasks?${query}`, { token });
  expect(status).toBe(200);
  return body['items'] as Record<string, unknown>[];
}

async function decide(task: string, token: string, body: object): Promise<void> {
  expect(await house.send('POST', `/tasks/${task}/decision`, { token, body })).toMatchObject({ status: 200 });
  await house.stage.settle();
}

const row = async (id: string): Promise<Task> => (await platformOf().store.task(id))!;

describe('the label of a dossier', () => {
  it('tells dossiers of one procedure apart to officials of their unit, in a list and at the task', async () => {
    const [first, second] = [await submitted(NAME), await submitted('  Lê\n Cá   Heo ')];
    const labels = Object.fromEntries((await listed(reception)).map(({ dossier, label }) => [dossier, label]));
    expect(labels).toEqual({ [first]: NAME, [second]: 'Lê Cá Heo' });
    const { body } = await house.send('GET', `/tasks/${first}.receive.1`, { token: reception });
    expect(body).toMatchObject({ label: NAME });
    expect(body).not.toHaveProperty('sealedLabel');
  });

  it('is sealed in the row of an open task, and gone from it once the task is decided', async () => {
    const id = await submitted(NAME);
    const open = await row(`${id}.receive.1`);
    expect(open.sealedLabel).toMatch(/^[A-Za-z0-9_-]{40,}$/);
    expect(JSON.stringify(open)).not.toContain('Tắc');
    await decide(`${id}.receive.1`, reception, { outcome: 'accepted' });
    expect(await row(`${id}.receive.1`)).not.toHaveProperty('sealedLabel');
    const [next] = await platformOf().store.openTasksOf(id);
    expect(next?.stage).not.toBe('receive');
    expect(next?.sealedLabel).toBeDefined();
  });

  it('is what a supplement says, from then on', async () => {
    const id = await submitted(NAME);
    await decide(`${id}.receive.1`, reception, { outcome: 'incomplete', comment: 'Tên', missing: ['applicant'] });
    const [asked] = await listed(ngoc);
    expect(asked).not.toHaveProperty('label');
    await decide(String(asked?.['id']), ngoc, { outcome: 'answered', form: named('Võ Tắc Kè') });
    expect((await listed(reception)).map(({ label }) => label)).toEqual(['Võ Tắc Kè']);
  });

  it('is not told to the applicant’s list, nor in a row of his or of a body that is consulted', async () => {
    const id = await submitted(NAME);
    const { cache, store, masterKey, ids } = platformOf();
    const loaded = (await cache.load(id, store, masterKey))!;
    const task = shownTask(await row(`${id}.receive.1`)) as Task;
    const rows: Task[] = [
      { ...task, step: 'part.fire' },
      { ...task, unit: 'dong-anh' },
      { ...task, unit: null },
      { ...task, unit: null, party: 'applicant' },
      { ...task, status: 'done' },
    ];
    expect(sealLabel(rows, loaded, ids)).toEqual(rows);
    expect(sealLabel([task], loaded, ids)).not.toEqual([task]);
  });

  it('cannot be put into another row', async () => {
    const [first, second] = [await submitted(NAME), await submitted('Lê Cá Heo')];
    const { sealedLabel } = await row(`${first}.receive.1`);
    const moved = { ...(await row(`${second}.receive.1`)), sealedLabel };
    await expect(openLabels(platformOf(), [moved])).rejects.toThrow();
  });

  it('asks for a key once, and is nothing without it', async () => {
    const task = await row(`${await submitted(NAME)}.receive.1`);
    const { store, masterKey } = platformOf();
    const asked: string[] = [];
    const counting = {
      wrap: masterKey.wrap.bind(masterKey),
      unwrap: (wrapped: Uint8Array, of: string) => {
        asked.push(of);
        return masterKey.unwrap(wrapped, of);
      },
    };
    const elsewhere = { cache: new DossierCache(1), store, masterKey: counting };
    for (let time = 0; time < 2; time += 1)
      expect(await openLabels(elsewhere, [task])).toEqual([{ ...shownTask(task), label: NAME }]);
    expect(asked).toEqual([task.dossier]);
    elsewhere.cache.destroy(task.dossier);
    expect(await openLabels(elsewhere, [task])).toEqual([shownTask(task)]);
  });
});
