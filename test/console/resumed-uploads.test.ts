import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { UPLOAD_SCRIPT } from '../../console/applicant/upload-script.ts';
import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { Browsing, hasChromium, type Person, soon } from '../builders/browser.ts';
import { ConsoleHouse, MAI } from '../builders/console-house.ts';
import { inParts } from '../builders/api-house.ts';

const APPLY = '/console/apply/library-card';
const PART = 262_144;
const COUNT = 8;
const LARGE = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(COUNT * PART - 1000, 'a large portrait\n')]);
const READER = {
  unit: 'thu-lam',
  '/applicant/name': 'Trần Thị Mai',
  '/applicant/birthDate.day': '17',
  '/applicant/birthDate.month': '5',
  '/applicant/birthDate.year': '1994',
  '/applicant/address': 'Xã Thư Lâm',
};

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open();
});
afterAll(() => house.close());

const announce = (fields: Record<string, string>) => house.post('/console/uploads', MAI, fields);

describe('the page whose form has files', () => {
  it('alone runs a script, its own, small and to be kept, and sends to where files go', async () => {
    const sent = { ...READER, once: 'a'.repeat(36), page: '2', step: 'next' };
    const page = await house.post(APPLY, MAI, sent);
    expect(page.text).toContain('name="file:portrait"');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; script-src 'self'; connect-src 'self'",
    );
    expect(page.text.match(/<script/g)).toHaveLength(1);
    const [, src = ''] = /<script\s+defer\s+src="([^"]+)"/.exec(page.text) ?? [];
    const script = await house.get(src);
    expect([script.headers.get('content-type'), script.headers.get('cache-control')]).toEqual([
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    expect(script.text).toBe(UPLOAD_SCRIPT.text);
    expect(gzipSync(script.text).length).toBeLessThan(3_000);
    expect(house.weightOf(page) + gzipSync(script.text).length).toBeLessThan(60_000);
    const without = await house.post(APPLY, MAI, { ...sent, page: '1' });
    expect(without.text).not.toContain('<script');
    expect(without.headers.get('content-security-policy')).not.toContain('script-src');
  });

  it.each([
    ['nothing', {}, 400, 'malformed'],
    ['no JSON', { place: 'x', announcement: '{' }, 400, 'malformed'],
    [
      'a file in one piece',
      { place: 'x', announcement: JSON.stringify({ ...inParts(LARGE), parts: undefined }) },
      400,
      'malformed',
    ],
    [
      'a file that is too large',
      { place: 'x', announcement: JSON.stringify({ ...inParts(LARGE, PART), size: 99_000_000 }) },
      400,
      'invalid-request',
    ],
  ])('announces nothing for a script that sends %s', async (_, fields, status, refused) => {
    const answer = await announce(fields);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, { refused }]);
  });

  it('announces a file once for each place, at addresses of its own', async () => {
    const announcement = JSON.stringify(inParts(LARGE, PART));
    const [first, again, elsewhere] = await Promise.all(
      ['a/portrait', 'a/portrait', 'b/portrait'].map(async (place) => {
        const { text } = await announce({ place, announcement });
        return JSON.parse(text) as { id: string; count: number; next: { url: string }[] };
      }),
    );
    expect(first).toEqual(again);
    expect(elsewhere?.id).not.toBe(first?.id);
    expect([first?.count, first?.next.length]).toEqual([COUNT, COUNT]);
    expect(first?.next[0]?.url).toMatch(/^\/v1\/uploads\/u\w+\/parts\/1\?/);
  });
});

