import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { Browsing, hasChromium } from '../builders/browser.ts';
import { ConsoleHouse, MAI } from '../builders/console-house.ts';

const judged = hasChromium || process.env['CI'] === 'true' ? describe : describe.skip;

judged('papers that one has already, in a browser', () => {
  let house: ConsoleHouse;
  let server: RunningServer;
  let browsing: Browsing;
  let licensed: string;
  beforeAll(async () => {
    const folder = 'test/functions/reuse';
    house = await ConsoleHouse.open([`${folder}/trade.yaml`, `${folder}/stand.yaml`]);
    const token = await house.api.applicant('mai');
    const documents = [{ component: 'plan', upload: await house.api.upload(token) }];
    const body = { procedure: 'trade', unit: 'thu-lam', form: {}, documents };
    licensed = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
    await house.api.stage.settle();
    const reception = await house.api.official('thu-lam-reception', 'reception');
    const officer = await house.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    const decide = async (task: string, by: string, outcome: string): Promise<void> => {
      await house.api.send('POST', `/tasks/${licensed}.${task}/decision`, { token: by, body: { outcome } });
      await house.api.stage.settle();
    };
    await decide('receive.1', reception, 'accepted');
    await decide('verify.1', officer, 'valid');
    server = await listenLocally(house.console, 0);
    browsing = await Browsing.open();
  }, 120_000);
  afterAll(async () => {
    await browsing.close();
    await server.close();
    await house.close();
  });

  const at = (path: string): string => `${server.url}/console${path}`;

  it('one is chosen by keyboard in place of a file, handed in, and its use is shown', async () => {
    const nobody = await browsing.person({
      width: 360,
      language: 'vi',
      cookie: house.session({ subject: 'nobody' }).cookie,
    });
    await nobody.open(at('/papers'));
    await nobody.look('my papers, none');
    for (const [width, language] of [
      [360, 'vi'],
      [1280, 'en'],
    ] as const) {
      const person = await browsing.person({ width, language, cookie: house.session(MAI).cookie });
      await person.open(at('/apply/stand?new=1'));
      await person.choose('unit', 'thu-lam');
      await person.press(person.button('next'));
      await person.choose('/extra', 'false');
      await person.press(person.button('next'));
      await person.tabTo(person.page.locator('details summary').first());
      await person.page.keyboard.press('Enter');
      await person.look('a file, and papers that one has already');
      const first = person.page.locator('input[name="paper:licence"]').first();
      await person.choose('paper:licence', (await first.getAttribute('value')) ?? '');
      await person.press(person.button('next'));
      expect(await person.page.locator('input[name="uploaded"]').getAttribute('value')).toContain(
        `licence ${licensed}/`,
      );
      await person.press(person.button('next'));
      await person.press(person.button('submit'));
      await person.open(at('/papers'));
      await person.look('my papers');
      await person.press(person.page.locator(`a[href$="/papers/${licensed}"]`).first());
      expect(await person.page.locator('main tbody tr').count()).toBeGreaterThan(0);
      await person.look('where a paper was used');
    }
  }, 120_000);

  it('are without a fault for axe on these pages and states, and never scroll sideways', () => {
    expect(browsing.judged.length).toBeGreaterThanOrEqual(4);
    expect(browsing.judged.filter(({ violations }) => violations.length > 0)).toEqual([]);
  });
});
