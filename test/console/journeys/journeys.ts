import { pagesOf } from '../../../console/app.ts';
import { type Asked, Browsing, hasChromium } from '../../builders/browser.ts';
import { APPLICANT } from './applicant.ts';
import { MONEY_AND_POST } from './money-and-post.ts';
import { OFFICIAL } from './official.ts';
import { RECORDS } from './records.ts';
import { type Mode, Town } from './town.ts';
import { UNIT_AND_ADMIN } from './unit-and-admin.ts';

/** Every journey of people through the pages, written once; each is gone in each mode. */
const JOURNEYS = { ...APPLICANT, ...OFFICIAL, ...MONEY_AND_POST, ...UNIT_AND_ADMIN, ...RECORDS };

/** Each width is seen in both languages: in one with scripts, in the other without. */
const LANGUAGES = { 360: ['vi', 'en'], 1280: ['en', 'vi'] } as const satisfies Record<
  Mode['width'],
  [Mode['language'], Mode['language']]
>;

/** What shows no page of its own where all goes well: it leads on, or hands out a file. */
const LEADS_ON = [
  'GET ',
  'GET /language/:language',
  'GET /login',
  'POST /logout',
  'POST /offices',
  'GET /procedures/:id/versions/:version',
  'POST /uploads',
  'GET /drafts/:id',
  'POST /drafts/:id/removal',
  'POST /mine/:id/withdrawal',
  'GET /mine/:id/result',
  'GET /mine/:id/evidence',
  'POST /tasks/:task/claim',
  'POST /tasks/:task/release',
  'POST /definitions/:id/:version/publish',
  'POST /definitions/:id/:version/retire',
  'POST /subscriptions/:id/end',
  'POST /disposals/:list/approval',
  'POST /disposals/:list/withdrawal',
  'GET /dossiers/:id/documents/:doc/shown',
  'GET /dossiers/:id/documents/:doc',
];

/** Of an address, which page it is of. */
function pageOf(at: string): (asked: Asked) => string | undefined {
  const pages = pagesOf().map(({ method, path }) => ({
    name: `${method} ${path}`,
    method,
    pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`),
  }));
  return ({ method, url }) => {
    if (!url.startsWith(at)) return undefined;
    const path = decodeURIComponent(new URL(url).pathname).slice('/console'.length);
    return pages.find((page) => page.method === method && page.pattern.test(path))?.name;
  };
}

const judged = hasChromium || process.env['CI'] === 'true' ? describe : describe.skip;

/** Goes all journeys at this width, without scripts and with them, by keyboard alone; every page is looked at by axe. */
export function goJourneys(suite: string, width: Mode['width']): void {
  judged(`at ${width} pixels, by keyboard alone`, () => {
    let browsing: Browsing;
    beforeAll(async () => {
      browsing = await Browsing.open(suite);
    }, 60_000);
    afterAll(() => browsing.close());

    describe.each([
      ['without', false],
      ['with', true],
    ])('%s JavaScript', (_, script) => {
      let town: Town;
      beforeAll(async () => {
        town = await Town.open(browsing, { width, script, language: LANGUAGES[width][script ? 1 : 0] });
      }, 120_000);
      afterAll(() => town.close());

      it.each(Object.entries(JOURNEYS))(
        '%s',
        async (_name, journey) => {
          const before = browsing.judged.length;
          await journey(town);
          await town.leave();
          expect(browsing.judged.slice(before).filter(({ violations }) => violations.length > 0)).toEqual([]);
        },
        180_000,
      );

      it('every page was asked for, and looked at where it shows something', () => {
        const of = pageOf(town.url);
        const asked = new Set(town.asked.map(of));
        const looked = new Set(town.looked.map(of));
        const names = pagesOf().map(({ method, path }) => `${method} ${path}`);
        expect(names.filter((name) => !asked.has(name))).toEqual(script ? [] : ['POST /uploads']);
        expect(names.filter((name) => !looked.has(name))).toEqual(names.filter((name) => LEADS_ON.includes(name)));
      });
    });
  });
}
