import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE_PIN } from '../../embedded/samples/install-samples.ts';
import { type RunningSystem, startSystem } from '../../embedded/system.ts';
import { Browsing, hasChromium, type Person, soon } from '../builders/browser.ts';

const judged = hasChromium || process.env['CI'] === 'true' ? describe : describe.skip;
if (judged === describe.skip)
  process.stderr.write('Chromium is missing: journeys in a browser are skipped (scripts/oracles.sh installs it)\n');

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);
const PDF = '%PDF-1.7\nsample marriage certificate\n%%EOF\n';

judged('birth registration in a browser, by keyboard and without JavaScript', () => {
  let system: RunningSystem;
  let browsing: Browsing;
  let dir: string;
  let dossier: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'onetrack-browser-'));
    writeFileSync(join(dir, 'birth.png'), PNG);
    writeFileSync(join(dir, 'marriage.pdf'), PDF);
    const clock = { now: () => Date.now() };
    system = await startSystem({
      sampleLogin: true,
      dir: join(dir, 'data'),
      port: 0,
      clock,
      onError: (error) => process.stderr.write(`${String(error)}\n`),
    });
    browsing = await Browsing.open('birth-registration');
  }, 120_000);
  afterAll(async () => {
    await browsing.close();
    await system.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const at = (path: string): string => `${system.url}/console${path}`;

  async function logIn(person: Person, name: string, to: string): Promise<void> {
    await person.page.context().clearCookies();
    await person.open(at(`/login?to=${encodeURIComponent(`/console${to}`)}`));
    await person.press(person.button(name));
  }

  /** Opens the work that waits, as soon as it does. */
  async function openWork(person: Person): Promise<void> {
    const work = person.page.locator('.ot-work a').first();
    await soon(async () => {
      await person.open(at('/tasks'));
      expect(await work.count()).toBe(1);
    });
    await person.look('inbox');
    await person.press(work);
  }

  async function confirm(person: Person, state: string): Promise<void> {
    await person.look(state);
    await person.press(person.button('confirm'));
    expect(await person.title()).toMatch(/^(Your decision is recorded|Quyết định đã được ghi nhận)$/);
    await person.look('decided');
  }

  it('is submitted on a telephone', async () => {
    const duc = await browsing.person({ width: 360, language: 'vi' });
    const next = (): Promise<void> => duc.press(duc.button('next'));
    await duc.open(at(''));
    await duc.look('catalogue');
    await duc.type('q', 'khai sinh');
    await duc.press(duc.page.locator('main form button'));
    await duc.press(duc.page.locator('a[href$="/procedures/birth-registration"]'));
    await duc.look('procedure');
    await duc.press(duc.page.locator('.govuk-button--start'));
    await duc.press(duc.button('duc'));
    await next();
    await duc.look('unit, not chosen');
    await duc.choose('unit', 'thu-lam');
    await next();
    await next();
    await duc.look('informant, not filled in');
    await duc.type('/applicant/name', 'Nguyễn Văn Đức');
    await duc.choose('/applicant/relation', 'Cha');
    await next();
    await duc.type('/child/name', 'Nguyễn Thị Ngọc Ánh');
    for (const [part, value] of [
      ['day', '31'],
      ['month', '2'],
      ['year', String(new Date().getFullYear())],
    ])
      await duc.type(`/child/birthDate.${part}`, value!);
    await duc.choose('/child/sex', 'Nữ');
    for (const [field, value] of [
      ['ethnicity', 'Kinh'],
      ['nationality', 'Việt Nam'],
      ['birthPlace', 'Bệnh viện Đông Anh'],
      ['nativePlace', 'Xã Thư Lâm'],
    ])
      await duc.type(`/child/${field}`, value!);
    await next();
    await duc.look('child, a date that does not exist');
    const yesterday = new Date(Date.now() - 86_400_000);
    await duc.type('/child/birthDate.day', String(yesterday.getUTCDate()));
    await duc.type('/child/birthDate.month', String(yesterday.getUTCMonth() + 1));
    await duc.type('/child/birthDate.year', String(yesterday.getUTCFullYear()));
    await next();
    for (const [field, value] of [
      ['name', 'Lê Thị Hường'],
      ['birthYear', '1995'],
      ['residence', 'Xã Thư Lâm'],
    ])
      await duc.type(`/mother/${field}`, value!);
    await next();
    await duc.look('father, who may be left out');
    await next();
    await duc.choose('/parentsMarried', 'true');
    await duc.choose('/residenceArea', '00466');
    await next();
    await next();
    await duc.look('documents, missing');
    await duc.page.locator('[name="file:birthProof"]').setInputFiles(join(dir, 'birth.png'));
    await duc.page.locator('[name="file:marriageProof"]').setInputFiles(join(dir, 'marriage.pdf'));
    await next();
    await next();
    await duc.look('check answers');
    await duc.press(duc.button('go:3'));
    await duc.type('/mother/birthYear', '1996');
    await next();
    expect(await duc.page.locator('main').innerText()).toContain('1996');
    await duc.press(duc.button('submit'));
    expect(await duc.title()).toBe('Hồ sơ đã được nộp');
    await duc.look('received');
    dossier = /mine\/(d[a-z0-9]+)/.exec(duc.page.url())?.[1] ?? '';
  }, 180_000);

  it('is sent back for a clearer picture, and completed on a telephone', async () => {
    const official = await browsing.person({ width: 1280, language: 'en' });
    await logIn(official, 'thu-lam-reception', '/tasks');
    await openWork(official);
    await official.choose('outcome', 'incomplete');
    await official.tabTo(official.page.locator('input[name="missing"][value="birthProof"]'));
    await official.page.keyboard.press('Space');
    await official.tabTo(official.page.locator('input[name="missing"][value="mother"]'));
    await official.page.keyboard.press('Space');
    await official.type('comment', 'The picture is blurred');
    await official.press(official.button('check'));
    await confirm(official, 'confirm a supplement');
    const duc = await browsing.person({ width: 360, language: 'vi' });
    await logIn(duc, 'duc', '/mine');
    const give = duc.page.locator(`a[href$="/mine/${dossier}/supplement"]`);
    await soon(async () => {
      await duc.open(at(`/mine/${dossier}`));
      expect(await give.count()).toBe(1);
    });
    await duc.look('my dossier, to be completed');
    await duc.press(duc.page.locator(`a[href$="/mine/${dossier}/withdrawal"]`));
    await duc.look('withdrawal, what will happen');
    await duc.press(duc.page.locator('main .govuk-button-group a'));
    await duc.press(give);
    await duc.press(duc.button('check'));
    await duc.look('supplement, missing');
    await duc.page.locator('[name="file:birthProof"]').setInputFiles(join(dir, 'birth.png'));
    await duc.type('/mother/birthYear', '1994');
    await duc.press(duc.button('check'));
    await duc.look('check supplement');
    await duc.press(duc.button('confirm'));
    expect(await duc.page.locator('main').innerText()).toContain('1994');
  }, 180_000);

  it('is decided at a desk, and confirmed on a telephone', async () => {
    const official = await browsing.person({ width: 1280, language: 'en' });
    await logIn(official, 'thu-lam-reception', '/tasks');
    await openWork(official);
    await official.look('task');
    await official.press(official.button('check'));
    await official.look('task, nothing chosen');
    await official.choose('outcome', 'accepted');
    await official.press(official.button('check'));
    await confirm(official, 'confirm reception');

    await logIn(official, 'thu-lam-officer-1', '/tasks');
    await official.look('offices');
    await official.choose('office', 'thu-lam/case-officer');
    await official.press(official.page.locator('main form button'));
    await openWork(official);
    await official.choose('outcome', 'valid');
    await official.type('/book', '01/2026, 12');
    await official.press(official.button('check'));
    await confirm(official, 'confirm verification');

    const duc = await browsing.person({ width: 360, language: 'vi' });
    await logIn(duc, 'duc', '/mine');
    await duc.look('my dossiers');
    await soon(async () => {
      await duc.open(at(`/mine/${dossier}`));
      expect(await duc.page.locator('.ot-asked').count()).toBe(1);
    });
    await duc.look('my dossier, asked');
    await duc.choose('outcome', 'answered');
    await duc.press(duc.button('check'));
    await duc.look('check answer');
    await duc.press(duc.button('confirm'));
  }, 180_000);

  it('is signed with the official’s own key, at the signing service, and sealed', async () => {
    const official = await browsing.person({ width: 1280, language: 'vi' });
    await logIn(official, 'thu-lam-chair', '/tasks');
    await openWork(official);
    await official.choose('outcome', 'signed');
    await official.press(official.button('check'));
    await official.look('confirm signature');
    await official.press(official.page.locator('main a.govuk-button'));
    await official.look('signing service');
    await official.type('pin', SAMPLE_PIN);
    await official.press(official.page.locator('button'));
    await confirm(official, 'back from the signing service');
    await logIn(official, 'thu-lam-clerk', '/tasks');
    await openWork(official);
    await official.choose('outcome', 'signed');
    await official.press(official.button('check'));
    await confirm(official, 'confirm seal');
    expect(await official.page.locator('main').innerText()).toContain('Cấp số và đóng dấu');
  }, 180_000);

  it('is followed by its code by anybody, and fetched by its applicant', async () => {
    const duc = await browsing.person({ width: 360, language: 'en' });
    await logIn(duc, 'duc', `/mine/${dossier}`);
    const result = duc.page.locator(`a[href$="/mine/${dossier}/result"]`);
    await soon(async () => {
      await duc.open(at(`/mine/${dossier}`));
      expect(await result.count()).toBe(1);
    });
    await duc.look('my dossier, with its result');
    await duc.open(at(`/mine/${dossier}/withdrawal`));
    await duc.look('withdrawal, too late');
    await duc.open(at(`/mine/${dossier}`));
    await duc.tabTo(result);
    const download = duc.page.waitForEvent('download');
    await duc.page.keyboard.press('Enter');
    expect(
      readFileSync(await (await download).path())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    const code = (await duc.title()).replace('Dossier ', '');
    await duc.page.context().clearCookies();
    await duc.open(at('/track'));
    await duc.type('code', code);
    await duc.press(duc.page.locator('main form button'));
    expect(await duc.page.locator('main').innerText()).toContain('There is a result');
    expect(await duc.page.locator('main').innerText()).not.toContain('Ánh');
    await duc.look('tracking');
    await duc.type('number', '12/NONE');
    await duc.press(duc.page.locator('main form button').first());
    expect(await duc.page.locator('.govuk-error-summary').innerText()).toContain('issued no paper with this number');
    await duc.look('tracking, a number that is none');
    await duc.open(at('/track?code=NOTHING'));
    await duc.look('tracking, unknown');
    await duc.open(at('/nothing'));
    await duc.look('no such page');
  }, 120_000);

  it('is without a fault for axe on every page and state, and never scrolls sideways', () => {
    expect(browsing.judged.length).toBeGreaterThan(25);
    expect(browsing.judged.filter(({ violations }) => violations.length > 0)).toEqual([]);
  });
});
