import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';

const CHROMIUM = process.env['ONETRACK_CHROMIUM'] ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** More stops than any page has. */
const MOST_TABS = 150;

interface Violation {
  id: string;
  nodes: { target: unknown[]; failureSummary?: string }[];
}

/** Before which browser somebody sits. */
export interface Sitting {
  width: number;
  language: 'vi' | 'en';
  /** Whether scripts may run; they may not, unless said. */
  script?: boolean;
  /** Who is logged in already, where it is not by pages. */
  cookie?: string;
  /** Milliseconds to and fro, and bytes a second each way. */
  slow?: { latency: number; bytesPerSecond: number };
}

/** A real browser. Persons browse without JavaScript; a second window with it, in which nobody clicks, is axe's. */
export class Browsing {
  readonly #browser: Browser;
  readonly #judge: BrowserContext;
  /** Pages and states that axe has seen, with what it found. */
  readonly judged: { state: string; violations: string[] }[] = [];

  private constructor(browser: Browser, judge: BrowserContext) {
    this.#browser = browser;
    this.#judge = judge;
  }

  static async open(): Promise<Browsing> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    return new Browsing(browser, await browser.newContext({ bypassCSP: true }));
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  async person({ width, language, script = false, cookie, slow }: Sitting): Promise<Person> {
    const viewport = { width, height: 760 };
    const context = await this.#browser.newContext({
      viewport,
      locale: language,
      javaScriptEnabled: script,
      ...(cookie !== undefined && { extraHTTPHeaders: { cookie } }),
    });
    const page = await context.newPage();
    if (slow) {
      const line = await context.newCDPSession(page);
      await line.send('Network.enable');
      await line.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: slow.latency,
        downloadThroughput: slow.bytesPerSecond,
        uploadThroughput: slow.bytesPerSecond,
      });
    }
    return new Person(this, page, width);
  }

  /** What axe says of a page as it stands, at the same width. */
  async judge(page: Page, state: string, width: number): Promise<void> {
    if (this.judged.some((known) => known.state === state)) return;
    const html = await page.content();
    const url = page.url();
    const window = await this.#judge.newPage();
    await window.setViewportSize({ width, height: 760 });
    await window.route(url, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
    await window.goto(url);
    await window.evaluate(AXE);
    const { violations } = await window.evaluate<{ violations: Violation[] }>(
      `axe.run({ runOnly: ${JSON.stringify(TAGS)} })`,
    );
    const wide = await window.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    await window.close();
    this.judged.push({
      state,
      violations: [
        ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
        ...(wide ? ['scrolls sideways'] : []),
      ],
    });
  }
}

/** Somebody at a keyboard, without a mouse. */
export class Person {
  readonly page: Page;
  readonly #browsing: Browsing;
  readonly #width: number;

  constructor(browsing: Browsing, page: Page, width: number) {
    this.#browsing = browsing;
    this.page = page;
    this.#width = width;
  }

  open(url: string): Promise<unknown> {
    return this.page.goto(url);
  }

  title(): Promise<string> {
    return this.page.locator('h1').innerText();
  }

  /** Keeps a picture where ONETRACK_SCREENSHOTS names a folder, and lets axe judge. */
  async look(state: string): Promise<void> {
    await this.#browsing.judge(this.page, `${state}, ${this.#width} px`, this.#width);
    const folder = process.env['ONETRACK_SCREENSHOTS'];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({
      path: join(folder, `${state.replaceAll(/[^a-z0-9]+/gi, '-')}-${this.#width}.png`),
      fullPage: true,
    });
  }

  /** Goes from stop to stop until this is reached. */
  async tabTo(target: Locator): Promise<void> {
    for (let stops = 0; stops < MOST_TABS; stops += 1) {
      if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`expected ${String(target)} to be reached by the keyboard`);
  }

  /** Follows a link or presses a button. */
  async press(target: Locator): Promise<void> {
    await this.tabTo(target);
    const loaded = this.page.waitForEvent('load');
    await this.page.keyboard.press('Enter');
    await loaded;
  }

  button(value: string): Locator {
    return this.page.locator(`main button[value="${value}"]:not([aria-hidden])`);
  }

  async type(name: string, text: string): Promise<void> {
    await this.tabTo(this.page.locator(`[name="${name}"]`));
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }

  /** Chooses among radio buttons: one stop for all of them, then arrows. */
  async choose(name: string, value: string): Promise<void> {
    const group = this.page.locator(`input[type="radio"][name="${name}"]`);
    const target = this.page.locator(`input[type="radio"][name="${name}"][value="${value}"]`);
    for (let stops = 0; stops < MOST_TABS; stops += 1) {
      const inGroup = await group.evaluateAll((radios) =>
        radios.some((radio) => radio === radio.ownerDocument.activeElement),
      );
      if (inGroup) break;
      await this.page.keyboard.press('Tab');
    }
    await this.page.keyboard.press('Space');
    for (let steps = 0; steps < MOST_TABS && !(await target.isChecked()); steps += 1)
      await this.page.keyboard.press('ArrowDown');
  }
}

/** What the engine does by itself comes a moment later: looks again until it is so, for half a minute. */
export async function soon(look: () => Promise<void>): Promise<void> {
  const until = Date.now() + 30_000;
  for (;;) {
    try {
      await look();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
