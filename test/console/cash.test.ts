import { ConsoleHouse, hidden, OFFICER, RECEPTION, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
let mai: string;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/workflows/fixtures/charge.yaml']);
  mai = await house.api.applicant('mai');
});
afterAll(() => house.close());
beforeEach(async () => {
  const { api } = house;
  const body = { procedure: 'charge', unit: 'thu-lam', form: { owner: { name: 'Trần Thị Mai' }, pages: 5 } };
  id = String((await api.send('POST', '/dossiers', { token: mai, body })).body['id']);
  await api.stage.settle();
  await api.accepted(id);
});

const look = (path = '/cash', person = RECEPTION): Promise<Shown> =>
  house.get(`/console/dossiers/${id}${path}`, person);
const fields = (shown: Shown, more: Record<string, string> = {}) => ({
  ...Object.fromEntries(['once', 'order', 'value', 'currency'].map((name) => [name, hidden(shown, name)])),
  voucher: 'PT-0117',
  ...more,
});
const take = (sent: Record<string, string>, person = RECEPTION): Promise<Shown> =>
  house.post(`/console/dossiers/${id}/cash`, person, sent);
const payments = async (): Promise<number> =>
  (await house.api.stage.machine.platform.store.events(id)).filter(({ event }) => event.type === 'PaymentRecorded')
    .length;

describe('cash at the counter', () => {
  it('is led to from the dossier, says what is owed and what will happen, and is recorded once', async () => {
    expect((await look('')).text).toContain(`href="/console/dossiers/${id}/cash"`);
    const shown = await look();
    for (const said of ['₫20,500', 'Charge for the copy; Search fee', 'is recorded as paid'])
      expect(shown.text).toContain(said);
    const sent = fields(shown);
    for (const done of [await take(sent), await take(sent)])
      expect([done.status, done.headers.get('location')]).toEqual([303, `/console/dossiers/${id}`]);
    expect(await payments()).toBe(1);
    const after = await look('');
    expect(after.text).toContain('Payment received: ₫20,500.');
    expect(after.text).not.toContain(`${id}/cash`);
    const over = await look();
    expect(over.status).toBe(409);
  });

  it.each([
    ['no voucher', { voucher: ' ' }, 'Enter the number of the voucher'],
    ['a voucher that is too long', { voucher: 'x'.repeat(101) }, 'Enter the number of the voucher'],
    ['another sum', { value: '1' }, 'What is owed has changed: it is ₫20,500 now'],
    ['what was owed before', { order: 'of-yesterday' }, 'What is owed has changed'],
  ])('asks again where it is sent %s, and nothing is recorded', async (_, more, said) => {
    const again = await take(fields(await look(), more));
    expect(again.status).toBe(422);
    expect(again.text).toContain(said);
    expect(await payments()).toBe(0);
  });

  it('is for the office that receives: another is told so, and nothing is recorded', async () => {
    const refused = await take(fields(await look()), OFFICER);
    expect(refused.status).toBe(403);
    expect(await payments()).toBe(0);
  });

  it('is paid otherwise meanwhile: told, and not taken', async () => {
    const sent = fields(await look());
    const amount = { value: 20_500, currency: 'VND' };
    await house.api.webhook('/webhooks/payments', { system: 'ward-system', payment: `${id}-1`, dossier: id, amount });
    await house.api.stage.settle();
    const late = await take(sent);
    expect(late.status).toBe(409);
    expect(await payments()).toBe(1);
  });
});
