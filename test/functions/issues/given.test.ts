import { replayEvents } from '../../../domain/evidence/replay.ts';
import { doWork } from '../../../functions/issues/work.ts';
import type { ChainedEvent } from '../../../schemas/events.ts';
import { ApiHouse } from '../../builders/api-house.ts';
import { ConsoleHouse, MAI, type Person } from '../../builders/console-house.ts';
import { Letters } from '../../builders/letters.ts';

const INSURER: Person = { subject: 'bhxh-dong-anh-officer', office: { unit: 'bhxh-dong-anh', role: 'case-officer' } };
let pages: ConsoleHouse;
let house: ApiHouse;
let letters: Letters;
let insurer: string;

beforeAll(async () => {
  const names = ['given', 'given-end', 'given-nowhere'];
  pages = await ConsoleHouse.open(names.map((name) => `test/functions/issues/${name}.yaml`));
  house = pages.api;
  letters = new Letters(house, 'given');
  insurer = await house.official(INSURER.subject, 'case-officer', 'bhxh-dong-anh');
});
afterAll(() => pages.close());

describe('a paper that goes to another unit', () => {
  it('is theirs to read and to acknowledge once it has left the house, and nothing else of the dossier', async () => {
    expect(await letters.types(await letters.received())).not.toContain('PaperGiven');
    const id = await letters.sealed();
    const letter = await letters.letter(id);
    const { body } = await house.send('GET', `/tasks/${id}.incoming.1`, { token: insurer });
    expect(body).toMatchObject({
      unit: 'bhxh-dong-anh',
      role: 'case-officer',
      kind: 'incoming',
      readable: false,
      incoming: {
        issue: 'letter',
        sha256: letter,
        from: 'thu-lam',
        number: expect.stringMatching(/\/CV-/),
        affected: [],
      },
    });
    expect(body).not.toHaveProperty('label');
    expect(await house.send('GET', `/dossiers/${id}/documents/${letter}`, { token: insurer })).toMatchObject({
      status: 303,
    });
    expect(await house.send('GET', `/dossiers/${id}`, { token: insurer })).toMatchObject({ status: 403 });
    const stranger = await house.official('so-xay-dung-officer', 'case-officer', 'so-xay-dung');
    expect(await house.send('GET', `/dossiers/${id}/documents/${letter}`, { token: stranger })).toMatchObject({
      status: 403,
    });
    await letters.done(insurer, `${id}.incoming.1`, { outcome: 'acknowledged' });
    expect(await letters.decide(insurer, `${id}.incoming.1`, { outcome: 'acknowledged' })).toMatchObject({
      status: 409,
    });
    expect(await house.send('GET', `/dossiers/${id}/documents/${letter}`, { token: insurer })).toMatchObject({
      status: 303,
    });
    const events = await letters.stored(id);
    expect(replayEvents(events)).toMatchObject({ ok: true });
    expect(await letters.verified(id)).toMatchObject({
      sent: [expect.stringMatching(/^went to bhxh-dong-anh at .*, acknowledged at /)],
    });
  });

  it('is told to the applicant: to whom it went, and who opened it', async () => {
    const id = await letters.sealed();
    await house.send('GET', `/dossiers/${id}/documents/${await letters.letter(id)}`, { token: insurer });
    const { body } = await house.send('GET', '/uses', { token: await house.applicant('mai') });
    const items = body['items'] as { dossier: string; uses: object[]; reads: object[] }[];
    const told = items.find(({ dossier }) => dossier === id);
    expect(told?.uses).toMatchObject([{ kind: 'unit', unit: 'bhxh-dong-anh', issue: 'letter', stage: 'sign' }]);
    expect(told?.reads).toMatchObject([{ official: INSURER.subject, unit: 'bhxh-dong-anh', what: 'documents' }]);
    const shown = (await pages.get(`/console/mine/${id}/uses`, MAI)).text;
    expect(shown).toContain('Was given a paper: Letter');
  });

  it('is told to the systems of that unit, and no other event of the dossier', async () => {
    const id = await letters.sealed();
    const { registry } = house.stage.machine.platform;
    const system = { name: 'Insurer', units: ['bhxh-dong-anh'], may: [], secrets: [] };
    await registry.put('system', 'insurer', { id: 'insurer', ...system }, 0);
    const token = await house.system('insurer', 'events.read');
    const { body } = await house.send('GET', '/events?limit=200', { token });
    const told = (body['items'] as { subject: string; type: string }[]).filter(({ subject }) => subject === id);
    expect(told.map(({ type }) => type)).toEqual(['org.onetrack.PaperGiven.v1']);
  });

  it('goes there once, however often it is asked for, and says so when it was recalled', async () => {
    const id = await letters.sealed();
    await Promise.all([letters.lookAgain(id), letters.lookAgain(id)]);
    expect((await letters.types(id)).filter((type) => type === 'PaperGiven')).toHaveLength(1);
    await letters.sealed('given-end', id);
    const { body } = await house.send('GET', `/tasks/${id}.incoming.1`, { token: insurer });
    expect(body).toMatchObject({ status: 'open', incoming: { affected: [{ effect: 'recalls' }] } });
  });

  it('is told by work of its own that it was recalled, once, and acknowledged again', async () => {
    const id = await letters.sealed();
    const letter = await letters.letter(id);
    await letters.done(insurer, `${id}.incoming.1`, { outcome: 'acknowledged' });
    const recalling = await letters.sealed('given-end', id);
    await Promise.all([letters.lookAgain(id), letters.lookAgain(id)]);
    expect((await letters.types(id)).filter((type) => type === 'PaperEffectTold')).toHaveLength(1);
    const [first, told] = await Promise.all(
      [1, 2].map(async (visit) => (await house.send('GET', `/tasks/${id}.incoming.${visit}`, { token: insurer })).body),
    );
    expect(told).toMatchObject({
      unit: 'bhxh-dong-anh',
      role: 'case-officer',
      kind: 'incoming',
      status: 'open',
      incoming: {
        issue: 'letter',
        sha256: letter,
        number: (first?.['incoming'] as { number: string }).number,
        touched: { effect: 'recalls', by: expect.stringMatching(/\/QD-/) },
      },
    });
    expect(first?.['incoming']).not.toHaveProperty('touched');
    const at = `/console/tasks/${id}.incoming.2`;
    const shown = await pages.get(at, INSURER);
    expect(shown.text).toContain('What became of it');
    expect(shown.text).toMatch(/a notice recalls it by \S+\/QD-/);
    expect(shown.text).toContain('Your unit is told');
    await letters.done(insurer, `${id}.incoming.2`, { outcome: 'acknowledged' });
    expect(await letters.decide(insurer, `${id}.incoming.2`, { outcome: 'acknowledged' })).toMatchObject({
      status: 409,
    });
    expect(await letters.types(id)).toEqual(expect.arrayContaining(['PaperEffectTold', 'PaperAcknowledged']));
    expect(replayEvents(await letters.stored(id))).toMatchObject({ ok: true });
    expect(await letters.verified(id)).toMatchObject({
      sent: [
        expect.stringMatching(/^went to bhxh-dong-anh at .*, acknowledged at /),
        expect.stringMatching(
          new RegExp(`^bhxh-dong-anh was told at .* that ${recalling} recalls it, acknowledged at `),
        ),
      ],
    });
    const history = (await pages.get(`/console/mine/${id}`, MAI)).text;
    expect(history).toContain('was told what became of Letter: a notice recalls it.');
  });

  it('tells the systems of the unit what became of it, also where nobody has acknowledged it', async () => {
    const id = await letters.sealed();
    await letters.sealed('given-end', id);
    const token = await house.system('insurer', 'events.read');
    const { body } = await house.send('GET', '/events?limit=200', { token });
    const told = (body['items'] as { subject: string; type: string }[]).filter(({ subject }) => subject === id);
    expect(told.map(({ type }) => type)).toEqual(['org.onetrack.PaperGiven.v1', 'org.onetrack.PaperEffectTold.v1']);
  });

  it('waits for a unit that cannot be found, while the others have theirs', async () => {
    const id = await letters.sealed('given-nowhere');
    expect(await letters.read(id)).toMatchObject({
      result: 'granted',
      issues: { letter: { given: ['bhxh-dong-anh'] } },
    });
    const { platform, catalogue } = house.stage.machine;
    const [row] = await platform.store.outboxByGroup(`${id}:outgoing`);
    expect(row?.error).toContain('ministry');
    const admin = await house.admin();
    const { body } = await house.send('GET', '/units/so-xay-dung', { token: admin });
    const { revision: _, ...unit } = body;
    const put = await house.send('PUT', '/units/ministry', {
      token: admin,
      body: { ...unit, id: 'ministry', name: 'Bộ' },
    });
    expect(put.status).toBeLessThan(300);
    await doWork(platform, catalogue, row!);
    expect(await letters.read(id)).toMatchObject({ issues: { letter: { given: ['bhxh-dong-anh', 'ministry'] } } });
  });
});

