import { replayEvents } from '../../../domain/evidence/replay.ts';
import { DossierCache } from '../../../functions/runtime/dossier-cache.ts';
import { decide } from '../../../functions/tasks/decide.ts';
import type { Calendar } from '../../../schemas/calendar.ts';
import type { ChainedEvent, EventData } from '../../../schemas/events.ts';
import { ApiHouse, MONDAY, SECRET } from '../../builders/api-house.ts';

const DAY = 86_400_000;
let house: ApiHouse;
let dossier: string;

beforeAll(async () => {
  house = await ApiHouse.open(['test/workflows/fixtures/advice.yaml']);
  const system = { id: 'fire-system', name: 'Fire', units: ['dong-anh'], may: ['decide' as const], secrets: [SECRET] };
  await house.stage.machine.platform.registry.put('system', 'fire-system', system, 0);
  dossier = await atOpinions();
});
afterAll(() => house.close());

/** A dossier whose bodies are asked: the fire office of Đông Anh, and the museum and defence of the coordination unit. */
async function atOpinions(): Promise<string> {
  const token = await house.applicant();
  const documents = [
    { component: 'plan', upload: await house.upload(token) },
    { component: 'secret', upload: await house.upload(token, Buffer.from('%PDF-1.7\nsecret\n%%EOF\n')) },
  ];
  const form = { owner: { name: 'Lan' }, heritage: true, neighbours: [] };
  const { body } = await house.send('POST', '/dossiers', {
    token,
    body: { procedure: 'advice', unit: 'thu-lam', form, documents },
  });
  const id = String(body['id']);
  await house.stage.settle();
  const reception = await house.official('thu-lam-reception', 'reception');
  await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.stage.settle();
  return id;
}

const fire = () => house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
const events = async (id: string): Promise<ChainedEvent[]> =>
  (await house.stage.machine.platform.store.events(id)).map(({ event, hash, jws }) => ({ event, hash, jws }));

describe('a consultation that stood still', () => {
  it('asks, when it is resumed, whom it could not ask before', async () => {
    const id = await atOpinions();
    const { platform, catalogue } = house.stage.machine;
    const unit = (await platform.registry.get('unit', 'coordination')) ?? undefined;
    if (!unit) throw new Error('expected the coordination unit');
    const defence = { outcome: 'agreed', attachments: [], missing: [] };
    const coordinator = {
      by: { kind: 'official', id: 'coordinator', unit: 'coordination', role: 'coordinator', assurance: 'login' },
      subject: 'coordinator',
    } as const;
    expect(await decide(platform, catalogue, `${id}.opinions.1.part.defence`, coordinator, defence)).toMatchObject({
      ok: true,
    });
    // The museum, which is asked after the fire office, is of a unit that the registry does not have just now.
    await platform.registry.remove('unit', 'coordination');
    const agrees = { outcome: 'agreed', form: { storeys: 2 } };
    await house.send('POST', `/tasks/${id}.opinions.1.part.fire/decision`, { token: await fire(), body: agrees });
    await house.stage.settle();
    const admin = await house.admin();
    const read = async () => (await house.send('GET', `/dossiers/${id}`, { token: admin })).body;
    expect(await read()).toMatchObject({ status: { business: 'parked' }, stage: 'opinions', tasks: [] });
    await platform.registry.put('unit', 'coordination', unit.record, 0);
    expect((await house.send('POST', `/dossiers/${id}/resume`, { token: admin, body: {} })).status).toBe(200);
    await house.stage.settle();
    expect(await read()).toMatchObject({
      status: { business: 'processing' },
      stage: 'opinions',
      tasks: [{ id: `${id}.opinions.1.part.museum` }],
    });
    expect(replayEvents(await events(id))).toMatchObject({ ok: true });
  });
});

