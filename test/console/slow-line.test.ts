import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { Browsing, hasChromium, type Person, soon } from '../builders/browser.ts';
import { ConsoleHouse, type Person as Who } from '../builders/console-house.ts';

const judged = hasChromium || process.env['CI'] === 'true' ? describe : describe.skip;
const SLOW = { latency: 400, bytesPerSecond: 50_000 };
/** Of one page with its stylesheet on such a line, on a machine that has other work too. */
const PAGE_MS = 10_000;

judged('the console in a browser', () => {
  let house: ConsoleHouse;
  let server: RunningServer;
  let browsing: Browsing;
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'onetrack-slow-'));
    writeFileSync(join(dir, 'portrait.pdf'), `%PDF-1.7\n${'sample portrait\n'.repeat(6_000)}%%EOF\n`);
    house = await ConsoleHouse.open();
    server = await listenLocally(house.console, 0);
    browsing = await Browsing.open('slow-line');
  }, 120_000);
  afterAll(async () => {
    await browsing.close();
    await server.close();
    await house.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const at = (path: string): string => `${server.url}/console${path}`;
  const sits = (who: Who, more: Partial<Parameters<Browsing['person']>[0]> = {}): Promise<Person> =>
    browsing.person({ width: 360, language: 'vi', cookie: house.session(who).cookie, ...more });

  it.each([
    ['without', false],
    ['with', true],
  ])(
    'hands in on a telephone at 400 ms and 50 kB/s, %s JavaScript, with a line that is gone in between',
    async (said, script) => {
      const subject = `slow-${said}`;
      const person = await sits({ subject }, { slow: SLOW, script });
      const took: number[] = [];
      const timed = async (work: () => Promise<unknown>): Promise<void> => {
        const began = performance.now();
        await work();
        took.push(performance.now() - began);
      };
      const next = (): Promise<void> => timed(() => person.press(person.button('next')));
      await timed(() => person.open(at('/apply/library-card')));
      await person.choose('unit', 'thu-lam');
      await next();
      await person.type('/applicant/name', 'Trần Thị Mai');
      for (const [part, value] of Object.entries({ day: '17', month: '5', year: '1994' }))
        await person.type(`/applicant/birthDate.${part}`, value);
      await person.type('/applicant/address', 'Xã Thư Lâm');
      await next();
      // The line is gone, and with it the page; he begins again where he was.
      const { page } = person;
      await page.route('**/*', (route) => route.abort('internetdisconnected'));
      const failed = page.waitForEvent('requestfailed');
      await page.locator('main button[value="next"]:not([aria-hidden])').press('Enter', { noWaitAfter: true });
      await failed;
      await page.unroute('**/*');
      await soon(() => timed(() => person.open(at('/apply/library-card'))));
      await person.look('begun already');
      await timed(() => person.press(page.locator('main .ot-work a').first()));
      await next();
      await page.locator('[name="file:portrait"]').setInputFiles(join(dir, 'portrait.pdf'));
      await next();
      await next();
      expect(await page.locator('main').innerText()).toContain('Trần Thị Mai');
      await timed(() => person.press(person.button('submit')));
      // What stands for a login here does not follow where an answer leads.
      const [, receipt = ''] = /console%2F(mine%2Fd[a-z0-9]+%2Freceived)$/.exec(page.url()) ?? [];
      await timed(() => person.open(at(`/${decodeURIComponent(receipt)}`)));
      expect(await person.title()).toBe('Hồ sơ đã được nộp');
      expect(Math.max(...took)).toBeLessThan(PAGE_MS);
      const token = await house.api.applicant(subject);
      expect((await house.api.send('GET', '/dossiers', { token })).body['items']).toHaveLength(1);
    },
    180_000,
  );

  it('is without a fault for axe where it was left, and never scrolls sideways', () => {
    expect(browsing.judged).toEqual([{ state: expect.stringContaining('begun already') as string, violations: [] }]);
  });
});