const judged = hasChromium || process.env['CI'] === 'true' ? describe : describe.skip;
judged('a large file, in a browser', () => {
  let server: RunningServer;
  let browsing: Browsing;
  let dir: string;
  let file: string;
  /** Addresses of parts that arrived. */
  const arrived: string[] = [];
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'onetrack-resumed-'));
    file = join(dir, 'portrait.pdf');
    writeFileSync(file, LARGE);
    writeFileSync(join(dir, 'words.pdf'), Buffer.alloc(3 * PART, 'no PDF at all\n'));
    server = await listenFor(house);
    browsing = await Browsing.open('resumed-uploads');
  }, 60_000);
  afterAll(async () => {
    await browsing.close();
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Pages and API at one address. */
  function listenFor({ console, api }: ConsoleHouse): Promise<RunningServer> {
    const both = async (request: Request): Promise<Response> => {
      const { pathname } = new URL(request.url);
      if (!pathname.startsWith('/v1/')) return console.fetch(request);
      const answer = await api.app.fetch(request);
      if (answer.status === 204) arrived.push(pathname);
      return answer;
    };
    return listenLocally({ fetch: both }, 0);
  }

  /** At the page of documents, by the pages before it. */
  async function atDocuments(
    subject: string,
    width = 360,
    language: 'vi' | 'en' = 'en',
    of = { house, server },
  ): Promise<Person> {
    const { cookie } = of.house.session({ subject });
    const person = await browsing.person({ width, language, cookie, script: true });
    await person.open(`${of.server.url}${APPLY}`);
    await person.choose('unit', 'thu-lam');
    await person.press(person.button('next'));
    for (const [name, value] of Object.entries(READER)) if (name !== 'unit') await person.type(name, value);
    await person.press(person.button('next'));
    await person.press(person.button('next'));
    return person;
  }

  /** Parts that arrived, as the browser sends them; `broken`: the line is, after so many. */
  async function watch(page: Page, least = Infinity): Promise<{ arrived: number[]; mend: () => void }> {
    const seen = { arrived: [] as number[], mend: () => void (least = Infinity) };
    await page.route('**/v1/uploads/**', async (route) => {
      if (seen.arrived.length >= least) return route.abort('internetdisconnected');
      const { headers, ...answer } = await route.fetch().then(async (response) => ({
        status: response.status(),
        headers: response.headers(),
      }));
      if (answer.status === 204) seen.arrived.push(Number(/parts\/(\d+)/.exec(route.request().url())?.[1]));
      return route.fulfill({ ...answer, headers });
    });
    return seen;
  }
  const status = (page: Page) => page.locator('main form [role="status"]').innerText();
  const go = (page: Page) =>
    page.locator('main button[value="next"]:not([aria-hidden])').press('Enter', { noWaitAfter: true });

  async function submitted(person: Person, subject: string): Promise<void> {
    await person.press(person.button('next'));
    expect(await person.page.locator('main').innerText()).toContain('portrait.pdf');
    await person.press(person.button('submit'));
    const token = await house.api.applicant(subject);
    const { body } = await house.api.send('GET', '/dossiers', { token });
    const [{ id } = { id: '' }] = body['items'] as { id: string }[];
    const dossier = await house.api.send('GET', `/dossiers/${id}`, { token });
    expect(dossier.body['documents']).toMatchObject([
      { component: 'portrait', sha256: createHash('sha256').update(LARGE).digest('hex'), size: LARGE.length },
    ]);
  }

  it('goes on by itself when the line is back, cut amid parts, and says how far it is', async () => {
    const person = await atDocuments('mai-cut');
    const { page } = person;
    const before = arrived.length;
    const line = await page.context().newCDPSession(page);
    const hold = (offline: boolean): Promise<unknown> =>
      line.send('Network.emulateNetworkConditions', {
        ...{ offline, latency: 100, downloadThroughput: 300_000, uploadThroughput: 300_000 },
      });
    await line.send('Network.enable');
    await hold(false);
    await page.locator('[name="file:portrait"]').setInputFiles(file);
    const loaded = page.waitForEvent('load', { timeout: 90_000 });
    await go(page);
    for (const least of [2, 4]) {
      await soon(async () => expect(arrived.length - before).toBeGreaterThanOrEqual(least));
      await hold(true);
      await soon(async () =>
        expect(await status(page)).toMatch(/^The connection is lost\. \d\d% of portrait\.pdf has arrived/),
      );
      if (least === 2) await person.look('a large file, the line cut');
      await hold(false);
    }
    await loaded;
    expect(await person.title()).toBe('How we tell you');
    const parts = arrived.slice(before).map((path) => path.replace(/.*\//, ''));
    expect([...new Set(parts)].toSorted()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    // What was on the way when the line was cut, twice two parts, may come again.
    expect(parts.length).toBeLessThanOrEqual(COUNT + 4);
    await submitted(person, 'mai-cut');
  }, 120_000);

  it('is found again after the page was left: chosen anew, only the rest travels', async () => {
    const person = await atDocuments('mai-left', 1280, 'vi');
    const { page } = person;
    const before = await watch(page, 4);
    await page.locator('[name="file:portrait"]').setInputFiles(file);
    await go(page);
    await soon(async () => expect(await status(page)).toMatch(/^Mất kết nối/));
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await person.open(`${server.url}${APPLY}`);
    await person.press(page.locator('main .ot-work a').first());
    const after = await watch(page);
    await page.locator('[name="file:portrait"]').setInputFiles(file);
    const told = page.evaluate(
      `new Promise((done) => {
        const at = document.querySelector('main form [role=status]');
        new MutationObserver(() => { if (/đã có ở đây/.test(at.textContent)) done(at.textContent); }).observe(at, { childList: true });
      })`,
    );
    const loaded = page.waitForEvent('load');
    await go(page);
    expect(await told).toMatch(/^(50|62) % của portrait\.pdf đã có ở đây/);
    await loaded;
    expect([...before.arrived, ...after.arrived].toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await submitted(person, 'mai-left');
  }, 120_000);

  it.each([
    [
      'the browser has no digests',
      async (page: Page) => {
        await page.addInitScript('Object.defineProperty(crypto, "subtle", { value: undefined })');
        await page.reload();
      },
    ],
    [
      'the announcement is refused',
      (page: Page) => page.route('**/console/uploads', (route) => route.fulfill({ status: 422 })),
    ],
    ['its parts are refused', (page: Page) => page.route('**/parts/*', (route) => route.fulfill({ status: 403 }))],
  ])(
    'is sent by the form where %s',
    async (said, hinder) => {
      const subject = `mai-form-${said.length}`;
      const person = await atDocuments(subject);
      const { page } = person;
      await hinder(page);
      const before = arrived.length;
      await page.locator('[name="file:portrait"]').setInputFiles(file);
      const loaded = page.waitForEvent('load', { timeout: 90_000 });
      await go(page);
      await loaded;
      expect(arrived).toHaveLength(before);
      expect(await person.title()).toBe('How we tell you');
      await submitted(person, subject);
    },
    120_000,
  );

  it('is not sent at all where the login is over', async () => {
    const person = await atDocuments('mai-over');
    const { page } = person;
    await page.route('**/console/uploads', (route) => route.fulfill({ status: 401 }));
    await page.locator('[name="file:portrait"]').setInputFiles(file);
    const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith(APPLY));
    await person.press(person.button('next'));
    expect(Number(await (await sent).headerValue('content-length'))).toBeLessThan(10_000);
    expect(await person.page.locator('main').innerText()).toContain('Choose a file: Portrait photograph');
  }, 120_000);

  it('is not bound by what a form as a whole may have, and the page says so', async () => {
    const small = await ConsoleHouse.open([], undefined, { maxRequestBytes: 700_000 });
    const there = await listenFor(small);
    const person = await atDocuments('mai-small', 360, 'en', { house: small, server: there });
    const { page } = person;
    const text = await page.locator('main').innerText();
    expect([text.includes('up to 5 MB'), text.includes('together')]).toEqual([true, false]);
    // What the script cannot send is not sent by the form either: it would get no answer of ours.
    await page.locator('[name="file:portrait"]').setInputFiles(join(dir, 'words.pdf'));
    await person.press(person.button('next'));
    expect(await page.locator('main').innerText()).toContain('This file is of the wrong kind');
    await page.route('**/console/uploads', (route) => route.fulfill({ status: 410 }));
    await page.locator('[name="file:portrait"]').setInputFiles(file);
    await person.press(person.button('next'));
    expect(await page.locator('main').innerText()).toContain('The file was not received');
    await page.unroute('**/console/uploads');
    await page.locator('[name="file:portrait"]').setInputFiles(file);
    await person.press(person.button('next'));
    expect(await person.title()).toBe('How we tell you');
    // Another in its place, larger than any may be: that it is not taken is told, not passed over for the one before.
    await person.press(person.button('back'));
    const huge = join(dir, 'huge.pdf');
    writeFileSync(huge, Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5_100_000)]));
    await page.locator('[name="file:portrait"]').setInputFiles(huge);
    await person.press(person.button('next'));
    expect(await page.locator('main').innerText()).toContain('huge.pdf has 5.1 MB; a file may have at most 5 MB');
    await there.close();
    await small.close();
  }, 120_000);

  it.each([
    ['no file', undefined, 'Documents'],
    ['a small file', 'small.pdf', 'How we tell you'],
    ['a file that is larger than the document may be', 'larger.pdf', 'Documents'],
  ])(
    'leaves the page at the first press with %s',
    async (said, name, title) => {
      writeFileSync(join(dir, 'small.pdf'), '%PDF-1.7\nsmall\n%%EOF\n');
      writeFileSync(join(dir, 'larger.pdf'), Buffer.concat([LARGE, LARGE, LARGE]));
      const person = await atDocuments(`mai-${said.length}`);
      if (name !== undefined) await person.page.locator('[name="file:portrait"]').setInputFiles(join(dir, name));
      await person.press(person.button('next'));
      expect(await person.title()).toBe(title);
    },
    120_000,
  );

  it('is judged by the form where it is of another kind', async () => {
    const person = await atDocuments('mai-words');
    await person.page.locator('[name="file:portrait"]').setInputFiles(join(dir, 'words.pdf'));
    await person.press(person.button('next'));
    expect(await person.page.locator('main').innerText()).toContain('This file is of the wrong kind');
  }, 120_000);

  it('is without a fault for axe while it is sent, and never scrolls sideways', () => {
    expect(browsing.judged).toEqual([{ state: 'a large file, the line cut, 360 px, with script', violations: [] }]);
  });
});
