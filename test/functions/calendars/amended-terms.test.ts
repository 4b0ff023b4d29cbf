import { SqliteCursors } from '../../../adapters/local/sqlite-cursors.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import type { Mail } from '../../../domain/ports/notifier.ts';
import { openCalendar } from '../../../domain/time/working-calendar.ts';
import { followAmendments } from '../../../functions/calendars/follow-amendments.ts';
import { calendarVersions, putCalendar } from '../../../functions/calendars/put-calendar.ts';
import type { OneMachine } from '../../../embedded/one-machine.ts';
import type { Calendar } from '../../../schemas/calendar.ts';
import type { DossierEvent, EventData } from '../../../schemas/events.ts';
import { ApiHouse } from '../../builders/api-house.ts';
import { FAMILY, type Family, FamilyHouse, MEMBER } from '../../builders/family.ts';
import { watchMails } from '../../builders/watch-mails.ts';

const DAY = 86_400_000;

/** Lets these days be days off from now on, by the next version of the calendar. */
async function dayOff({ platform: { registry } }: OneMachine, ...dates: string[]): Promise<void> {
  const [calendar] = await calendarVersions(registry, 'vn');
  if (!calendar) throw new Error('expected a calendar');
  const days = dates.map((date): Calendar['days'][number] => ({
    date,
    kind: 'off',
    name: { en: 'A day of mourning' },
    legalBasis: { en: 'Decision 1/QĐ-TTg' },
    source: 'a test',
    verified: 'memory',
  }));
  const kept = await putCalendar(registry, {
    ...calendar,
    version: calendar.version.replace(/^1\.(\d+)/, (_, minor: string) => `1.${Number(minor) + 1}`),
    amends: { reason: { en: 'Decided late' }, promises: 'keep' },
    days: [...calendar.days, ...days].toSorted((a, b) => (a.date < b.date ? -1 : 1)),
  });
  if (!kept.ok) throw new Error(kept.refusal.detail);
  // A calendar opens: what is put is what a clock can count by.
  openCalendar(kept.calendar);
}

async function eventsOf({ platform }: OneMachine, id: string): Promise<DossierEvent[]> {
  return (await platform.store.events(id)).map(({ event }) => event as DossierEvent);
}

async function movedOf(machine: OneMachine, id: string): Promise<EventData<'TermRecomputed'>[]> {
  return (await eventsOf(machine, id)).flatMap((event) => (event.type === 'TermRecomputed' ? [event.data] : []));
}

const holds = async ({ platform }: OneMachine, id: string) => replayEvents(await platform.store.events(id)).ok;
const timersOf = async ({ platform }: OneMachine, id: string, until: string) =>
  (await platform.store.timersDue(Date.parse(until), 500)).filter(({ dossier }) => dossier === id);
const local = (instant: string): string => new Date(Date.parse(instant) + 7 * 3_600_000).toISOString().slice(0, 10);

