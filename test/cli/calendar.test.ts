import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarCommand } from '../../cli/commands/calendar.ts';
import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import type { CalendarImpact } from '../../schemas/api.ts';
import type { Calendar } from '../../schemas/calendar.ts';
import { ApiHouse } from '../builders/api-house.ts';
import { runCommand } from '../builders/run-command.ts';

let house: ApiHouse;
let server: RunningServer;
let token: string;
let cwd: string;
beforeAll(async () => {
  house = await ApiHouse.open();
  server = await listenLocally(house.app, 0);
  token = await house.admin();
  cwd = mkdtempSync(join(tmpdir(), 'onetrack-cli-'));
});
afterAll(async () => {
  await server.close();
  await house.close();
  rmSync(cwd, { recursive: true, force: true });
});

const run = (args: string[], env: Record<string, string> = { ONETRACK_URL: server.url }) =>
  runCommand(calendarCommand, args, cwd, env);
const known = () => ({ ONETRACK_URL: server.url, ONETRACK_TOKEN: token });
const read = async (...more: string[]) => JSON.parse((await run(['show', 'vn', '--json', ...more])).out) as Calendar;
const MOURNING: Calendar['days'][number] = {
  date: '2026-11-18',
  kind: 'off',
  name: { en: 'A day of mourning' },
  legalBasis: { en: 'Decision 1/QĐ-TTg' },
  source: 'a test',
  verified: 'memory',
};

