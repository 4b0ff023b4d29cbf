import { replayEvents } from '../../../domain/evidence/replay.ts';
import type { Official } from '../../../schemas/organisation.ts';
import { ApiHouse, FORM } from '../../builders/api-house.ts';

let house: ApiHouse;
let reception: string;
/** The same official, as a citizen. */
let himself: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  reception = await house.official('thu-lam-reception', 'reception');
  himself = await house.applicant('thu-lam-reception');
});
afterAll(() => house.close());

const read = (path: string, token = himself) => house.send('GET', path, { token });

async function takenIn(token = reception, more: object = {}) {
  const documents = [{ component: 'portrait', upload: await house.upload(token) }];
  const sent = { procedure: 'library-card', unit: 'thu-lam', channel: 'counter', form: FORM, documents, ...more };
  const made = await house.send('POST', '/dossiers', { token, body: sent });
  await house.stage.settle();
  return made;
}

async function appoint(change: (before: Official['appointments']) => Official['appointments']) {
  const { registry } = house.stage.machine.platform;
  const known = await registry.get('official', 'thu-lam-reception');
  if (!known) throw new Error('expected the official');
  const { record, revision } = known;
  await registry.put('official', record.id, { ...record, appointments: change(record.appointments) }, revision);
}

describe('what an official took in for nobody in particular', () => {
  it('does not exist for him as a citizen: not to read, rate, withdraw, nor in any list', async () => {
    const { body } = await takenIn();
    const id = String(body['id']);
    const { documents } = (await read(`/dossiers/${id}`, reception)).body;
    const [{ sha256 }] = documents as [{ sha256: string }];
    for (const path of ['', '/events', '/uses', '/reads', '/evidence', '/deadline', `/documents/${sha256}`])
      expect({ path, status: (await read(`/dossiers/${id}${path}`)).status }).toEqual({ path, status: 404 });
    for (const [path, said] of [
      ['rating', { score: 5, comment: 'wonderful' }],
      ['withdrawal', { reason: 'no' }],
      ['supplements', { documents: [] }],
    ] as const)
      expect((await house.send('POST', `/dossiers/${id}/${path}`, { token: himself, body: said })).status).toBe(404);
    const reference = String(body['reference']);
    for (const path of ['/dossiers', `/dossiers?reference=${reference}`, '/uses', '/tasks', '/papers'])
      expect({ path, items: (await read(path)).body['items'] }).toEqual({ path, items: [] });
  });

  it('does not ask him for what is missing', async () => {
    const id = String((await takenIn()).body['id']);
    const said = { outcome: 'incomplete', missing: ['portrait'], comment: 'unreadable' };
    const task = `${id}.receive.1`;
    expect((await house.send('POST', `/tasks/${task}/decision`, { token: reception, body: said })).status).toBe(200);
    await house.stage.settle();
    const asked = await house.stage.machine.platform.store.openTasksOf(id);
    expect(asked).toMatchObject([{ party: 'applicant' }]);
    expect((await read('/tasks')).body['items']).toEqual([]);
    expect((await read(`/tasks/${asked[0]?.id ?? ''}`)).status).toBe(404);
  });

  it('is completed and withdrawn at the counter by the office that received it, and by no other', async () => {
    const id = String((await takenIn()).body['id']);
    const post = (path: string, token: string, body: object) => house.send('POST', path, { token, body });
    const said = { outcome: 'incomplete', missing: ['portrait'], comment: 'unreadable' };
    expect((await post(`/tasks/${id}.receive.1/decision`, reception, said)).status).toBe(200);
    await house.stage.settle();
    const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    const brought = async (token: string) => ({
      documents: [{ component: 'portrait', upload: await house.upload(token), how: 'scan' }],
    });
    const typeOf = async (answer: ReturnType<typeof post>) =>
      String((await answer).body['type'])
        .split(':')
        .at(-1);
    expect(await typeOf(post(`/dossiers/${id}/supplements`, officer, await brought(officer)))).toBe('wrong-role');
    // What the official has as a citizen is not the applicant's.
    const from = { dossier: id, document: '0'.repeat(64) };
    const named = { documents: [{ component: 'portrait', from, how: 'scan' }] };
    const { body: own } = await post(`/dossiers/${id}/supplements`, reception, named);
    expect(own['errors']).toMatchObject([{ expected: expect.stringContaining('only the holder himself') as string }]);
    const completed = await post(`/dossiers/${id}/supplements`, reception, await brought(reception));
    expect(completed.status).toBe(200);
    await house.stage.settle();
    expect((await read(`/dossiers/${id}`, reception)).body['stage']).toBe('receive');
    expect((await post(`/dossiers/${id}/withdrawal`, reception, { reason: 'moved away' })).status).toBe(200);
    const online = await house.submitted(await house.applicant());
    expect(await typeOf(post(`/dossiers/${online}/withdrawal`, reception, { reason: 'no' }))).toBe('not-entitled');
  });

  it('leaves what he hands in for himself, and what he took in for somebody, with whom it is', async () => {
    const own = await house.submitted(himself);
    const { body } = await takenIn(reception, { applicant: { subject: 'binh' } });
    const ids = async (token: string) =>
      ((await read('/dossiers', token)).body['items'] as { id: string }[]).map(({ id }) => id);
    expect(await ids(himself)).toEqual([own]);
    expect(await ids(await house.applicant('binh'))).toEqual([body['id']]);
    expect((await read(`/dossiers/${own}`)).status).toBe(200);
  });

  it('is not his to read after he left the office', async () => {
    const id = String((await takenIn()).body['id']);
    await appoint((before) => before.map((each) => ({ ...each, until: '2026-11-17' })));
    await house.stage.passUntil(house.stage.now + 5 * 86_400_000);
    expect((await read(`/dossiers/${id}`, await house.official('thu-lam-reception', 'reception'))).status).toBe(403);
    expect((await read(`/dossiers/${id}`)).status).toBe(404);
    expect((await read(`/dossiers/${id}/reads`, await house.admin())).body['items']).toEqual([]);
  });
});

describe('whom an applicant is', () => {
  it('is said by an official in his office and by no helper, and no record may say otherwise', async () => {
    await appoint((before) => [...before, { unit: 'thu-lam', role: 'helper', from: '2026-01-01', title: 'Helper' }]);
    const helper = await house.official('thu-lam-reception', 'helper', 'thu-lam');
    const { status, body } = await takenIn(helper, { applicant: { subject: 'binh' } });
    expect({ status, body }).toMatchObject({
      status: 403,
      body: { type: 'urn:onetrack:problem:not-entitled', detail: expect.stringContaining('helper') as string },
    });
    const taken = await takenIn(helper);
    expect(taken.status).toBe(201);
    const stored = await house.stage.machine.platform.store.events(String(taken.body['id']));
    const [first, ...rest] = stored.map(({ event, hash, jws }) => ({ event, hash, jws }));
    if (!first) throw new Error('expected a submission');
    const saying = (role: string) => {
      const identifiedBy = { official: 'thu-lam-reception', unit: 'thu-lam', role };
      const event = { ...first.event, data: { ...first.event.data, identifiedBy } };
      return replayEvents([{ ...first, event }, ...rest]);
    };
    expect(saying('reception')).toMatchObject({ ok: true });
    expect(saying('helper')).toMatchObject({ ok: false, fault: { seq: 1, fault: 'illegal-event' } });
  });
});