describe('the terms of stages, after a working day in them became a day off', () => {
  let house: ApiHouse;
  let mails: Mail[];
  beforeEach(async () => {
    house = await ApiHouse.open([
      'test/workflows/fixtures/advice.yaml',
      'test/workflows/fixtures/charge.yaml',
      'test/functions/calendars/posting.yaml',
    ]);
    const { platform } = house.stage.machine;
    mails = watchMails(platform);
  });
  afterEach(() => house.close());

  /** A dossier that reception has accepted. */
  async function accepted(procedure: string, form: object, components: readonly string[] = []): Promise<string> {
    const token = await house.applicant();
    const documents = await Promise.all(
      components.map(async (component) => {
        const content = Buffer.from(`%PDF-1.7\n${component}\n%%EOF\n`);
        return { component, upload: await house.upload(token, content) };
      }),
    );
    const contact = { email: 'ngoc@example.org', language: 'en' };
    const body = { procedure, unit: 'thu-lam', form, documents, contact };
    const { status, body: made } = await house.send('POST', '/dossiers', { token, body });
    expect(status).toBe(201);
    await house.stage.settle();
    await house.accepted(String(made['id']));
    return String(made['id']);
  }
  const adviceWith = (neighbours: number) =>
    accepted(
      'advice',
      {
        owner: { name: 'Lan' },
        heritage: false,
        neighbours: Array.from({ length: neighbours }, () => ({ unit: 'dong-anh' })),
      },
      ['plan'],
    );

  it('gives whoever has to pay a working day more, and tells him; the order lapses on the new day', async () => {
    const id = await accepted('charge', { owner: { name: 'Lan' }, pages: 5 });
    const { machine } = house.stage;
    await dayOff(machine, '2026-11-18');
    await house.stage.settle();
    const [moved, ...more] = await movedOf(machine, id);
    if (!moved) throw new Error('expected another term');
    expect(more).toEqual([]);
    expect(moved).toMatchObject({ stage: 'payCharge', due: '2026-11-25' });
    expect(local(moved.before)).toBe('2026-11-23');
    expect(mails.at(-1)?.text).toContain('Decided late');
    const stageOf = async () =>
      (await house.send('GET', `/dossiers/${id}`, { token: await house.applicant() })).body['stage'];
    await house.stage.passUntil(Date.parse(moved.until) - 1000);
    expect(await stageOf()).toBe('payCharge');
    await house.stage.passUntil(Date.parse(moved.until));
    expect(await stageOf()).toBeNull();
    expect((await eventsOf(machine, id)).find(({ type }) => type === 'DossierSettled')?.data).toMatchObject({
      result: 'stopped',
    });
    expect(await holds(machine, id)).toBe(true);
  });

  it('lets a stage that waits wait a working day more; nobody was told how long, so nobody is told', async () => {
    const id = await accepted('posting', { applicant: { name: 'Lan' } });
    const { machine } = house.stage;
    const sent = mails.length;
    await dayOff(machine, '2026-11-18');
    await house.stage.settle();
    const [moved] = await movedOf(machine, id);
    if (!moved) throw new Error('expected another term');
    expect([local(moved.before), moved.due]).toEqual(['2026-11-19', '2026-11-20']);
    expect(mails).toHaveLength(sent);
    await house.stage.passUntil(Date.parse(moved.until) - 1000);
    expect((await eventsOf(machine, id)).some(({ type }) => type === 'DossierSettled')).toBe(false);
    await house.stage.passUntil(Date.parse(moved.until));
    expect((await eventsOf(machine, id)).some(({ type }) => type === 'DossierSettled')).toBe(true);
  });

  it('moves the term of each body that was asked for an item of a list, however many they are', async () => {
    const id = await adviceWith(34);
    const { machine } = house.stage;
    // Ten calendar days: what ends on a day off ends on the working day after it.
    await dayOff(machine, '2026-11-26');
    await house.stage.settle();
    const moved = await movedOf(machine, id);
    expect(moved).toHaveLength(34);
    expect(new Set(moved.map(({ task }) => task)).size).toBe(34);
    expect(new Set(moved.map(({ before, due }) => `${local(before)} ${due}`))).toEqual(
      new Set(['2026-11-26 2026-11-27']),
    );
    expect(await holds(machine, id)).toBe(true);
    expect(await followAmendments(machine.platform, machine.catalogue, new SqliteCursors(machine.database))).toBe(0);
  });

  it('moves the term of a body that was asked by hand, as it was asked', async () => {
    const id = await adviceWith(0);
    const { machine } = house.stage;
    const token = await house.official('thu-lam-chair', 'chairperson');
    const body = { unit: 'coordination', role: 'coordinator', question: 'Trees?', within: { workingDays: 4 } };
    expect((await house.send('POST', `/dossiers/${id}/opinions`, { token, body })).status).toBe(200);
    await dayOff(machine, '2026-11-18');
    await house.stage.settle();
    const [moved, ...more] = await movedOf(machine, id);
    expect(more).toEqual([]);
    expect(moved).toMatchObject({ task: `${id}.opinions.1.part.added1`, due: '2026-11-23' });
    expect(local(moved?.before ?? '')).toBe('2026-11-20');
    expect(await holds(machine, id)).toBe(true);
  });

  it('is told to whoever was sent a link to answer by, with the new day; others find it with their task', async () => {
    const { machine } = house.stage;
    const { registry } = machine.platform;
    const officer = await registry.get('official', 'dong-anh-officer-1');
    if (!officer) throw new Error('expected an official');
    const email = 'officer@example.com';
    await registry.put('official', officer.record.id, { ...officer.record, email }, officer.revision);
    const id = await adviceWith(2);
    const token = await house.admin();
    const order = async (part: string, hours: number) => {
      const body = { official: 'dong-anh-officer-1', hours };
      const ordered = await house.send('POST', `/tasks/${id}.opinions.1.part.${part}/links`, { token, body });
      expect(ordered.status).toBe(202);
    };
    await order('neighbour1', 48);
    await order('neighbour2', 1);
    await house.stage.settle();
    const toOfficer = () => mails.filter(({ to }) => to === email);
    expect(toOfficer().map(({ text }) => text)).toEqual([
      expect.stringContaining('Your answer is due by Thu 26 Nov 2026.'),
      expect.stringContaining('Your answer is due by Thu 26 Nov 2026.'),
    ]);
    await house.stage.passUntil(house.stage.now + DAY / 12);
    await dayOff(machine, '2026-11-26');
    await house.stage.settle();
    // The link to the second has ended meanwhile.
    expect(toOfficer()).toHaveLength(3);
    const told = toOfficer().at(-1)?.text ?? '';
    expect(told).toContain('your answer is now due by Fri 27 Nov 2026, no longer by Thu 26 Nov 2026');
    expect(told).toContain('hạn trả lời nay là hết ngày Thứ Sáu 27/11/2026, thay cho Thứ Năm 26/11/2026');
    const links = (await eventsOf(machine, id)).flatMap((event) => (event.type === 'LinkIssued' ? [event] : []));
    expect(links.map(({ actor }) => actor.kind)).toEqual(['platform', 'platform', 'platform']);
    expect(links[2]?.data).toMatchObject({ task: `${id}.opinions.1.part.neighbour1`, until: links[0]?.data.until });
    expect(told).toContain(`/console/tasks/${id}.opinions.1.part.neighbour1`);
    expect(await holds(machine, id)).toBe(true);
  });

  it('stands on the page behind a link: the body’s own, not the date of the dossier', async () => {
    const { machine } = house.stage;
    const { registry } = machine.platform;
    const known = await registry.get('official', 'coordinator');
    if (!known) throw new Error('expected an official');
    await registry.put('official', known.record.id, { ...known.record, email: 'c@example.com' }, known.revision);
    const form = { owner: { name: 'Lan' }, heritage: true, neighbours: [] };
    const id = await accepted('advice', form, ['plan', 'secret']);
    const fire = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
    const agreed = { outcome: 'agreed', form: { storeys: 2 } };
    await house.send('POST', `/tasks/${id}.opinions.1.part.fire/decision`, { token: fire, body: agreed });
    await house.stage.settle();
    const task = `${id}.opinions.1.part.museum`;
    await house.send('POST', `/tasks/${task}/links`, { token: await house.admin(), body: { hours: 72 } });
    await house.stage.settle();
    await dayOff(machine, '2026-11-23');
    await house.stage.settle();
    const pages = await Promise.all(
      mails
        .flatMap(({ text }) => /\/v1(\/links\/[\w-]+\?lang=en)/.exec(text)?.[1] ?? [])
        .map(async (address) => (await house.send('GET', address)).body['text']),
    );
    // The 24th is a holiday.
    expect(pages).toEqual([expect.stringContaining('25/11/2026'), expect.stringContaining('25/11/2026')]);
  });

  it('moves each term once where the walk over the dossiers is cut off half-way and begun again', async () => {
    const { machine } = house.stage;
    const ids = [
      await accepted('charge', { owner: { name: 'Lan' }, pages: 5 }),
      await accepted('posting', { applicant: { name: 'Lan' } }),
      await adviceWith(12),
    ];
    await dayOff(machine, '2026-11-18', '2026-11-26');
    const { platform, catalogue, database } = machine;
    const cursors = new SqliteCursors(database);
    const { store } = platform;
    const commit = store.commit.bind(store);
    let left = 3;
    jest.spyOn(store, 'commit').mockImplementation((one) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('the disk is gone')) : commit(one);
    });
    await expect(followAmendments(platform, catalogue, cursors)).rejects.toThrow('could not be recomputed');
    const so = await Promise.all(ids.map((id) => movedOf(machine, id)));
    expect(so.flat().length).toBeGreaterThan(0);
    expect(so.flat().length).toBeLessThan(14);
    jest.restoreAllMocks();
    // As after a start: nothing is remembered but what is stored.
    for (const id of ids) platform.cache.forget(id);
    await followAmendments(platform, catalogue, cursors);
    expect(await followAmendments(platform, catalogue, cursors)).toBe(0);
    for (const [index, id] of ids.entries()) {
      const moved = await movedOf(machine, id);
      expect(moved).toHaveLength([1, 1, 12][index] ?? 0);
      expect(new Set(moved.map(({ task }) => task)).size).toBe(moved.length);
      expect(await holds(machine, id)).toBe(true);
      for (const { until, task } of moved)
        expect((await timersOf(machine, id, until)).filter(({ at }) => at === Date.parse(until))).toHaveLength(
          task === undefined ? 1 : moved.length,
        );
    }
  });

  it('moves the term of a dossier that no list showed to the walk minutes later, and then looks no more', async () => {
    const { machine } = house.stage;
    const seen = await accepted('charge', { owner: { name: 'Lan' }, pages: 5 });
    const late = await accepted('posting', { applicant: { name: 'Lan' } });
    await dayOff(machine, '2026-11-18');
    const { platform, catalogue, database } = machine;
    const cursors = new SqliteCursors(database);
    const { store } = platform;
    const list = store.openDossiers.bind(store);
    let hidden = [late];
    const listing = jest.spyOn(store, 'openDossiers').mockImplementation(async (of, page) => {
      const found = await list(of, page);
      return { ...found, items: found.items.filter(({ id }) => !hidden.includes(id)) };
    });
    const followAfter = async (minutes: number): Promise<{ looked: boolean; moved: number[] }> => {
      listing.mockClear();
      const clock = { now: () => platform.clock.now() + minutes * 60_000 };
      await followAmendments({ ...platform, clock }, catalogue, cursors);
      const moved = await Promise.all([seen, late].map(async (id) => (await movedOf(machine, id)).length));
      return { looked: listing.mock.calls.length > 0, moved };
    };
    expect(await followAfter(0)).toEqual({ looked: true, moved: [1, 0] });
    hidden = [];
    expect(await followAfter(4)).toEqual({ looked: false, moved: [1, 0] });
    expect(await followAfter(5)).toEqual({ looked: true, moved: [1, 1] });
    expect(await followAfter(60)).toEqual({ looked: false, moved: [1, 1] });
    jest.restoreAllMocks();
  });
});

