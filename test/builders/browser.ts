import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type CDPSession, chromium, type Locator, type Page } from 'playwright-core';
import { Axe } from './axe.ts';

/** Chromium without windows of its own does the same with pages for half the work. */
const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const CHROMIUM = process.env['ONETRACK_CHROMIUM'] ?? INSTALLED.find((path) => existsSync(path)) ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);
/** Where pictures of pages are kept, a folder for each suite; build output. */
const SCREENSHOTS = fileURLToPath(new URL('../../build/screenshots/', import.meta.url));
/** A page that glides to each stop takes five times the work of a keystroke. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-smooth-scrolling'];
/** More stops than any page has. */
const MOST_TABS = 150;

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

/** What a page or a file was asked for by, and what it is. */
export interface Asked {
  method: string;
  url: string;
  /** Whether it is a page. */
  isPage: boolean;
}

/** A real browser. */
export class Browsing {
  readonly #browser: Browser;
  /** Where its pictures go; emptied when it is opened. */
  readonly pictures: string;
  /** Pages and states that axe has seen, with what it found. */
  readonly judged: { state: string; violations: string[] }[] = [];

  private constructor(browser: Browser, pictures: string) {
    this.#browser = browser;
    this.pictures = pictures;
  }

  /** `suite`: names the folder of its pictures. */
  static async open(suite: string): Promise<Browsing> {
    const pictures = join(SCREENSHOTS, suite);
    rmSync(pictures, { recursive: true, force: true });
    mkdirSync(pictures, { recursive: true });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    return new Browsing(browser, pictures);
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
    return new Person(this, page, { width, script });
  }
}

/** Somebody at a keyboard, without a mouse. */
export class Person {
  readonly page: Page;
  readonly #browsing: Browsing;
  readonly #axe = new Axe();
  #line: CDPSession | undefined;
  readonly #sits: { width: number; script: boolean };
  /** All that the browser asked for, in order. */
  readonly asked: Asked[] = [];
  /** What was asked for by the pages that were looked at. */
  readonly looked: Asked[] = [];

  constructor(browsing: Browsing, page: Page, sits: { width: number; script: boolean }) {
    this.#browsing = browsing;
    this.page = page;
    this.#sits = sits;
    page.on('response', (response) => {
      const request = response.request();
      const isPage =
        request.isNavigationRequest() && (response.headers()['content-type'] ?? '').startsWith('text/html');
      this.asked.push({ method: request.method(), url: response.url(), isPage });
    });
  }

  open(url: string): Promise<unknown> {
    return this.page.goto(url);
  }

  title(): Promise<string> {
    return this.page.locator('h1').innerText();
  }

  text(): Promise<string> {
    return this.page.locator('main').innerText();
  }

