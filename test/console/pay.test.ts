import { ConsoleHouse, type Fields, hidden, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

const DAY = 86_400_000;
let house: ConsoleHouse;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open([
    'test/workflows/fixtures/charge.yaml',
    'workflows/procedures/household-business.yaml',
  ]);
});
afterAll(() => house.close());

async function accepted(pages: number): Promise<void> {
  const token = await house.api.applicant('mai');
  const form = { owner: { name: 'Trần Thị Mai' }, pages };
  const body = { procedure: 'charge', unit: 'thu-lam', form };
  id = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
  await house.api.stage.settle();
  const reception = await house.api.official('thu-lam-reception', 'reception');
  await house.api.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.api.stage.settle();
}

const own = (headers?: Record<string, string>): Promise<Shown> => house.get(`/console/mine/${id}`, MAI, headers);
const bannerOf = ({ text }: Shown): string =>
  (
    /<div\s+class="govuk-notification-banner[\s\S]*?(?=<dl class="govuk-summary-list">\s*<div[^>]*>\s*<dt[^>]*>Status)/.exec(
      text,
    )?.[0] ?? ''
  ).replaceAll('\u00a0', ' ');
const textOf = ({ text }: Shown): string => text.replaceAll('\u00a0', ' ');

async function pay(payment: string, value: number): Promise<unknown> {
  const body = { system: 'ward-system', payment, dossier: id, amount: { value, currency: 'VND' } };
  const { body: answer } = await house.api.webhook('/webhooks/payments', body);
  await house.api.stage.settle();
  return (answer['status'] as Record<string, unknown>)['financial'];
}

describe('a fee that is owed', () => {
  it('is told with its law, its term, what follows, to whom and under which reference, and no way to pay is made up', async () => {
    await accepted(5);
    const shown = await own();
    const banner = bannerOf(shown);
    for (const said of [
      'You owe ₫20,500',
      'Legal basis: Fixture Act art. 6',
      'Legal basis: Fixture Act art. 8',
      'Monday 23 November 2026',
      'After that: The result is sent to the applicant: Stopped',
      'Ủy ban nhân dân xã Thư Lâm',
      'This system has no page to pay at.',
    ])
      expect(banner).toContain(said);
    expect(banner).not.toContain('art. 7');
    expect(textOf(shown)).toMatch(/₫\d+(,\d+)?, not paid yet/);
    expect(banner).toMatch(/Reference to give<\/dt>\s*<dd[^>]*>H26\.15-\d+-\d+</);
    expect(banner).not.toMatch(/<a\s|<form/);
    expect(textOf(await house.get('/console/mine', MAI))).toContain('Waits for you');
    const vi = textOf(await own({ cookie: '__Host-onetrack-language=vi' }));
    for (const said of ['Ông/bà phải nộp 20.500 ₫', 'Hệ thống này không có trang nộp tiền.', 'Hạn nộp'])
      expect(vi).toContain(said);
  });

  it('stays owed where another sum comes, and is told as received once the whole is paid, twice told or not', async () => {
    await accepted(5);
    expect(await pay(`${id}-1`, 20_000)).toBe('refund-due');
    const wrong = textOf(await own());
    for (const said of ['You owe', 'Received: ₫20,000, which is not the sum', 'has to be paid back'])
      expect(wrong).toContain(said);
    await pay(`${id}-2`, 20_500);
    await pay(`${id}-2`, 20_500);
    const paid = textOf(await own());
    expect(paid).not.toContain('You owe');
    expect(paid).toContain('₫20,000, paid on Monday 16 November 2026');
    expect(paid.split('Payment received: ₫20,500.').length - 1).toBe(1);
    const withdrawal = await house.get(`/console/mine/${id}/withdrawal`, MAI);
    expect(withdrawal.text).toContain('is not paid back by the withdrawal itself');
  });

  it('is not spoken of where nothing is owed', async () => {
    await accepted(0);
    expect((await own()).text).not.toMatch(/You owe|has no page to pay at/);
  });
});

describe('the check before an application is submitted', () => {
  const check = async (procedure: string, fields: Fields, last: number): Promise<string> =>
    textOf(
      await house.post(`/console/apply/${procedure}`, MAI, {
        unit: 'thu-lam',
        ...fields,
        step: 'next',
        page: String(last),
      }),
    );

  it('tells what is owed by what was declared, and does not speak of a fee that is 0 as of today', async () => {
    const asked = (pages: string) => check('charge', { '/owner/name': 'Mai', '/pages': pages }, 3);
    expect(await asked('5')).toContain('Charge for the copy: ₫20,000');
    const free = await asked('0');
    expect(free).toContain('Check before you submit');
    expect(free).not.toMatch(/Charge for the copy|Search fee/);
  });

  it('does not speak of a charge that who applies online need not pay', async () => {
    const free = await check('household-business', {}, 99);
    expect(free).toContain('Check before you submit');
    expect(free).not.toMatch(/Registration charge/);
  });
});

it('that is another sum is given back by who receives: a page says how much and why, wants the voucher, and tells the applicant', async () => {
  await accepted(5);
  await pay('by-mistake', 19_000);
  const task = `${id}.refund.1`;
  const inbox = await house.get('/console/tasks', RECEPTION);
  expect(inbox.text).toContain(`href="/console/tasks/${task}"`);
  expect(inbox.text).toContain('Money to be given back');
  const page = await house.get(`/console/tasks/${task}`, RECEPTION);
  for (const said of ['₫19,000', 'by-mistake', 'not the amount that was owed']) expect(textOf(page)).toContain(said);
  expect(page.text).toMatch(/value="refunded"\s+checked/);
  const decide = (fields: Fields): Promise<Shown> => house.post(`/console/tasks/${task}/decision`, RECEPTION, fields);
  const bare = await decide({ step: 'check', outcome: 'refunded' });
  expect((await decide({ step: 'confirm', outcome: 'refunded', once: 'bare' })).text).toContain('There is a problem');
  const why = { outcome: 'refunded', comment: 'UNC 117/2026' };
  const confirm = await decide({ step: 'check', ...why });
  expect([bare.status, confirm.text.includes('That the money went back')]).toEqual([200, true]);
  expect((await decide({ step: 'confirm', ...why, once: hidden(confirm, 'once') })).status).toBe(200);
  expect(textOf(await own())).toContain('₫19,000 went back.');
  expect(textOf(await house.get(`/console/tasks/${task}`, RECEPTION))).toContain(
    'decided “The money is given back” on',
  );
});

it('is nobody else’s', async () => {
  await accepted(5);
  expect((await house.get(`/console/mine/${id}`, { subject: 'ngoc' })).status).toBe(404);
});

it('is not asked for once the term is over', async () => {
  await accepted(20);
  expect(bannerOf(await own())).toContain('Fixture Act art. 7');
  await house.api.stage.passUntil(house.api.stage.now + 10 * DAY);
  // His login is over by then.
  const again = { ...MAI, claimed: {} };
  const lapsed = textOf(await house.get(`/console/mine/${id}`, again));
  expect(lapsed).not.toContain('You owe');
  expect(lapsed).toContain('Stopped, as the supplement or payment did not come in time');
});