describe('a body that is consulted', () => {
  it('is refused the dossier, and gets its task with the documents that are for it', async () => {
    const token = await fire();
    expect((await house.send('GET', `/dossiers/${dossier}`, { token })).status).toBe(403);
    const { body } = await house.send('GET', `/tasks/${dossier}.opinions.1.part.fire`, { token });
    expect(body).toMatchObject({
      due: '2026-12-01',
      asked: { part: 'fire', silence: 'agrees', documents: [{ component: 'plan' }] },
    });
    const { documents } = body['asked'] as { documents: { sha256: string }[] };
    expect(
      (await house.send('GET', `/dossiers/${dossier}/documents/${documents[0]?.sha256 ?? ''}`, { token })).status,
    ).toBe(303);
    const loaded = await house.stage.machine.platform.cache.load(
      dossier,
      house.stage.machine.platform.store,
      house.stage.machine.platform.masterKey,
    );
    const secret = loaded?.dossier.documents.find(({ component }) => component === 'secret')?.sha256 ?? '';
    expect((await house.send('GET', `/dossiers/${dossier}/documents/${secret}`, { token })).status).toBe(403);
  });

  it('answers by the signed webhook of its system, in the name of its official', async () => {
    const id = await atOpinions();
    const task = `${id}.opinions.1.part.fire`;
    const message = { task, official: 'dong-anh-officer-1', outcome: 'agreed', form: { storeys: 2 } };
    const refused = await house.webhook('/webhooks/decisions', { system: 'ward-system', ...message }, { id: 'msg_a' });
    expect(refused.body).toMatchObject({ type: 'urn:onetrack:problem:wrong-unit' });
    const weak = await house.webhook('/webhooks/decisions', { system: 'fire-system', ...message }, { id: 'msg_b' });
    expect(weak.body).toMatchObject({ type: 'urn:onetrack:problem:assurance-too-low' });
    const assertion = await fire();
    const done = await house.webhook(
      '/webhooks/decisions',
      { system: 'fire-system', ...message, assertion },
      { id: 'msg_c' },
    );
    expect(done).toMatchObject({ status: 200, body: { stage: 'opinions' } });
    await house.stage.settle();
    const coordinator = { token: await house.official('coordinator', 'coordinator', 'coordination') };
    const museum = await house.send('POST', `/tasks/${id}.opinions.1.part.museum/decision`, {
      ...coordinator,
      body: { outcome: 'agreed' },
    });
    expect(museum.body).toMatchObject({ stage: 'opinions' });
    const { body } = await house.send('GET', `/dossiers/${id}/opinions`, { token: await house.applicant() });
    expect(body['items']).toMatchObject([
      { part: 'fire', counts: 'agreed', bySilence: false, until: '2026-12-01T10:00:00.000Z' },
      { part: 'defence', counts: 'awaited' },
      { part: 'museum', counts: 'agreed' },
    ]);
  });

  it('is told that what it says after its term has no effect, be the sweep by or not', async () => {
    const id = await atOpinions();
    const { platform, catalogue } = house.stage.machine;
    const later = { ...platform, cache: new DossierCache(1), clock: { now: () => MONDAY + 20 * DAY } };
    const by = {
      kind: 'official' as const,
      id: 'dong-anh-officer-1',
      unit: 'dong-anh',
      role: 'case-officer',
      assurance: 'login' as const,
    };
    const said = { outcome: 'opposed', comment: 'Đường hẹp', attachments: [], missing: [] };
    const answered = await decide(later, catalogue, `${id}.opinions.1.part.fire`, { by, subject: by.id }, said);
    expect(answered).toMatchObject({ ok: true, dossier: { stage: 'opinions' } });
    const recorded = (await events(id)).slice(-4).map(({ event }) => [event.type, event.actor.kind]);
    expect(recorded).toEqual([
      ['OpinionLapsed', 'platform'], // the fire office's
      ['OpinionLapsed', 'platform'], // and the defence's, which is waited for
      ['LateOpinionKept', 'official'],
      ['TaskOpened', 'platform'],
    ]);
    const again = await decide(later, catalogue, `${id}.opinions.1.part.fire`, { by, subject: by.id }, said);
    expect(again).toMatchObject({ ok: false, refusal: { code: 'task-closed' } });
    platform.cache.forget(id);
    const { body } = await house.send('GET', `/dossiers/${id}/opinions`, { token: await house.applicant() });
    expect(body['items']).toMatchObject([
      { part: 'fire', counts: 'agreed', bySilence: true, late: { outcome: 'opposed' } },
      { part: 'defence', counts: 'awaited', bySilence: true },
      { part: 'museum', counts: 'awaited', bySilence: false },
    ]);
  });

  it('is added by hand with a question in writing, a term if it is not waited for, and no meaning to its silence', async () => {
    const token = await house.official('thu-lam-chair', 'chairperson');
    const ask = (body: unknown) => house.send('POST', `/dossiers/${dossier}/opinions`, { token, body });
    expect((await ask({ unit: 'dong-anh', question: 'Vì sao?', silence: 'agrees' })).status).toBe(400);
    expect((await ask({ unit: 'dong-anh', question: 'Vì sao?', silence: 'ignored' })).body).toMatchObject({
      errors: [{ at: '/within' }],
    });
    expect((await ask({ unit: 'dong-anh', question: 'Vì sao?', gets: ['map'] })).body).toMatchObject({
      type: 'urn:onetrack:problem:document-not-accepted',
    });
    expect((await ask({ unit: 'thu-lam', question: 'Vì sao?', gets: ['plan'] })).status).toBe(200);
    const officer = await house.official('thu-lam-officer-1', 'case-officer');
    const { body } = await house.send('GET', `/tasks/${dossier}.opinions.1.part.added1`, { token: officer });
    expect(body).toMatchObject({ asked: { question: 'Vì sao?', silence: 'waits' } });
  });
});

