import { ConsoleHouse, OFFICER, RECEPTION, type Shown } from '../builders/console-house.ts';

const STATEMENT = 'payment,amount,currency\np1,7,VND\np2,20500,VND\n';
const VI = { cookie: '__Host-onetrack-language=vi' };

let house: ConsoleHouse;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/workflows/fixtures/charge.yaml']);
  const { api } = house;
  const [mai, reception] = [await api.applicant('mai'), await api.official('thu-lam-reception', 'reception')];
  const body = { procedure: 'charge', unit: 'thu-lam', form: { owner: { name: 'Trần Thị Mai' }, pages: 5 } };
  id = String((await api.send('POST', '/dossiers', { token: mai, body })).body['id']);
  await api.stage.settle();
  await api.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await api.stage.settle();
});
afterAll(() => house.close());

const look = (path = '', headers = {}): Promise<Shown> => house.get(`/console/money${path}`, RECEPTION, headers);
const send = (text: string, more: Record<string, string> = {}): Promise<Shown> =>
  house.post('/console/money', RECEPTION, {
    day: '2026-11-16',
    system: 'ward-system',
    statement: new File([text], 'statement.csv', { type: 'text/csv' }),
    ...more,
  });
async function pay(payment: string, value: number): Promise<void> {
  const amount = { value, currency: 'VND' };
  await house.api.webhook('/webhooks/payments', { system: 'ward-system', payment, dossier: id, amount });
  await house.api.stage.settle();
}

describe('the page of money', () => {
  it('says that nothing came, and is led to from the work of the unit', async () => {
    expect((await house.get('/console/work', OFFICER)).text).toContain('href="/console/money"');
    const { status, text } = await look();
    expect(status).toBe(200);
    for (const said of ['Nothing came or went on this day.', 'Recorded on Monday 16 November 2026', 'day=2026-11-15'])
      expect(text).toContain(said);
  });

  it('shows totals and each payment with the way to its dossier', async () => {
    await pay('p1', 7);
    await pay('p2', 20_500);
    const { text } = await look();
    for (const said of [
      `href="/console/dossiers/${id}"`,
      '₫20,500 (1)',
      '₫7 (1)',
      'To be given back',
      'value="ward-system"',
    ])
      expect(text).toContain(said);
    expect((await look('', VI)).text).toContain('Phải hoàn trả');
    expect((await look('?day=2026-11-15')).text).toContain('Nothing came or went on this day.');
    const typed = '?on.day=17&on.month=11&on.year=2026';
    expect((await look(typed)).text).toContain('Recorded on Tuesday 17 November 2026');
    const wrong = await look('?on.day=31&on.month=11&on.year=2026');
    expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('Enter a real day')]);
    expect((await look('?day=yesterday')).status).toBe(400);
  });

  it('compares a statement, and says of each difference what there is to do', async () => {
    const agrees = await send(STATEMENT);
    expect(agrees.status).toBe(200);
    for (const said of ['The statement and the record agree.', '2 lines agree.']) expect(agrees.text).toContain(said);
    const differs = await send('payment;amount;currency\np1;8;VND\np9;5;VND\np9;5;VND\n');
    for (const said of [
      'do not agree yet',
      'statement ₫8, record ₫7',
      'In the statement alone',
      'In the record alone',
      'Statement: 2 times',
      `href="/console/dossiers/${id}"`,
    ])
      expect(differs.text).toContain(said);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['no CSV', 'payment,amount\n', {}, 'Line 1: the first line must have each of the columns'],
    ['a wrong amount', 'payment,amount,currency\np1,1.000,VND\n', {}, 'Line 2: an amount is written without groups'],
    ['no file', '', {}, 'Choose the statement'],
    ['no system', STATEMENT, { system: ' ' }, 'Enter the name of the payment system'],
    ['bytes that are no text', '\u0000', {}, 'Line 1: the first line must have'],
  ])('asks again where it is sent %s', async (_, text, more, said) => {
    const again = await send(text, more);
    expect(again.status).toBe(422);
    expect(again.text).toContain(said);
    expect(again.text).toContain('error-summary');
  });
});
