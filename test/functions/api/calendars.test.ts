import { followAmendments } from '../../../functions/calendars/follow-amendments.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import { SqliteCursors } from '../../../adapters/local/sqlite-cursors.ts';
import type { Calendar } from '../../../schemas/calendar.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let admin: string;
beforeEach(async () => {
  house = await ApiHouse.open();
  admin = await house.admin();
});
afterEach(() => house.close());

type Row = Calendar['days'][number];
const dayOff = (date: string): Row => ({
  date,
  kind: 'off',
  name: { en: 'A day of mourning' },
  legalBasis: { en: 'Decision 1/QĐ-TTg' },
  source: 'a test',
  verified: 'memory',
});

async function current(): Promise<Calendar> {
  return (await house.send('GET', '/calendars/vn')).body as unknown as Calendar;
}

/** The next version, with these days off and without those. */
async function amended(
  version: string,
  { off = [], without = [], promises = 'keep' }: { off?: string[]; without?: string[]; promises?: 'keep' | 'follow' },
): Promise<Calendar> {
  const calendar = await current();
  const days = [...calendar.days.filter(({ date }) => !without.includes(date)), ...off.map(dayOff)];
  const amends = { reason: { en: 'Decided late' }, promises };
  return { ...calendar, version, amends, days: days.toSorted((a, b) => (a.date < b.date ? -1 : 1)) };
}
const put = (calendar: Calendar, query = '') =>
  house.send('PUT', `/calendars/vn/versions/${calendar.version}${query}`, { token: admin, body: calendar });

/** A dossier that reception has accepted; its clock runs. */
async function accepted(): Promise<string> {
  const token = await house.applicant();
  const { body } = await house.send('POST', '/dossiers', {
    token,
    body: { ...(await house.submission(token)), contact: { email: 'ngoc@example.org' } },
  });
  const id = String(body['id']);
  await house.stage.settle();
  await house.accepted(id);
  return id;
}
const datesOf = async (id: string) => {
  const token = await house.applicant();
  const { body } = await house.send('GET', `/dossiers/${id}/deadline`, { token });
  return { lawful: body['due'], promised: body['promised'] };
};
const eventsOf = async (id: string, type: string) =>
  (await house.stage.machine.platform.store.events(id, 0))
    .map(({ event }) => event)
    .filter((event) => event.type === type);

describe('a working calendar', () => {
  it('is read by anybody: the latest version, each version, and what is not there', async () => {
    expect((await house.send('GET', '/calendars')).body).toMatchObject({
      items: [
        { id: 'ee', version: '1.0.0' },
        { id: 'ro', version: '1.0.0' },
        { id: 'vn', version: '1.0.0' },
      ],
    });
    expect((await house.send('GET', '/calendars/vn/versions/1.0.0')).body).toEqual(await current());
    expect((await house.send('GET', '/calendars/vn/versions/9.0.0')).status).toBe(404);
    expect((await house.send('GET', '/calendars/xx')).status).toBe(404);
  });

  it.each([
    ['a version that is not later', { version: '0.9.0' }, 409, 'version-exists'],
    ['another time zone', { timeZone: 'Asia/Tokyo' }, 422, 'record-invalid'],
    ['fewer dates', { covers: { from: '2025-01-01', to: '2026-12-31' } }, 422, 'record-invalid'],
    ['no reason', { amends: undefined }, 422, 'record-invalid'],
  ])('is refused with %s', async (_, change, status, code) => {
    const calendar = { ...(await amended('1.1.0', {})), ...change };
    const days = calendar.days.filter(({ date }) => date <= calendar.covers.to);
    const undecided = calendar.undecided.filter(({ to }) => to <= calendar.covers.to);
    expect(await put({ ...calendar, days, undecided })).toMatchObject({
      status,
      body: { type: `urn:onetrack:problem:${code}` },
    });
    expect((await current()).version).toBe('1.0.0');
  });

  it('never changes in a version that is kept', async () => {
    const calendar = await amended('1.1.0', { off: ['2026-11-18'] });
    expect((await put(calendar)).status).toBe(200);
    expect((await put(calendar)).status).toBe(200);
    expect((await put({ ...calendar, hoursSource: 'another' })).status).toBe(409);
  });
});