describe('a record of opinions', () => {
  const changed = async (type: string, change: (event: ChainedEvent['event']) => void): Promise<unknown> => {
    const all = structuredClone(await events(dossier));
    const found = all.find(({ event }) => event.type === type);
    if (!found) throw new Error(`expected an event ${type}`);
    change(found.event);
    const replayed = replayEvents(all);
    return replayed.ok ? 'holds' : replayed.fault.expected;
  };

  beforeAll(async () => {
    await house.stage.passUntil(MONDAY + 16 * DAY);
    const token = await fire();
    const late = await house.send('POST', `/tasks/${dossier}.opinions.1.part.fire/decision`, {
      token,
      body: { outcome: 'opposed', comment: 'Đường hẹp', form: { storeys: 2 } },
    });
    expect(late.body).toMatchObject({ late: true, stage: 'opinions' });
  });

  it('is refused where silence means something else, came early, or speaks for whom it has answered', async () => {
    await expect(changed('OpinionLapsed', () => undefined)).resolves.toBe('holds');
    await expect(changed('OpinionLapsed', ({ data }) => (data['counts'] = 'opposed'))).resolves.toBe(
      'silence that counts as agreed',
    );
    await expect(changed('OpinionLapsed', (event) => (event.at = '2026-11-30T00:00:00.000Z'))).resolves.toMatch(
      /^a term until/,
    );
    await expect(changed('OpinionLapsed', ({ data }) => (data['visit'] = 2))).resolves.toBe(
      'an opinion that was asked for',
    );
  });

  it('is refused where what came late is of another unit, or a body was added by another', async () => {
    await expect(changed('LateOpinionKept', ({ actor }) => Object.assign(actor, { unit: 'thu-lam' }))).resolves.toMatch(
      /^expected unit dong-anh/,
    );
    await expect(changed('TaskOpened', ({ actor }) => Object.assign(actor, { unit: 'dong-anh' }))).resolves.toBe(
      'an official of the unit that decides',
    );
  });

  it('is refused where the stage was left while an answer is missing', async () => {
    const all = structuredClone(await events(dossier));
    const last = all.at(-1);
    if (!last) throw new Error('expected events');
    const left = { run: 1, stage: 'opinions', visit: 1, outcome: 'agreed', next: 'decide', by: 'platform' };
    const event = { ...last.event, seq: all.length + 1, type: 'StageLeft', data: left };
    delete event.secret;
    expect(replayEvents([...all, { ...last, event }])).toMatchObject({
      ok: false,
      fault: { expected: 'outcome none while an answer is missing' },
    });
  });
});

describe('the term of a body', () => {
  it('ends a working day later when a day in it becomes a day off', async () => {
    const id = await atOpinions();
    const task = `${id}.opinions.1.part.fire`;
    const dueOf = async () => String((await house.send('GET', `/tasks/${task}`, { token: await fire() })).body['due']);
    const was = await dueOf();
    const calendar = (await house.send('GET', '/calendars/vn')).body as unknown as Calendar;
    const mourning: Calendar['days'][number] = {
      date: was,
      kind: 'off',
      name: { en: 'A day of mourning' },
      legalBasis: { en: 'Decision 1/QĐ-TTg' },
      source: 'a test',
      verified: 'memory',
    };
    const body: Calendar = {
      ...calendar,
      version: '1.1.0',
      amends: { reason: { en: 'Decided late' }, promises: 'keep' },
      days: [...calendar.days, mourning].toSorted((a, b) => (a.date < b.date ? -1 : 1)),
    };
    const token = await house.admin();
    expect((await house.send('PUT', '/calendars/vn/versions/1.1.0', { token, body })).status).toBe(200);
    await house.stage.settle();
    const record = await events(id);
    const moved = record.map(({ event }) => event).filter((event) => event.type === 'TermRecomputed');
    const data = moved.map((event) => event.data as EventData<'TermRecomputed'>).find((each) => each.task === task);
    if (!data) throw new Error('expected the term of the fire office to move');
    expect(data).toMatchObject({ before: expect.stringContaining(was) as string, calendar: 'vn@1.1.0' });
    expect(data.due > was).toBe(true);
    expect(await dueOf()).toBe(data.due);
    expect(replayEvents(record)).toMatchObject({ ok: true });
    const timers = await house.stage.machine.platform.store.timersDue(Date.parse(data.until), 100);
    expect(timers.find((timer) => timer.dossier === id && timer.id === 'opinions.1.part.fire')).toMatchObject({
      kind: 'silence',
      at: Date.parse(data.until),
    });
  });
});
