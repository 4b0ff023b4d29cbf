import { sampleConnectors } from '../../embedded/samples/registers.ts';
import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { Browsing, hasChromium, type Person } from '../builders/browser.ts';
import { aConnector } from '../builders/connectors.ts';
import { ConsoleHouse, OFFICER, type Person as Who } from '../builders/console-house.ts';

const judged = hasChromium || process.env['CI'] === 'true' ? describe : describe.skip;
const NGOC: Who = { subject: 'ngoc' };

judged('what an applicant may know and say, in a browser', () => {
  let house: ConsoleHouse;
  let server: RunningServer;
  let browsing: Browsing;
  beforeAll(async () => {
    house = await ConsoleHouse.open(['test/functions/sources/stall.yaml']);
    const { registry } = house.api.stage.machine.platform;
    await registry.put('connector', 'land', aConnector('https://land.example'), 0);
    const [population] = sampleConnectors('http://registers.example');
    await registry.put('connector', 'population', population!, 0);
    server = await listenLocally(house.console, 0);
    browsing = await Browsing.open();
  }, 120_000);
  afterAll(async () => {
    await browsing.close();
    await server.close();
    await house.close();
  });

  const at = (path: string): string => `${server.url}/console${path}`;
  const sits = (who: Who, more: Partial<Parameters<Browsing['person']>[0]> = {}): Promise<Person> =>
    browsing.person({ width: 360, language: 'vi', cookie: house.session(who).cookie, ...more });

  it('is found from the dossier by keyboard, on a telephone and at a desk', async () => {
    const token = await house.api.applicant('ngoc');
    const form = { applicant: { name: 'Ngọc' }, parcel: '17-204' };
    const sent = { procedure: 'stall', unit: 'thu-lam', form };
    const id = String((await house.api.send('POST', '/dossiers', { token, body: sent })).body['id']);
    await house.api.stage.settle();
    const nobody = await sits({ subject: 'nobody' });
    await nobody.open(at('/uses'));
    await nobody.look('who used my data, no dossier');
    const first = await sits(NGOC);
    await first.open(at(`/mine/${id}/uses`));
    await first.look('who used my data, not opened');
    const officer = await house.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    for (const path of ['', '/evidence']) await house.api.send('GET', `/dossiers/${id}${path}`, { token: officer });
    for (const [width, language] of [
      [360, 'vi'],
      [1280, 'en'],
    ] as const) {
      const person = await sits(NGOC, { width, language });
      await person.open(at(`/mine/${id}`));
      await person.press(person.page.locator(`a[href$="/mine/${id}/uses"]`));
      expect(await person.page.locator('main tbody tr').count()).toBe(3);
      await person.look('who used my data');
      await person.open(at('/uses'));
      await person.look('who used my data, over all');
    }
  }, 120_000);

  it('is taken from a register into the form by keyboard, and by whom nothing is known typed', async () => {
    for (const [width, language, number] of [
      [360, 'vi', '001195003366'],
      [1280, 'en', '001195003366'],
      [360, 'vi', '001199009900'],
    ] as const) {
      const who = { subject: `own-${width}-${number}`, personalId: number };
      const person = await sits(who, { width, language });
      await person.open(at('/apply/library-card'));
      await person.choose('unit', 'thu-lam');
      await person.press(person.page.locator('button[value="next"]').last());
      await person.look('own details offered');
      await person.press(person.page.locator('button[value^="own:"]'));
      const name = await person.page.locator('input[name="/applicant/name"]').inputValue();
      expect(name).toBe(number === '001195003366' ? 'Trần Thị Mai' : '');
      await person.look('own details taken');
      await person.open(at('/uses'));
      await person.look('who used my data, asked at one’s own wish');
    }
  }, 120_000);

  it('is rated once, by keyboard, after a fault', async () => {
    const token = await house.api.applicant('mai');
    for (const [width, language] of [
      [360, 'vi'],
      [1280, 'en'],
    ] as const) {
      const id = await house.api.submitted(token);
      await house.api.send('POST', `/dossiers/${id}/withdrawal`, { token, body: {} });
      await house.api.stage.settle();
      const person = await sits({ subject: 'mai' }, { width, language });
      await person.open(at(`/mine/${id}`));
      await person.look('to be rated');
      const send = person.page.locator('form[action$="/rating"] button');
      await person.press(send);
      await person.look('rated without a score');
      await person.choose('score', '2');
      await person.press(person.page.locator('form[action$="/rating"] button'));
      expect(await person.page.locator('input[name="score"]').count()).toBe(0);
      await person.look('rated');
      const head = await sits(OFFICER, { width, language });
      await head.open(at('/work'));
      await head.look('work of a unit, with ratings');
    }
  }, 120_000);

  it('is without a fault for axe on these pages and states, and never scrolls sideways', () => {
    expect(browsing.judged.length).toBeGreaterThanOrEqual(14);
    expect(browsing.judged.filter(({ violations }) => violations.length > 0)).toEqual([]);
  });
});
