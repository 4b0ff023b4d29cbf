import { ADMIN, ConsoleHouse, hidden } from '../builders/console-house.ts';

const LIST = '/console/subscriptions';
const URL = 'https://subscriber.example/hook';

let house: ConsoleHouse;
beforeEach(async () => {
  house = await ConsoleHouse.open();
});
afterEach(() => house.close());

async function subscriptions(): Promise<Record<string, unknown>[]> {
  const token = await house.api.admin();
  const { body } = await house.api.send('GET', '/subscriptions', { token });
  return body['items'] as Record<string, unknown>[];
}

describe('a subscription that is made by page', () => {
  it('tells its secret once, and is made once however often the form is sent', async () => {
    const page = await house.get(`${LIST}/new`, ADMIN);
    const fields = {
      url: URL,
      units: 'thu-lam',
      types: ['DossierSettled', 'DossierSubmitted'],
      once: hidden(page, 'once'),
    };
    const made = [await house.post(LIST, ADMIN, fields), await house.post(LIST, ADMIN, fields)];
    const [first, again] = made.map(({ text }) => /whsec_[A-Za-z0-9+/=]+/.exec(text)?.[0]);
    expect(made.map(({ status }) => status)).toEqual([201, 201]);
    expect(first).toBeDefined();
    expect(again).toBe(first);
    const known = await subscriptions();
    expect(known).toEqual([
      expect.objectContaining({ url: URL, units: ['thu-lam'], types: ['DossierSettled', 'DossierSubmitted'] }),
    ]);
    const at = `${LIST}/${String(known[0]?.['id'])}`;
    expect(made[0]?.text).toContain(at);
    for (const path of [LIST, at]) expect((await house.get(path, ADMIN)).text).not.toContain('whsec_');
  });

  it('is of every unit where none is named, and finds a unit by its name', async () => {
    const unit = house.api.stage.machine.catalogue;
    const name = (await unit.unit('thu-lam'))?.name ?? '';
    await house.post(LIST, ADMIN, { url: URL, units: '' });
    await house.post(LIST, ADMIN, { url: `${URL}/2`, units: `${name}\n` });
    const known = await subscriptions();
    const every = (await unit.units()).map(({ id }) => id).toSorted();
    expect(known.map(({ url, units }) => [url, (units as string[]).toSorted()])).toEqual(
      expect.arrayContaining([
        [URL, every],
        [`${URL}/2`, ['thu-lam']],
      ]),
    );
  });

  it.each([
    ['no address', { url: '' }, '#url', 'Enter an address that begins with https://'],
    ['what is no address', { url: 'subscriber' }, '#url', 'Enter an address that begins with https://'],
    ['an address within', { url: 'https://169.254.169.254/x' }, '#url', 'Enter an address that begins with https://'],
    ['a unit that nobody has', { url: URL, units: 'thu-lam\nnowhere at all' }, '#units', 'nowhere at all'],
  ])('is asked for again after %s, with all that was typed, and none is made', async (_, fields, at, said) => {
    const { status, text } = await house.post(LIST, ADMIN, { types: ['DossierSettled'], ...fields });
    expect(status).toBe(422);
    expect(text).toContain(`href="${at}"`);
    expect(text).toContain(said);
    expect(text).toContain(fields.url);
    expect(text).toMatch(/value="DossierSettled"\s+checked/);
    expect(await subscriptions()).toEqual([]);
  });
});

describe('a subscription', () => {
  it('is ended after the page that says what will happen, once', async () => {
    await house.post(LIST, ADMIN, { url: URL });
    const [made] = await subscriptions();
    const at = `${LIST}/${String(made?.['id'])}`;
    expect((await house.get(at, ADMIN)).text).toContain(`${at}/end`);
    const page = await house.get(`${at}/end`, ADMIN);
    expect(page.text).toContain(URL);
    expect(page.text).toContain('told of nothing any more');
    expect(await subscriptions()).toHaveLength(1);
    for (const turn of [1, 2])
      expect([turn, (await house.post(`${at}/end`, ADMIN)).headers.get('location')]).toEqual([turn, LIST]);
    expect(await subscriptions()).toEqual([]);
    expect((await house.get(`${at}/end`, ADMIN)).status).toBe(404);
  });
});
