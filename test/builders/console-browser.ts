import { listenLocally } from '../../embedded/server.ts';
import { Browsing, hasChromium, type Person as Browser } from './browser.ts';
import type { ConsoleHouse, Person } from './console-house.ts';

/** Skipped where there is no Chromium; in CI nothing is skipped. */
export const judged = hasChromium || process.env['CI'] === 'true' ? describe : describe.skip;

/** Shows pages at 360 pixels in Vietnamese and at 1,280 in English. Answers how many states were looked at, and those in which axe finds a fault; none may scroll sideways. `suite`: names the folder of its pictures. */
export async function judgeAtBothWidths(
  { house, suite }: { house: ConsoleHouse; suite: string },
  who: Person,
  show: (browser: Browser, url: string) => Promise<void>,
): Promise<{ looked: number; faults: object[] }> {
  const server = await listenLocally(house.console, 0);
  const browsing = await Browsing.open(suite);
  try {
    for (const width of [360, 1280]) {
      const { cookie } = house.session(who);
      const browser = await browsing.person({ width, language: width === 360 ? 'vi' : 'en', cookie });
      await show(browser, server.url);
    }
    return {
      looked: browsing.judged.length,
      faults: browsing.judged.filter(({ violations }) => violations.length > 0),
    };
  } finally {
    await browsing.close();
    await server.close();
  }
}