  /** Lets axe judge, and keeps a picture: once for each state at this width, with scripts again where the page has one. */
  async look(name: string): Promise<void> {
    const { width, script } = this.#sits;
    const shown = this.asked.findLast(({ isPage }) => isPage);
    if (shown) this.looked.push(shown);
    const isScripted = script && (await this.page.locator('head script').count()) > 0;
    const state = `${name}, ${width} px${isScripted ? ', with script' : ''}`;
    const { judged, pictures } = this.#browsing;
    if (judged.some((known) => known.state === state)) return;
    const line = (this.#line ??= await this.page.context().newCDPSession(this.page));
    judged.push({ state, violations: await this.#axe.judge(line, script) });
    const picture = `${name.replaceAll(/[^a-z0-9]+/gi, '-')}-${width}${isScripted ? '-script' : ''}.png`;
    await keepPicture(line, join(pictures, picture));
  }

  /** Goes from stop to stop until this is reached. */
  async tabTo(target: Locator): Promise<void> {
    for (let stops = 0; stops < MOST_TABS;) {
      const more = await target.evaluate(stopsTo);
      if (more === 0) return;
      await Promise.all(Array.from({ length: more }, () => this.page.keyboard.press('Tab')));
      stops += more;
    }
    throw new Error(`expected ${String(target)} to be reached by the keyboard at ${this.page.url()}`);
  }

  /** Follows a link or presses a button. */
  async press(target: Locator): Promise<void> {
    await this.tabTo(target);
    const loaded = this.page.waitForEvent('load');
    await this.page.keyboard.press('Enter');
    await loaded;
  }

  /** Follows the first link of the page that ends so. */
  follow(end: string): Promise<void> {
    return this.press(this.page.locator(`main a[href$="${end}"]`).first());
  }

  /** Presses the button of this step, or the one that sends the page's last form. */
  send(step?: string): Promise<void> {
    return this.press(
      step === undefined ? this.page.locator('main form button:not([aria-hidden])').last() : this.button(step).first(),
    );
  }

  /** Presses the first button of the form that goes to an address that ends so. */
  submit(end: string): Promise<void> {
    return this.press(this.page.locator(`form[action$="${end}"] button:not([aria-hidden])`).first());
  }

  /** Follows a link or presses a button that hands out a file; its first bytes. A PDF that has just been shown takes the keyboard when its viewer is there: then one goes back and presses again. */
  async fetch(target: Locator): Promise<string> {
    for (let presses = 0; presses < 3; presses += 1) {
      await this.tabTo(target);
      const handed = this.page.waitForEvent('download', { timeout: 10_000 }).catch(() => undefined);
      await this.page.keyboard.press('Enter');
      const download = await handed;
      if (!download) continue;
      return readFileSync(await download.path())
        .subarray(0, 5)
        .toString('latin1');
    }
    throw new Error(`expected a file behind ${String(target)}, got none`);
  }

  button(value: string): Locator {
    return this.page.locator(`main button[value="${value}"]:not([aria-hidden])`);
  }

  /** Chooses files in the dialogue that the keyboard opens; who sees none presses again. */
  async attach(name: string, files: string | string[]): Promise<void> {
    await this.tabTo(this.page.locator(`[name="${name}"]`));
    for (let presses = 0; presses < 5; presses += 1) {
      const opened = this.page.waitForEvent('filechooser', { timeout: 3_000 }).catch(() => undefined);
      await this.page.keyboard.press('Space');
      const chooser = await opened;
      if (!chooser) continue;
      await chooser.setFiles(files);
      return;
    }
    throw new Error(`expected ${name} to open a dialogue at ${this.page.url()}`);
  }

  async tick(name: string, value: string): Promise<void> {
    await this.tabTo(this.page.locator(`input[type="checkbox"][name="${name}"][value="${value}"]`));
    await this.page.keyboard.press('Space');
  }

  /** Chooses in a list, by arrows. */
  async select(name: string, value: string): Promise<void> {
    const list = this.page.locator(`select[name="${name}"]`);
    await this.tabTo(list);
    for (let steps = 0; steps < MOST_TABS && (await list.inputValue()) !== value; steps += 1)
      await this.page.keyboard.press('ArrowDown');
  }

  /** Opens what is folded up. */
  async unfold(summary: Locator): Promise<void> {
    await this.tabTo(summary);
    await this.page.keyboard.press('Enter');
  }

  /** Instead of what stands there, as an input method does. */
  async type(name: string, text: string): Promise<void> {
    await this.tabTo(this.page.locator(`[name="${name}"]`));
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(text);
  }

  /** Chooses among radio buttons: one stop for all of them, then arrows. */
  async choose(name: string, value: string): Promise<void> {
    const group = `input[type="radio"][name="${name}"]`;
    const checked = this.page.locator(`${group}:checked`);
    await this.tabTo((await checked.count()) > 0 ? checked : this.page.locator(group).first());
    await this.page.keyboard.press('Space');
    const target = this.page.locator(`${group}[value="${value}"]`);
    for (let steps = 0; steps < MOST_TABS && !(await target.isChecked()); steps += 1)
      await this.page.keyboard.press('ArrowDown');
    expect({ name, value, chosen: await target.isChecked() }).toEqual({ name, value, chosen: true });
  }
}

/** A busy machine's Chromium cannot draw a page now and then; asked again, it can. */
async function keepPicture(line: CDPSession, path: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { data } = await line.send('Page.captureScreenshot', {
        captureBeyondViewport: true,
        optimizeForSpeed: true,
      });
      writeFileSync(path, data, 'base64');
      return;
    } catch (error) {
      if (tries === 3 || !String(error).includes('Unable to capture screenshot')) throw error;
    }
  }
}

/** An element of a page, as far as the keyboard meets it. */
interface Stop {
  tabIndex: number;
  name: string;
  type: string;
  checkVisibility(): boolean;
  ownerDocument: { activeElement: Stop | null; querySelectorAll(selectors: string): Iterable<Stop> };
}

/** How many times Tab leads from where the keyboard is to this, as far as the page tells beforehand: none only where it is there. Runs in the browser. */
function stopsTo(target: Stop): number {
  const { ownerDocument } = target;
  const { activeElement } = ownerDocument;
  if (target === activeElement) return 0;
  const radios = new Set([target, activeElement].flatMap((stop) => (stop?.type === 'radio' ? [stop.name] : [])));
  const stops = [...ownerDocument.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(
    (stop) => {
      if (stop === target || stop === activeElement) return true;
      if (stop.tabIndex < 0 || !stop.checkVisibility()) return false;
      if (stop.type !== 'radio') return true;
      // Radio buttons of one name are one stop.
      const isKnown = radios.has(stop.name);
      radios.add(stop.name);
      return !isKnown;
    },
  );
  const from = activeElement ? stops.indexOf(activeElement) : -1;
  return Math.max(1, stops.indexOf(target) - from);
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