describe('an amended calendar', () => {
  it('is looked at first: which open dossiers, which dates, and nothing moves', async () => {
    const id = await accepted();
    const before = await datesOf(id);
    const { status, body } = await put(
      await amended('1.1.0', { off: ['2026-11-18'], promises: 'follow' }),
      '?dryRun=true',
    );
    expect(status).toBe(200);
    const found: unknown[] = [body];
    for (let next = body['next']; typeof next === 'string';) {
      const page = await put(
        await amended('1.1.0', { off: ['2026-11-18'], promises: 'follow' }),
        `?dryRun=true&after=${next}`,
      );
      found.push(page.body);
      next = page.body['next'];
    }
    const changes = found.flatMap((page) => (page as { changes: unknown[] }).changes);
    const later = '2026-11-20';
    expect(changes).toEqual([
      {
        dossier: id,
        code: expect.stringContaining('H26.15') as string,
        lawful: { before: before.lawful, after: later },
        promised: { before: before.promised, after: later },
      },
    ]);
    expect(await datesOf(id)).toEqual(before);
    expect(await put(await amended('1.1.0', {}), '?dryRun=true&after=nonsense')).toMatchObject({ status: 400 });
  });

  it('is looked at also where it lets a date be reckoned no more, and names the dossiers', async () => {
    const id = await accepted();
    const calendar = await current();
    const off: string[] = [];
    for (let at = Date.parse('2026-11-16'); at <= Date.parse(calendar.covers.to); at += 86_400_000)
      off.push(new Date(at).toISOString().slice(0, 10));
    const without = calendar.days.map(({ date }) => date).filter((date) => date >= '2026-11-16');
    const unclear: unknown[] = [];
    let next: unknown = '';
    while (typeof next === 'string') {
      const after = next === '' ? '' : `&after=${next}`;
      const page = await put(await amended('1.1.0', { off, without }), `?dryRun=true${after}`);
      expect(page.status).toBe(200);
      unclear.push(...(page.body['unclear'] as unknown[]));
      next = page.body['next'];
    }
    expect(unclear).toEqual([id]);
  });

  it('moves the law’s date by an event, and leaves the date that was told', async () => {
    const id = await accepted();
    expect(await datesOf(id)).toEqual({ lawful: '2026-11-19', promised: '2026-11-19' });
    await put(await amended('1.1.0', { off: ['2026-11-18'] }));
    await house.stage.settle();
    expect(await datesOf(id)).toEqual({ lawful: '2026-11-20', promised: '2026-11-19' });
    expect(await eventsOf(id, 'DeadlineRecomputed')).toMatchObject([
      { data: { calendar: 'vn@1.1.0', due: '2026-11-20', promised: { due: '2026-11-19' } } },
    ]);
    expect(await eventsOf(id, 'NoticeIssued')).toHaveLength(1);
  });

  it('moves the date that was told too where the policy says so, or the law’s comes before it; the applicant is told', async () => {
    const id = await accepted();
    await put(await amended('1.1.0', { off: ['2026-11-18'], promises: 'follow' }));
    await house.stage.settle();
    expect(await datesOf(id)).toEqual({ lawful: '2026-11-20', promised: '2026-11-20' });
    expect(await eventsOf(id, 'NoticeIssued')).toHaveLength(2);
    await put(await amended('1.2.0', { without: ['2026-11-18'] }));
    await house.stage.settle();
    expect(await datesOf(id)).toEqual({ lawful: '2026-11-19', promised: '2026-11-19' });
    expect(await eventsOf(id, 'NoticeIssued')).toHaveLength(3);
  });

  it('is followed by every open dossier once, also where the walk is cut off and begun again', async () => {
    const ids = [await accepted(), await accepted(), await accepted()];
    await put(await amended('1.1.0', { off: ['2026-11-18'] }));
    const { platform, catalogue, database } = house.stage.machine;
    const cursors = new SqliteCursors(database);
    const { masterKey } = platform;
    let failing = true;
    const broken = {
      ...platform,
      get masterKey() {
        if (failing) throw new Error('no key today');
        return masterKey;
      },
    };
    await expect(followAmendments(broken, catalogue, cursors)).rejects.toThrow('could not be recomputed');
    failing = false;
    expect(await followAmendments(broken, catalogue, cursors, () => false)).toBe(0);
    expect(await followAmendments(broken, catalogue, cursors)).toBe(3);
    expect(await followAmendments(broken, catalogue, cursors)).toBe(0);
    for (const id of ids) expect(await eventsOf(id, 'DeadlineRecomputed')).toHaveLength(1);
  });

  it('gives an applicant who is asked the working day back: by an event and a timer, once; the mail says why', async () => {
    const token = await house.applicant();
    const { body: submitted } = await house.send('POST', '/dossiers', {
      token,
      body: { ...(await house.submission(token)), contact: { email: 'ngoc@example.org', language: 'en' } },
    });
    const id = String(submitted['id']);
    await house.stage.settle();
    const reception = await house.official('thu-lam-reception', 'reception');
    await house.send('POST', `/tasks/${id}.receive.1/decision`, {
      token: reception,
      body: { outcome: 'incomplete', missing: ['portrait'], comment: 'blurred' },
    });
    await house.stage.settle();
    const { platform, catalogue, database } = house.stage.machine;
    const send = jest.spyOn(platform.notifier, 'send');
    const [asked] = await eventsOf(id, 'StageEntered').then((events) => events.filter(({ data }) => 'asks' in data));
    const before = (asked?.data as { until: string }).until;
    const off = [before.slice(0, 10)];
    const after = expect.not.stringContaining(before.slice(0, 10)) as string;
    const { body: dry } = await put(await amended('1.1.0', { off }), '?dryRun=true');
    expect(dry['terms']).toEqual([{ dossier: id, code: null, stage: asked?.data['stage'], before, after }]);
    expect(await eventsOf(id, 'TermRecomputed')).toEqual([]);
    await put(await amended('1.1.0', { off }));
    await house.stage.settle();
    const [moved, ...more] = await eventsOf(id, 'TermRecomputed');
    expect(more).toEqual([]);
    expect(moved).toMatchObject({ data: { before, calendar: 'vn@1.1.0' } });
    const { until } = moved?.data as unknown as { until: string };
    expect(Date.parse(until)).toBeGreaterThan(Date.parse(before));
    const { body: open } = await house.send('GET', `/dossiers/${id}`, { token });
    expect(open['tasks']).toMatchObject([{ due: (moved?.data as { due: string }).due }]);
    expect(await platform.store.timersDue(Date.parse(until) - 1, 10)).toEqual([]);
    expect(await platform.store.timersDue(Date.parse(until), 10)).toMatchObject([{ dossier: id, kind: 'stage' }]);
    expect((await eventsOf(id, 'NoticeIssued')).map(({ data }) => (data as { notice: string }).notice)).toEqual([
      'supplement',
      'amended',
    ]);
    const last = send.mock.calls.at(-1)?.[0].text ?? '';
    expect(last).toContain('Decided late');
    expect(last).not.toContain('blurred');
    expect(last).toMatch(/until .*2026/);
    const record = await platform.store.events(id, 0);
    expect(replayEvents(record)).toMatchObject({ ok: true });
    const forged = record.map((each) =>
      each.event.type === 'TermRecomputed'
        ? { ...each, event: { ...each.event, data: { ...each.event.data, until: '2026-01-01T00:00:00.000Z' } } }
        : each,
    );
    expect(replayEvents(forged)).toMatchObject({ ok: false, fault: { expected: `a term after ${before}` } });
    await put(await amended('1.2.0', { without: off }));
    await house.stage.settle();
    expect(await followAmendments(platform, catalogue, new SqliteCursors(database))).toBe(0);
    expect(await eventsOf(id, 'TermRecomputed')).toHaveLength(1);
  });

  it('changes nothing for a dossier that is decided', async () => {
    const token = await house.applicant();
    const { body } = await house.send('POST', '/dossiers', { token, body: await house.submission(token) });
    const id = String(body['id']);
    await house.stage.settle();
    await house.send('POST', `/dossiers/${id}/withdrawal`, { token, body: { reason: 'enough' } });
    await house.stage.settle();
    await put(await amended('1.1.0', { off: ['2026-11-18'] }));
    await house.stage.settle();
    expect(await eventsOf(id, 'DeadlineRecomputed')).toEqual([]);
  });
});

