import { Browsing, hasChromium } from '../builders/browser.ts';

const judged = hasChromium || process.env['CI'] === 'true' ? describe : describe.skip;

const GOOD = '<h1>Good</h1><p>Text</p>';
const FAULTS = {
  'image-alt': '<h1>Bad</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
  label: '<h1>Bad</h1><input name="of-what">',
  'color-contrast': '<h1>Bad</h1><p style="color: #ccc">Faint</p>',
  'target-size': '<h1>Bad</h1><button style="font-size: 4px">a</button><button style="font-size: 4px">b</button>',
  'scrolls sideways': '<h1>Bad</h1><div style="width: 1500px">Wide</div>',
};

judged('who judges pages in a browser', () => {
  let browsing: Browsing;
  beforeAll(async () => {
    browsing = await Browsing.open('judge');
  }, 60_000);
  afterAll(() => browsing.close());

  const pageOf = (main: string): string =>
    `<!doctype html><html lang="en"><head><title>Page</title><script>document.title = 'Run'</script></head><body><main>${main}</main></body></html>`;

  it.each([
    ['does not run', false],
    ['runs', true],
  ])(
    'finds each fault on its page and none on a good one, where the page’s own script %s',
    async (_, script) => {
      const person = await browsing.person({ width: 360, language: 'en', script });
      const pages = Object.entries({ good: GOOD, ...FAULTS, 'good again': GOOD });
      await person.page.route('http://pages.test/*', (route) => {
        const [, main] = pages[Number(new URL(route.request().url()).pathname.slice(1))] ?? ['', ''];
        return route.fulfill({ contentType: 'text/html; charset=utf-8', body: pageOf(main) });
      });
      for (const [index, [name]] of pages.entries()) {
        await person.open(`http://pages.test/${index}`);
        await person.look(name);
        expect(await person.page.title()).toBe(script ? 'Run' : 'Page');
      }
      const found = browsing.judged.slice(-pages.length);
      expect(found.map(({ violations }) => violations.map((each) => each.split(':')[0]))).toEqual(
        pages.map(([name]) => (name in FAULTS ? [name] : [])),
      );
    },
    60_000,
  );
});
