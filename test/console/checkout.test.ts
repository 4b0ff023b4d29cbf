import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { CHECKOUT, paymentService } from '../../embedded/samples/payment-service.ts';
import { listen, type RunningSample } from '../../embedded/samples/sample-server.ts';
import { SECRET } from '../builders/api-house.ts';
import { ConsoleHouse, MAI } from '../builders/console-house.ts';

let house: ConsoleHouse;
let api: RunningServer;
let provider: RunningSample;
/** A provider whose callback does not reach us. */
let unheard: RunningSample;
let id: string;

const serviceAt = (webhookUrl: string): Promise<RunningSample> =>
  listen(paymentService({ webhookUrl, secret: SECRET, system: 'ward-system', now: () => house.api.stage.now }), 0);

beforeAll(async () => {
  house = await ConsoleHouse.open(['test/workflows/fixtures/charge.yaml']);
  api = await listenLocally(house.api.app, 0);
  provider = await serviceAt(`${api.url}/v1/webhooks/payments`);
  unheard = await serviceAt('http://127.0.0.1:1/');
});
afterAll(async () => {
  await Promise.all([provider.close(), unheard.close(), api.close()]);
  await house.close();
});
beforeEach(async () => {
  await payAt(provider.url);
  const token = await house.api.applicant('mai');
  const body = { procedure: 'charge', unit: 'thu-lam', form: { owner: { name: 'Trần Thị Mai' }, pages: 5 } };
  id = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
  await house.api.stage.settle();
  await house.api.accepted(id);
});

async function payAt(url: string | undefined): Promise<void> {
  const { registry } = house.api.stage.machine.platform;
  const known = (await registry.get('system', 'ward-system'))!;
  const { checkout: _, ...record } = known.record;
  await registry.put(
    'system',
    'ward-system',
    { ...record, ...(url !== undefined && { checkout: `${url}${CHECKOUT}` }) },
    known.revision,
  );
}

const own = async (query = ''): Promise<string> =>
  (await house.get(`/console/mine/${id}${query}`, MAI)).text.replaceAll('\u00a0', ' ');
const linkIn = (text: string): string | undefined =>
  /class="govuk-button[^"]*"\s+rel="noreferrer"\s+href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
const english = { 'accept-language': 'en' };
const choose = (address: string, what: string): Promise<Response> =>
  fetch(address, { method: 'POST', redirect: 'manual', headers: english, body: new URLSearchParams({ do: what }) });
const backOf = (answer: Response): string => new URL(answer.headers.get('location') ?? '').search;

describe('a page to pay at', () => {
  it('is reached from what is owed, names no person, and leads back to a page that says paid', async () => {
    const address = linkIn(await own())!;
    expect(address).toMatch(new RegExp(`^${provider.url}/checkout\\?order=`));
    const order = Buffer.from(new URL(address).searchParams.get('order')!, 'base64url').toString();
    expect(order).not.toMatch(/Mai|mai/);
    const page = await fetch(address, { headers: english });
    const text = await page.text();
    for (const said of ['<html lang="en">', '₫20,500', 'Ủy ban nhân dân xã Thư Lâm', 'Do not pay'])
      expect(text.replaceAll('\u00a0', ' ')).toContain(said);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const paid = await choose(address, 'pay');
    expect({ status: paid.status, back: backOf(paid) }).toEqual({ status: 303, back: '?payment=paid' });
    await house.api.stage.settle();
    const after = await own('?payment=paid');
    expect(after).toContain('Your payment is received.');
    expect(after).not.toContain('You owe');
  });

  it('takes an order once, however often it is sent', async () => {
    const address = linkIn(await own())!;
    for (const sent of [1, 2]) expect([sent, (await choose(address, 'pay')).status]).toEqual([sent, 303]);
    await house.api.stage.settle();
    expect(await (await fetch(address, { headers: english })).text()).toContain('This was paid already');
    expect((await own()).split('Payment received: ₫20,500.').length - 1).toBe(1);
  });

  it('is not believed for what it leads back with: pending until the callback has come, and not paid twice', async () => {
    await payAt(unheard.url);
    const paid = await choose(linkIn(await own())!, 'pay');
    expect(backOf(paid)).toBe('?payment=paid');
    const pending = await own('?payment=paid');
    expect(pending).toContain('has not told us yet. Do not pay again');
    expect(pending).toContain('You owe ₫20,500');
    expect(pending).not.toContain('Your payment is received.');
    // The callback is late, not lost: it comes under the same id, whoever asks again.
    await payAt(provider.url);
    await choose(linkIn(await own())!, 'pay');
    await house.api.stage.settle();
    expect(await own('?payment=paid')).toContain('Your payment is received.');
  });

  it.each([
    ['cancel', '?payment=cancelled', 'without paying. The sum is still owed.'],
    ['fail', '?payment=failed', 'The payment did not succeed: nothing was received.'],
  ])('left by %s leads back to a page that says so, and what is owed stays owed', async (what, back, said) => {
    const address = linkIn(await own())!;
    const left = await choose(address, what);
    expect(backOf(left)).toBe(back);
    const after = await own(back);
    for (const each of [said, 'You owe ₫20,500']) expect(after).toContain(each);
    expect(linkIn(after)).toContain('/checkout?');
  });

  it('takes no order that was changed, that another signed, or that is over', async () => {
    const address = new URL(linkIn(await own())!);
    const changed = new URL(address);
    const order = JSON.parse(Buffer.from(address.searchParams.get('order')!, 'base64url').toString()) as object;
    const cheaper = Buffer.from(JSON.stringify({ ...order, amount: { value: 1, currency: 'VND' } }));
    changed.searchParams.set('order', cheaper.toString('base64url'));
    expect((await choose(changed.href, 'pay')).status).toBe(400);
    await house.api.stage.passUntil(house.api.stage.now + 3_600_000);
    expect((await fetch(address)).status).toBe(410);
    expect((await choose(address.href, 'pay')).status).toBe(410);
    expect(await own()).toContain('You owe ₫20,500');
  });

  it('is asked for by nobody else, and not where nothing is owed', async () => {
    const other = await house.api.applicant('ngoc');
    expect((await house.api.send('GET', `/dossiers/${id}/payment`, { token: other })).status).toBe(404);
    await choose(linkIn(await own())!, 'pay');
    await house.api.stage.settle();
    const token = await house.api.applicant('mai');
    const { status, body } = await house.api.send('GET', `/dossiers/${id}/payment`, { token });
    expect({ status, type: body['type'] }).toEqual({ status: 409, type: 'urn:onetrack:problem:nothing-owed' });
  });

  it('is none where the provider has none: the page says how else to pay', async () => {
    await payAt(undefined);
    const text = await own();
    expect(text).toContain('This system has no page to pay at.');
    expect(linkIn(text)).toBeUndefined();
    const token = await house.api.applicant('mai');
    expect((await house.api.send('GET', `/dossiers/${id}/payment`, { token })).body).toMatchObject({ checkout: null });
  });
});