describe('the terms between a dossier and those it opened', () => {
  const house = new FamilyHouse([MEMBER, FAMILY]);
  afterEach(() => house.close());
  afterAll(() => house.end());
  const settled = async (family: Family, ...dates: string[]) => {
    await dayOff(family.stage.machine, ...dates);
    await family.stage.settle();
  };

  it('moves the term that was given to a child, and calls it late only then', async () => {
    const family = await house.open();
    const parent = await family.open();
    await settled(family, '2026-11-17');
    const [moved, ...more] = await movedOf(family.stage.machine, parent);
    const { child } = await family.child(parent, 'first');
    expect(more).toEqual([]);
    expect(moved).toMatchObject({ child, due: '2026-11-19' });
    await family.stage.passUntil(Date.parse(moved?.until ?? '') - 1000);
    expect((await family.child(parent, 'first')).late).toBe(false);
    await family.stage.passUntil(Date.parse(moved?.until ?? ''));
    expect((await family.child(parent, 'first')).late).toBe(true);
    expect(await holds(family.stage.machine, parent)).toBe(true);
  });

  it('tells the parent the new term of what a child asks the applicant, once', async () => {
    const family = await house.open();
    const parent = await family.open();
    const { child } = await family.child(parent, 'first');
    await family.check(child, 'incomplete');
    await family.stage.settle();
    const asked = async () => Object.values((await family.child(parent, 'first')).asks)[0]?.until ?? '';
    expect(local(await asked())).toBe('2026-11-19');
    await settled(family, '2026-11-18');
    expect(local(await asked())).toBe('2026-11-20');
    const own = Object.values((await family.dossier(child)).stages).flatMap(({ until }) => until ?? []);
    expect(own).toEqual([await asked()]);
    const told = (await eventsOf(family.stage.machine, parent)).filter(({ type }) => type === 'ChildAsked');
    expect(told).toHaveLength(2);
    expect(await holds(family.stage.machine, parent)).toBe(true);
    await family.answer(`${child}.complete.1`);
    await family.stage.settle();
    expect((await family.child(parent, 'first')).asks).toEqual({});
  });
});