describe('a forged record of a paper that went to another unit', () => {
  type Plain = ChainedEvent['event'];
  const change = (data: object) => (event: Plain) => ({ ...event, data: { ...event.data, ...data } });
  it.each<[string, string, (event: Plain) => Plain]>([
    ['gives it to a unit that its seal does not name', 'PaperGiven', change({ to: 'so-xay-dung' })],
    ['gives another copy', 'PaperGiven', change({ copy: 2 })],
    ['says that it was made elsewhere', 'PaperGiven', change({ stage: 'receive' })],
    ['is given by an official', 'PaperGiven', (event) => ({ ...event, actor: { kind: 'agency', system: 'x' } })],
    ['is acknowledged by the platform', 'PaperAcknowledged', (event) => ({ ...event, actor: { kind: 'platform' } })],
    ['is acknowledged by work for another paper', 'PaperAcknowledged', change({ issue: 'other' })],
  ])('is found where it %s', async (_, type, forge) => {
    const id = await letters.sealed();
    await letters.done(insurer, `${id}.incoming.1`, { outcome: 'acknowledged' });
    const stored = await letters.stored(id);
    const forged = stored.map((each) => (each.event.type === type ? { ...each, event: forge(each.event) } : each));
    expect(replayEvents(forged)).toMatchObject({ ok: false });
  });
});

