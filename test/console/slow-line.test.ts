import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT, paymentService } from '../../embedded/samples/payment-service.ts';
import { listen, type RunningSample } from '../../embedded/samples/sample-server.ts';
import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { appendSurely } from '../../functions/runtime/append.ts';
import { parkFor } from '../../functions/stages/park.ts';
import { SECRET } from '../builders/api-house.ts';
import { Browsing, hasChromium, type Person, soon } from '../builders/browser.ts';
import { ADMIN, ConsoleHouse, type Person as Who, RECEPTION } from '../builders/console-house.ts';

const judged = hasChromium || process.env['CI'] === 'true' ? describe : describe.skip;
const SLOW = { latency: 400, bytesPerSecond: 50_000 };
/** Of one page with its stylesheet on such a line, on a machine that has other work too. */
const PAGE_MS = 10_000;
const PROCEDURES = new URL('../../workflows/procedures/', import.meta.url);

judged('the console in a browser', () => {
  let house: ConsoleHouse;
  let server: RunningServer;
  let provider: RunningSample;
  let browsing: Browsing;
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'onetrack-slow-'));
    writeFileSync(join(dir, 'portrait.pdf'), `%PDF-1.7\n${'sample portrait\n'.repeat(6_000)}%%EOF\n`);
    house = await ConsoleHouse.open(['test/workflows/fixtures/charge.yaml']);
    server = await listenLocally(house.console, 0);
    const webhookUrl = 'http://127.0.0.1:1/';
    provider = await listen(
      paymentService({ webhookUrl, secret: SECRET, system: 'ward-system', now: () => house.api.stage.now }),
      0,
    );
    browsing = await Browsing.open();
  }, 120_000);
  afterAll(async () => {
    await browsing.close();
    await Promise.all([server.close(), provider.close()]);
    await house.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const at = (path: string): string => `${server.url}/console${path}`;
  const sits = (who: Who, more: Partial<Parameters<Browsing['person']>[0]> = {}): Promise<Person> =>
    browsing.person({ width: 360, language: 'vi', cookie: house.session(who).cookie, ...more });
  async function looks(person: Person, pages: Readonly<Record<string, string>>): Promise<void> {
    for (const [state, path] of Object.entries(pages)) {
      await person.open(at(path));
      await person.look(state);
    }
  }

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

  it('shows what is begun, and what erasing does', async () => {
    const mai = await sits({ subject: 'mai' });
    await mai.open(at('/apply/library-card'));
    await mai.choose('unit', 'thu-lam');
    await mai.press(mai.button('next'));
    await looks(mai, { 'my dossiers, one begun': '/mine' });
    await mai.press(mai.page.locator('main .ot-work a[href$="/removal"]'));
    await mai.look('erase a draft');
    await mai.press(mai.page.locator('main form button'));
    await mai.open(at('/mine'));
    expect(await mai.title()).toBe('Hồ sơ của tôi');
    expect(await mai.page.locator('main .ot-work').count()).toBe(0);
    await mai.look('my dossiers, none');
  }, 120_000);

  it('shows what is owed, the page to pay at, and each way back from it', async () => {
    const { registry } = house.api.stage.machine.platform;
    const known = (await registry.get('system', 'ward-system'))!;
    await registry.put(
      'system',
      'ward-system',
      { ...known.record, checkout: `${provider.url}${CHECKOUT}` },
      known.revision,
    );
    const token = await house.api.applicant('mai');
    const body = { procedure: 'charge', unit: 'thu-lam', form: { owner: { name: 'Trần Thị Mai' }, pages: 5 } };
    const id = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
    await house.api.stage.settle();
    const reception = await house.api.official('thu-lam-reception', 'reception');
    const accepted = { token: reception, body: { outcome: 'accepted' } };
    await house.api.send('POST', `/tasks/${id}.receive.1/decision`, accepted);
    await house.api.stage.settle();
    const mai = await sits({ subject: 'mai' });
    await looks(mai, {
      'paid, not told yet': `/mine/${id}?payment=paid`,
      'not paid': `/mine/${id}?payment=cancelled`,
      'payment failed': `/mine/${id}?payment=failed`,
      'to be paid': `/mine/${id}`,
    });
    await mai.press(mai.page.locator('main a[rel="noreferrer"]'));
    expect(await mai.title()).toBe('Thanh toán');
    await mai.look('page to pay at');
    await mai.open(`${provider.url}${CHECKOUT}?order=x`);
    await mai.look('page to pay at, unknown order');
    const { body: asked } = await house.api.send('GET', `/dossiers/${id}/payment`, { token });
    const paid = {
      system: 'ward-system',
      payment: `pay-${String(asked['order'])}`,
      dossier: id,
      amount: asked['amount'],
    };
    await house.api.webhook('/webhooks/payments', paid);
    await house.api.stage.settle();
    await looks(mai, { paid: `/mine/${id}?payment=paid` });
  }, 120_000);

  it('shows dossiers that stand still, and a version before it is published', async () => {
    const id = await house.api.submitted(await house.api.applicant('ngoc'));
    const stalled = await appendSurely(house.api.stage.machine.platform, id, ({ dossier }) =>
      parkFor(dossier, 'TaskTerminal', 'the register answered nothing that can be read'),
    );
    expect(stalled).toBeDefined();
    const read = (path: string): string => readFileSync(new URL(path, PROCEDURES), 'utf8');
    const source = read('library-card.yaml')
      .replace('version: 1.0.0', 'version: 1.1.0')
      .replace('workingDays: 3', 'workingDays: 4');
    const files = Object.fromEntries(
      [
        'forms/library-card.json',
        'templates/receipt.yaml',
        'templates/library-card.yaml',
        'templates/refusal.yaml',
      ].map((path) => [path, read(path)]),
    );
    const token = await house.api.admin();
    await house.api.send('PUT', '/procedures/library-card/versions/1.1.0', { token, body: { source, files } });
    for (const width of [360, 1280]) {
      await looks(await sits(RECEPTION, { width }), {
        'stalled dossiers, one': '/stalled',
        'a stalled dossier': `/stalled/${id}`,
      });
      await looks(await sits(ADMIN, { width, language: 'en' }), {
        'stalled dossiers of all units, one': '/stalled',
        'a draft, drawn': '/definitions/library-card/1.1.0',
        'differences to a version': '/definitions/library-card/1.1.0/changes?since=1.0.0',
        'confirm a publication': '/definitions/library-card/1.1.0/publish',
      });
    }
  }, 120_000);

  it('is without a fault for axe on these pages and states, and never scrolls sideways', () => {
    expect(browsing.judged.length).toBeGreaterThanOrEqual(22);
    expect(browsing.judged.filter(({ violations }) => violations.length > 0)).toEqual([]);
  });
});
