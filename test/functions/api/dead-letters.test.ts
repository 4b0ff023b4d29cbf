import { TaskTerminal } from '../../../domain/failures.ts';
import type { OutboxRow } from '../../../domain/ports/dossier-store.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let admin: string;
let ngoc: string;
let reception: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  admin = await house.admin();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
});
afterAll(() => house.close());

describe('mail that cannot be delivered', () => {
  it('is listed for the administrator, shown in its dossier, and goes out when asked again', async () => {
    const { platform } = house.stage.machine;
    const { notifier } = platform;
    platform.notifier = {
      ...platform.notifier,
      send: ({ id }) => Promise.reject(new TaskTerminal(`mail ${id}: the server refused it`)),
    };
    const submission = { ...(await house.submission(ngoc)), contact: { email: 'ngoc@example.org' } };
    const { body: made } = await house.send('POST', '/dossiers', { token: ngoc, body: submission });
    const id = String(made['id']);
    await house.stage.settle();
    await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
    await house.stage.settle();

    const listed = await house.send('GET', '/dead-letters', { token: admin });
    const [letter] = listed.body['items'] as { id: string; message: string }[];
    expect(letter).toMatchObject({
      kind: 'mail',
      dossier: id,
      attempts: 1,
      error: expect.stringContaining('refused') as string,
    });
    expect(JSON.stringify(listed.body)).not.toContain('ngoc@example.org');
    const shown = await house.send('GET', `/dossiers/${id}`, { token: reception });
    expect(shown.body['notices']).toEqual([{ message: letter?.message, notice: 'accepted', status: 'failed' }]);

    platform.notifier = notifier;
    const again = (body: object) => house.send('POST', '/dead-letters/redeliver', { token: admin, body });
    expect((await again({ ids: ['nothing'] })).body).toEqual({ redelivered: 0 });
    expect((await again({ kind: 'webhook' })).body).toEqual({ redelivered: 0 });
    expect((await again({ ids: [letter?.id] })).body).toEqual({ redelivered: 1 });
    await house.stage.settle();
    expect((await house.send('GET', '/dead-letters', { token: admin })).body).toEqual({ items: [] });
    const after = await house.send('GET', `/dossiers/${id}`, { token: ngoc });
    expect(after.body['notices']).toEqual([{ message: letter?.message, notice: 'accepted', status: 'delivered' }]);
  });
});

describe('a dead letter that is set aside', () => {
  async function givenUp(): Promise<{ dossier: string; letter: string }> {
    const { platform } = house.stage.machine;
    const { notifier } = platform;
    const send = ({ id }: { id: string }) => Promise.reject(new TaskTerminal(`mail ${id}: the server refused it`));
    platform.notifier = { ...notifier, send };
    const submission = { ...(await house.submission(ngoc)), contact: { email: 'ngoc@example.org' } };
    const { body } = await house.send('POST', '/dossiers', { token: ngoc, body: submission });
    const dossier = String(body['id']);
    await house.stage.settle();
    await house.accepted(dossier);
    platform.notifier = notifier;
    const { items } = (await house.send('GET', '/dead-letters', { token: admin })).body as {
      items: { id: string; dossier: string }[];
    };
    return { dossier, letter: items.find((each) => each.dossier === dossier)?.id ?? '' };
  }
  const aside = (body: object, token = admin) => house.send('POST', '/dead-letters/set-aside', { token, body });
  const listed = async (path: string) =>
    (await house.send('GET', path, { token: admin })).body['items'] as { id: string }[];

  it('is tried and counted no longer; by whom, when and why stays, whatever is said later', async () => {
    const { dossier, letter } = await givenUp();
    expect((await aside({ ids: [letter, 'nothing'], reason: 'Told by telephone' })).body).toEqual({ setAside: 1 });
    expect(await listed('/dead-letters')).toEqual([]);
    const kept = {
      id: letter,
      kind: 'mail',
      dossier,
      attempts: 1,
      by: 'admin',
      at: new Date(house.stage.now).toISOString(),
      reason: 'Told by telephone',
    };
    expect(await listed('/dead-letters/set-aside')).toMatchObject([kept]);
    expect((await aside({ ids: [letter], reason: 'Another reason' })).body).toEqual({ setAside: 0 });
    const again = await house.send('POST', '/dead-letters/redeliver', { token: admin, body: {} });
    expect(again.body).toEqual({ redelivered: 0 });
    expect(await listed('/dead-letters/set-aside')).toMatchObject([kept]);
    const { body } = await house.send('GET', `/dossiers/${dossier}`, { token: reception });
    expect(body['notices']).toMatchObject([{ notice: 'accepted', status: 'failed' }]);
  });

  it('stays where the process ends between: set aside again, the first reason stands', async () => {
    const { letter } = await givenUp();
    const { store } = house.stage.machine.platform;
    const done = store.outboxDone.bind(store);
    store.outboxDone = () => Promise.reject(new Error('killed'));
    expect((await aside({ ids: [letter], reason: 'First' })).status).toBe(500);
    store.outboxDone = done;
    expect((await listed('/dead-letters')).map(({ id }) => id)).toEqual([letter]);
    expect((await aside({ ids: [letter], reason: 'Second' })).body).toEqual({ setAside: 1 });
    const found = (await listed('/dead-letters/set-aside')).find(({ id }) => id === letter);
    expect(found).toMatchObject({ reason: 'First' });
  });

  it('needs a reason and an administrator', async () => {
    const { letter } = await givenUp();
    expect((await aside({ ids: [letter], reason: ' ' })).status).toBe(400);
    expect((await aside({ reason: 'All of them' })).status).toBe(400);
    expect((await aside({ ids: [letter], reason: 'x' }, reception)).status).toBe(403);
    expect((await listed('/dead-letters')).map(({ id }) => id)).toEqual([letter]);
  });
});

describe('a paper that cannot be made and that no dossier waits for', () => {
  it('is listed as work, taken up again by its kind, and can be set aside', async () => {
    const { platform } = house.stage.machine;
    const { body } = await house.send('POST', '/dossiers', { token: ngoc, body: await house.submission(ngoc) });
    const dossier = String(body['id']);
    await house.stage.settle();
    const row = (id: string): OutboxRow => ({
      id: `${dossier}:${id}`,
      group: `${dossier}:${id}`,
      kind: 'work',
      dossier,
      at: house.stage.now,
      attempts: 1,
      error: 'TaskTerminal: seal of thu-lam: revoked',
      dead: true,
      body: { work: 'outgoing' },
    });
    await platform.store.outboxAdd([row('first')]);
    const listed = async () => {
      const { items } = (await house.send('GET', '/dead-letters', { token: admin })).body as { items: OutboxRow[] };
      return items.filter((letter) => letter.dossier === dossier);
    };
    expect(await listed()).toMatchObject([{ id: row('first').id, kind: 'work', dossier }]);
    const again = await house.send('POST', '/dead-letters/redeliver', { token: admin, body: { kind: 'work' } });
    expect(again.body).toEqual({ redelivered: 1 });
    await house.stage.settle();
    expect(await listed()).toEqual([]);
    await platform.store.outboxAdd([row('second')]);
    const said = { ids: [row('second').id], reason: 'Handed out on paper' };
    const aside = await house.send('POST', '/dead-letters/set-aside', { token: admin, body: said });
    expect(aside.body).toEqual({ setAside: 1 });
    expect(await listed()).toEqual([]);
  });
});