/** A file with the next version, with one day off more. */
async function nextVersion(version: string): Promise<string> {
  const calendar = await read();
  const days = [...calendar.days.filter(({ date }) => date !== MOURNING.date), MOURNING].toSorted((a, b) =>
    a.date < b.date ? -1 : 1,
  );
  const amends = { reason: { en: 'Decided late' }, promises: 'follow' };
  const file = `vn-${version}.json`;
  writeFileSync(join(cwd, file), JSON.stringify({ ...calendar, version, amends, days }));
  return file;
}
const ics = (name: string, ...lines: string[]): string => {
  const event = ['BEGIN:VEVENT', 'UID:a', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'];
  const all = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:a', ...event, 'END:VCALENDAR', ''];
  writeFileSync(join(cwd, name), all.join('\r\n'));
  return name;
};

describe('onetrack calendar', () => {
  it('refuses wrong usage with 2, before it asks anybody', async () => {
    writeFileSync(join(cwd, 'a.txt'), 'a');
    writeFileSync(join(cwd, 'latin.json'), Buffer.from('{"title":"\xe9"}', 'latin1'));
    writeFileSync(join(cwd, 'faulty.yaml'), 'id: vn');
    const file = await nextVersion('1.1.0');
    const wrong: [string[], Record<string, string>, string][] = [
      [[], known(), 'expected what to do'],
      [['list', 'vn'], known(), 'expected list, show, export or amend, got list'],
      [['show'], known(), 'expected what to do, and one calendar'],
      [['show', 'vn', 'ro'], known(), 'got ro too'],
      [['drop', 'vn'], known(), 'got drop'],
      [['list', '--colour'], known(), 'colour'],
      [['list', '--url', 'ftp://x'], known(), 'begins with http'],
      [['amend', 'vn'], known(), 'expected a file'],
      [['amend', 'vn', file], known(), '--version'],
      [['amend', 'vn', 'nowhere.json', '--version', '1.1.0'], known(), 'no such file'],
      [['amend', 'vn', 'a.txt', '--version', '1.1.0'], known(), '.ics, .json or .yaml'],
      [['amend', 'vn', 'latin.json', '--version', '1.1.0'], known(), 'expected UTF-8'],
      [['amend', 'vn', 'faulty.yaml', '--version', '1.1.0'], known(), 'version'],
      [['amend', 'vn', file, '--version', '1.1.0', '--reason', 'x'], known(), 'of iCalendar alone'],
      [['amend', 'vn', file, '--version', '1.1.0'], { ONETRACK_URL: server.url }, 'ONETRACK_TOKEN'],
    ];
    for (const [args, env, said] of wrong) {
      const { code, err } = await run(args, env);
      expect([args, code, err]).toEqual([args, 2, expect.stringContaining(said)]);
    }
  });

  it('lists, shows and exports without a token; what is not there is refused with 1', async () => {
    const { code, out } = await run(['list']);
    expect([code, out.split('\n').map((line) => line.split(':')[0])]).toEqual([
      0,
      ['ee 1.0.0', 'ro 1.0.0', 'vn 1.0.0', ''],
    ]);
    const shown = await run(['show', 'vn']);
    expect(shown.out).toMatch(/^vn 1\.0\.0: .*, 2025-01-01 to 2027-12-31, Asia\/Ho_Chi_Minh\n/);
    expect(shown.out).toMatch(/ {2}2026-11-24 off {5}.* \(.*28\/2026\/QH16.*\)/);
    expect(shown.out).toContain('still to be decided');
    expect((await read('--version', '1.0.0')).id).toBe('vn');
    expect((await run(['export', 'vn', '--lang', 'en'])).out).toMatch(/^BEGIN:VCALENDAR\r\n/);
    for (const args of [
      ['show', 'xx'],
      ['show', 'vn', '--version', '9.0.0'],
      ['export', 'xx'],
    ])
      expect(await run(args)).toMatchObject({ code: 1, err: expect.stringContaining('not-found') as string });
    expect(JSON.parse((await run(['show', 'xx', '--json'])).out)).toMatchObject({ ok: false });
    expect(await run(['list', '--url', 'http://127.0.0.1:1'])).toMatchObject({ code: 1 });
  });

  it('says what an amendment would move, all pages as one, and then amends', async () => {
    const ngoc = await house.applicant();
    const id = await house.submitted(ngoc);
    await house.accepted(id);
    const file = await nextVersion('1.1.0');
    const dry = await run(['amend', 'vn', file, '--version', '1.1.0', '--dry-run'], known());
    expect(dry.code).toBe(0);
    expect(dry.out).toMatch(/: by law 2026-11-19 -> 2026-11-20, promised 2026-11-19 -> 2026-11-20\n/);
    expect(dry.out).toContain('1 open dossiers looked at: 1 dates and 0 terms would be others');
    const asJson = await run(['amend', 'vn', file, '--version', '1.1.0', '--dry-run', '--json'], known());
    expect((JSON.parse(asJson.out) as CalendarImpact).changes).toMatchObject([{ dossier: id }]);
    expect((await read()).version).toBe('1.0.0');
    const done = await run(['amend', 'vn', file, '--version', '1.1.0'], known());
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('vn 1.1.0 is kept') as string });
    await house.stage.settle();
    expect((await house.send('GET', `/dossiers/${id}/deadline`, { token: ngoc })).body['due']).toBe('2026-11-20');
    expect(await run(['amend', 'vn', await nextVersion('1.0.5'), '--version', '1.0.5'], known())).toMatchObject({
      code: 1,
      err: expect.stringContaining('version-exists') as string,
    });
    expect((await run(['show', 'vn'])).out).toContain('amends the version before: Decided late; promises: follow');
  });

  it('imports days as iCalendar, with their act and reason; a faulty place is named', async () => {
    const day = ics('one.ics', 'DTSTART;VALUE=DATE:20261204', 'SUMMARY:A day off');
    const args = ['amend', 'vn', day, '--version', '1.2.0', '--reason', 'A flood', '--legal-basis', 'Decision 3'];
    expect(await run(args, known())).toMatchObject({ code: 0 });
    const { days, amends } = await read();
    expect(days.find(({ date }) => date === '2026-12-04')).toMatchObject({ legalBasis: { en: 'Decision 3' } });
    expect(amends).toEqual({ reason: { en: 'A flood' }, promises: 'keep' });
    const faulty = ics('two.ics', 'DTSTART;VALUE=DATE:20261205', 'RRULE:FREQ=DAILY', 'SUMMARY:Every day');
    const refused = await run(['amend', 'vn', faulty, '--version', '1.3.0', '--reason', 'x'], known());
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('record-invalid');
  });
});