describe('a calendar as iCalendar', () => {
  const ics = (...lines: string[]) =>
    ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:a', ...lines, 'END:VCALENDAR', ''].join('\r\n');
  const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:a', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'];
  const amend = async (text: string, query: string, version = '1.1.0') => {
    const response = await house.app.fetch(
      new Request(`http://onetrack/v1/calendars/vn/versions/${version}?${query}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${admin}`, 'content-type': 'text/calendar' },
        body: text,
      }),
    );
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('is what it was when it is read again', async () => {
    const response = await house.app.fetch(new Request('http://onetrack/v1/calendars/vn/ics?lang=vi'));
    expect(response.headers.get('content-type')).toContain('text/calendar');
    const text = await response.text();
    expect(text).toContain('SUMMARY:Tết Nguyên đán');
    const { days } = await current();
    expect((await amend(text, 'reason=again')).status).toBe(200);
    expect((await current()).days).toEqual(days);
  });

  it('puts the days of a file in the place of its own from the first to the last', async () => {
    const text = ics(
      ...event('DTSTART;VALUE=DATE:20261123', 'DTEND;VALUE=DATE:20261125', 'SUMMARY:Two days', 'DESCRIPTION:Decree 2'),
      ...event('DTSTART;VALUE=DATE:20261128', 'SUMMARY:Saturday', 'X-ONETRACK-KIND:workday'),
    );
    expect((await amend(text, 'reason=x&legalBasis=Decree%203')).status).toBe(200);
    const { days, amends } = await current();
    expect(amends).toEqual({ reason: { en: 'x' }, promises: 'keep' });
    expect(days.filter(({ date }) => date >= '2026-11-20' && date <= '2026-11-30')).toMatchObject([
      { date: '2026-11-23', kind: 'off', name: { en: 'Two days' }, legalBasis: { en: 'Decree 2' } },
      { date: '2026-11-24', kind: 'off' },
      { date: '2026-11-28', kind: 'workday', legalBasis: { en: 'Decree 3' } },
    ]);
  });

  it('says hours and ground anew of a day that is known by its name', async () => {
    const half = (hours: string, act: string) =>
      ics(
        ...event(
          ...['DTSTART;VALUE=DATE:20261120', 'SUMMARY:A half day', `DESCRIPTION:${act}`],
          ...['X-ONETRACK-KIND:half', `X-ONETRACK-HOURS:${hours}`],
        ),
      );
    const known = async () => (await current()).days.find(({ date }) => date === '2026-11-20');
    expect((await amend(half('07:00-11:30', 'Decree 2'), 'reason=x')).status).toBe(200);
    expect(await known()).toMatchObject({ hours: [{ from: '07:00', to: '11:30' }], legalBasis: { en: 'Decree 2' } });
    expect((await amend(half('08:00-10:00', 'Decree 3'), 'reason=x', '1.2.0')).status).toBe(200);
    expect(await known()).toMatchObject({ hours: [{ from: '08:00', to: '10:00' }], legalBasis: { en: 'Decree 3' } });
  });

  const tet = ics(
    ...event(
      ...['DTSTART;VALUE=DATE:20270203', 'DTEND;VALUE=DATE:20270210', 'SUMMARY:Tết Nguyên đán'],
      'DESCRIPTION:Thông báo 1/TB-BNV',
    ),
  );
  const tetSpan = '2027-01-25/2027-02-20';
  const spansOf = ({ undecided }: Calendar) => undecided.map(({ from, to }) => `${from}/${to}`);

  it('has the ground and the source of the file in every day, and nothing of the day before but its name', async () => {
    expect((await amend(tet, 'reason=x&source=https%3A%2F%2Fexample.org%2F1')).status).toBe(200);
    const found = (await current()).days.filter(({ date }) => date >= '2027-02-03' && date <= '2027-02-09');
    expect(found).toHaveLength(7);
    for (const day of found) {
      expect(day).toMatchObject({
        legalBasis: { en: 'Thông báo 1/TB-BNV' },
        source: 'https://example.org/1',
        verified: 'report',
      });
      expect(day).not.toHaveProperty('note');
    }
    expect(found.find(({ date }) => date === '2027-02-05')?.name).toHaveProperty(
      'en',
      expect.stringContaining('Lunar'),
    );
  });

  it('settles what was undecided where it is said that it does, and only that', async () => {
    const before = spansOf(await current());
    const kept = await amend(tet, 'reason=x');
    expect(kept.body['undecided']).toHaveLength(before.length);
    expect(spansOf(await current())).toEqual(before);
    const settled = await amend(tet, `reason=x&decides=${tetSpan}`, '1.2.0');
    expect(settled.status).toBe(200);
    const rest = before.filter((span) => span !== tetSpan);
    expect(spansOf(await current())).toEqual(rest);
    expect(settled.body['undecided']).toEqual(rest.map((span) => ({ from: span.slice(0, 10), to: span.slice(11) })));
    expect((await amend(tet, `reason=x&decides=${rest.join(',')}`, '1.3.0')).status).toBe(422);
    expect((await amend(tet, 'reason=x&decides=2027-01-01/2027-12-31', '1.3.0')).status).toBe(200);
    expect(spansOf(await current())).toEqual(['2027-08-16/2027-09-18']);
  });

  it.each([
    ['a period that is not undecided', '2027-02-03/2027-02-09', 422],
    ['a period in which the file has no day', '2027-08-16/2027-09-18', 422],
    ['what is no period', '2027-02-03', 400],
  ])('settles nothing by %s', async (_, decides, status) => {
    expect((await amend(tet, `reason=x&decides=${decides}`)).status).toBe(status);
    expect((await current()).version).toBe('1.0.0');
  });

  it.each([
    ['no iCalendar', 'nonsense', 'iCalendar (RFC 5545)'],
    ['nothing', '', 'one calendar'],
    ['two calendars', ics() + ics(), 'one calendar'],
    ['NUL', ics(...event('DTSTART;VALUE=DATE:20261123', 'SUMMARY:\0')), 'without NUL'],
    ['no event', ics(), 'at least one event'],
    ['no date', ics(...event('DTSTART;VALUE=DATE:abcdefgh', 'SUMMARY:x')), 'a whole day'],
    ['a day that is in no year', ics(...event('DTSTART;VALUE=DATE:20260230', 'SUMMARY:x')), '"2026-02-30"'],
    [
      'an end that is in no year',
      ics(...event('DTSTART;VALUE=DATE:20261123', 'DTEND;VALUE=DATE:20261131', 'SUMMARY:x', 'DESCRIPTION:y')),
      '"2026-11-31"',
    ],
    ['a duration', ics(...event('DTSTART;VALUE=DATE:20261123', 'DURATION:P3D', 'SUMMARY:x')), 'DTEND'],
    [
      'a day twice',
      ics(
        ...event('DTSTART;VALUE=DATE:20261123', 'SUMMARY:x', 'DESCRIPTION:y'),
        ...event('DTSTART;VALUE=DATE:20261123', 'SUMMARY:z', 'DESCRIPTION:y'),
      ),
      'one event alone',
    ],
    ['an hour', ics(...event('DTSTART:20261123T080000Z', 'SUMMARY:x')), 'a whole day'],
    ['a rule', ics(...event('DTSTART;VALUE=DATE:20261123', 'RRULE:FREQ=YEARLY', 'SUMMARY:x')), 'single days'],
    ['no name', ics(...event('DTSTART;VALUE=DATE:20261123')), 'what the day is'],
    ['no ground', ics(...event('DTSTART;VALUE=DATE:20261123', 'SUMMARY:x')), 'the act'],
    [
      'an end before',
      ics(...event('DTSTART;VALUE=DATE:20261123', 'DTEND;VALUE=DATE:20261122', 'SUMMARY:x', 'DESCRIPTION:y')),
      'a day after',
    ],
    [
      'a kind that is none',
      ics(...event('DTSTART;VALUE=DATE:20261123', 'SUMMARY:x', 'DESCRIPTION:y', 'X-ONETRACK-KIND:z')),
      'off, half',
    ],
    [
      'a half day without hours',
      ics(...event('DTSTART;VALUE=DATE:20261123', 'SUMMARY:x', 'DESCRIPTION:y', 'X-ONETRACK-KIND:half')),
      'the hours',
    ],
  ])('is refused with %s', async (_, text, expected) => {
    const { status, body } = await amend(text, 'reason=x');
    expect(status).toBe(422);
    expect(JSON.stringify(body['errors'])).toContain(expected);
    expect((await current()).version).toBe('1.0.0');
  });
});

describe('a unit', () => {
  it('keeps its calendar as long as dossiers of it are open: their dates would not follow another one', async () => {
    const other = { ...(await current()), id: 'office', version: '1.0.0' };
    const made = await house.send('PUT', '/calendars/office/versions/1.0.0', { token: admin, body: other });
    expect(made).toMatchObject({ status: 200 });
    const unit = (await house.send('GET', '/units/thu-lam', { token: admin })).body;
    const change = () => house.send('PUT', '/units/thu-lam', { token: admin, body: { ...unit, calendar: 'office' } });
    await house.submitted(await house.applicant());
    const refused = await change();
    expect(refused).toMatchObject({ status: 422, body: { type: 'urn:onetrack:problem:record-invalid' } });
    expect(JSON.stringify(refused.body)).toContain('vn, as long as dossiers of this unit are open');
    const empty = (await house.send('GET', '/units/dong-anh', { token: admin })).body;
    const free = { token: admin, body: { ...empty, calendar: 'office' } };
    expect((await house.send('PUT', '/units/dong-anh', free)).status).toBe(200);
  });
});