describe('a forged record of what a unit was told', () => {
  type Plain = ChainedEvent['event'];
  const change = (data: object) => (event: Plain) => ({ ...event, data: { ...event.data, ...data } });
  let recalled: ChainedEvent[];
  beforeAll(async () => {
    const id = await letters.sealed();
    await letters.sealed('given-end', id);
    recalled = await letters.stored(id);
    expect(replayEvents(recalled)).toMatchObject({ ok: true });
  });
  it.each<[string, (event: Plain) => Plain]>([
    ['tells a unit that has no paper', change({ to: 'so-xay-dung' })],
    ['tells of another copy', change({ copy: 2 })],
    ['tells of an effect that there was not', change({ effect: 'corrects' })],
    ['tells of another result', change({ by: 'd00000000000000000000000000' })],
    ['is told by an official', (event) => ({ ...event, actor: { kind: 'agency', system: 'x' } })],
    ['opens other work', change({ visit: 7 })],
  ])('is found where it %s', (_, forge) => {
    const forged = recalled.map((each) =>
      each.event.type === 'PaperEffectTold' ? { ...each, event: forge(each.event) } : each,
    );
    expect(replayEvents(forged)).toMatchObject({ ok: false });
  });
});

it('stands on the pages of the unit that has it, which sees the paper alone, and of the applicant', async () => {
  const id = await letters.sealed();
  const at = `/console/tasks/${id}.incoming.1`;
  expect((await pages.get('/console/tasks', INSURER)).text).toContain('A paper of another authority');
  const shown = await pages.get(at, INSURER);
  expect(shown.text).toContain('Open Letter');
  expect(shown.text).toContain('Acknowledge receipt');
  expect(shown.text).toContain('You see the paper that came to yours, and nothing else of it.');
  expect(shown.text).not.toContain('Nguyễn Thị Mai');
  const checked = await pages.post(`${at}/decision`, INSURER, { outcome: 'acknowledged', step: 'check' });
  const once = /name="once" value="([^"]+)"/.exec(checked.text)?.[1] ?? '';
  expect(await pages.post(`${at}/decision`, INSURER, { outcome: 'acknowledged', once, step: 'confirm' })).toMatchObject(
    { status: 200 },
  );
  const mine = (await pages.get(`/console/mine/${id}`, MAI)).text;
  expect(mine).toMatch(/Letter went to .*Đông Anh/);
  expect(mine).toMatch(/has received Letter/);
});

describe('after a reorganisation', () => {
  let own: ApiHouse;
  beforeAll(async () => {
    own = await ApiHouse.open(['given', 'given-end'].map((name) => `test/functions/issues/${name}.yaml`));
  });
  afterAll(() => own.close());

  /** New units that take over from one, a few days from now. */
  async function handedOn(from: string, to: readonly string[]): Promise<void> {
    const token = await own.admin();
    const at = new Date(own.stage.machine.platform.clock.now() + 2 * 86_400_000).toISOString();
    const { revision: _, ...unit } = (await own.send('GET', `/units/${from}`, { token })).body;
    for (const id of to) {
      const body = { ...unit, id, name: id, identifier: id, from: at };
      expect((await own.send('PUT', `/units/${id}`, { token, body })).status).toBeLessThan(300);
    }
    const body = { id: `end-of-${from}`, at, legalBasis: 'Nghị quyết 1', moves: [{ from, to }] };
    expect(await own.send('POST', '/reorganisations', { token, body })).toMatchObject({ status: 201 });
    await own.stage.passUntil(Date.parse(at) + 3_600_000);
  }

  it('tells the unit that took over from the one that had the paper; where several did, it waits and says whom', async () => {
    const given = new Letters(own, 'given');
    const [first, second] = [await given.sealed(), await given.sealed()];
    const officer = await own.official(INSURER.subject, 'case-officer', 'bhxh-dong-anh');
    await given.done(officer, `${second}.incoming.1`, { outcome: 'acknowledged' });
    await handedOn('bhxh-dong-anh', ['bhxh-moi']);
    await given.sealed('given-end', first);
    const { platform } = own.stage.machine;
    const dossierOf = async (id: string) =>
      (await platform.cache.load(id, platform.store, platform.masterKey))?.dossier;
    expect((await dossierOf(first))?.tasks[`${first}.incoming.2`]).toMatchObject({ unit: 'bhxh-moi' });
    await handedOn('bhxh-moi', ['bhxh-mot', 'bhxh-hai']);
    await given.sealed('given-end', second);
    expect(await given.types(second)).not.toContain('PaperEffectTold');
    const [row] = await platform.store.outboxByGroup(`${second}:outgoing`);
    expect(row?.error).toContain('bhxh-dong-anh');
    for (const id of [first, second]) expect(replayEvents(await given.stored(id))).toMatchObject({ ok: true });
  });
});
