import { type Answer, ApiHouse } from '../../builders/api-house.ts';

const AMOUNT = { value: 20_500, currency: 'VND' };
/** The day on which the house stands. */
const TODAY = '2026-11-16';

let house: ApiHouse;
let reception: string;
let mai: string;
let id: string;
beforeEach(async () => {
  house = await ApiHouse.open(['test/workflows/fixtures/charge.yaml']);
  reception = await house.official('thu-lam-reception', 'reception');
  mai = await house.applicant('mai');
  id = await accepted();
});
afterEach(() => house.close());

async function accepted(): Promise<string> {
  const form = { owner: { name: 'Trần Thị Mai' }, pages: 5 };
  const body = { procedure: 'charge', unit: 'thu-lam', form };
  const dossier = String((await house.send('POST', '/dossiers', { token: mai, body })).body['id']);
  await house.stage.settle();
  await house.send('POST', `/tasks/${dossier}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.stage.settle();
  return dossier;
}

const pay = async (payment: string, value = AMOUNT.value, dossier = id): Promise<void> => {
  const amount = { ...AMOUNT, value };
  const told = await house.webhook('/webhooks/payments', { system: 'ward-system', payment, dossier, amount });
  expect(told.status).toBeLessThan(300);
  await house.stage.settle();
};
const get = (path: string, token = reception): Promise<Answer> => house.send('GET', path, { token });
const items = ({ body }: Answer) => body['items'] as Record<string, unknown>[];
const compare = (query: string, text: string, type = 'text/csv', token = reception): Promise<Answer> =>
  house.send('POST', `/payments/reconciliation?system=ward-system${query}`, {
    token,
    body: text,
    headers: { 'content-type': type },
  });
const code = ({ body }: Answer): string => String(body['type']).replace('urn:onetrack:problem:', '');

describe('the book of a unit', () => {
  it('has what settled, what waits to go back and what went back, with the event that says so, and no name', async () => {
    await pay('p1', 7);
    await pay('p2');
    const body = { outcome: 'refunded', comment: 'UNC 117' };
    expect((await house.send('POST', `/tasks/${id}.refund.1/decision`, { token: reception, body })).status).toBe(200);
    const listed = await get('/payments');
    expect(items(listed)).toMatchObject([
      { kind: 'to-refund', system: 'ward-system', payment: 'p1', amount: { value: 7 }, dossier: id },
      { kind: 'settled', system: 'ward-system', payment: 'p2', amount: AMOUNT, dossier: id },
      { kind: 'refunded', system: 'ward-system', payment: 'p1', amount: { value: 7 }, dossier: id },
    ]);
    const events = await house.stage.machine.platform.store.events(id);
    const types = items(listed).map(({ seq }) => events[Number(seq) - 1]?.event.type);
    expect(types).toEqual(['PaymentRecorded', 'PaymentRecorded', 'RefundMade']);
    for (const personal of ['Mai', 'UNC']) expect(JSON.stringify(listed.body)).not.toContain(personal);
    expect((await get('/payments/totals')).body).toEqual({
      unit: 'thu-lam',
      from: TODAY,
      until: TODAY,
      accounts: [
        {
          system: 'ward-system',
          currency: 'VND',
          settled: { count: 1, value: AMOUNT.value },
          toRefund: { count: 1, value: 7 },
          refunded: { count: 1, value: 7 },
        },
      ],
      complete: true,
    });
  });

  it('has a payment once, however often it is told, and cash beside it', async () => {
    await pay('p1');
    await pay('p1');
    await house.stage.passUntil(house.stage.now + 1_000);
    const other = await accepted();
    const owed = (await get(`/dossiers/${other}/payment`)).body;
    const cash = { order: owed['order'], amount: owed['amount'], voucher: 'PT-1' };
    expect((await house.send('POST', `/dossiers/${other}/cash`, { token: reception, body: cash })).status).toBe(200);
    const first = await get('/payments?limit=1');
    expect(items(first)).toMatchObject([{ payment: 'p1' }]);
    const rest = await get(`/payments?limit=1&after=${String(first.body['next'])}`);
    expect(items(rest)).toMatchObject([{ payment: `cash-${String(owed['order'])}`, system: null, dossier: other }]);
    expect(rest.body['next']).toBeUndefined();
    expect((await get('/payments/totals')).body['accounts']).toMatchObject([
      { system: null, settled: { count: 1 } },
      { system: 'ward-system', settled: { count: 1 } },
    ]);
  });

  it('has days by the unit’s calendar: what comes at 17:00 UTC belongs to the next one', async () => {
    await house.stage.passUntil(Date.parse('2026-11-16T16:59:59.000Z'));
    await pay('before', 1);
    await house.stage.passUntil(Date.parse('2026-11-16T17:00:00.000Z'));
    await pay('after', 2);
    expect(items(await get(`/payments?from=${TODAY}`))).toMatchObject([{ payment: 'before' }]);
    expect(items(await get('/payments'))).toMatchObject([{ payment: 'after' }]);
    expect(items(await get(`/payments?from=${TODAY}&until=2026-11-17`))).toHaveLength(2);
  });

  it.each([
    ['/payments?from=2026-11-17&until=2026-11-16', 400, 'invalid-request'],
    ['/payments?from=2026-10-01&until=2026-11-01', 400, 'invalid-request'],
    ['/payments?until=2026-11-16', 400, 'invalid-request'],
    ['/payments?from=yesterday', 400, 'invalid-request'],
    ['/payments?after=x', 400, 'malformed'],
    ['/payments?unit=dong-anh', 403, 'wrong-unit'],
    ['/payments/totals?unit=nowhere', 403, 'wrong-unit'],
  ])('answers %s with %s', async (path, status, problem) => {
    const answer = await get(path);
    expect([answer.status, code(answer)]).toEqual([status, problem]);
  });

  it('is for officials of the unit alone', async () => {
    for (const path of ['/payments', '/payments/totals']) {
      expect((await get(path, mai)).status).toBe(403);
      const elsewhere = await get(`${path}?unit=thu-lam`, await house.official('dong-anh-reception', 'reception'));
      expect(elsewhere.status).toBe(403);
    }
    expect((await compare('&unit=dong-anh', 'payment,amount,currency\n')).status).toBe(403);
  });
});

describe('a statement', () => {
  it('is compared with the book, as CSV or JSON, and nothing changes', async () => {
    await pay('p1', 7);
    await pay('p2');
    const before = (await house.stage.machine.platform.store.events(id)).length;
    const agrees = await compare('', `payment,amount,currency\np1,7,VND\np2,${AMOUNT.value},VND\n`);
    expect(agrees).toMatchObject({
      status: 200,
      body: { unit: 'thu-lam', from: TODAY, until: TODAY, system: 'ward-system', balanced: true, agreed: 2 },
    });
    const lines = [
      { payment: 'p2', amount: { ...AMOUNT, value: 1 } },
      { payment: 'p9', amount: AMOUNT },
    ];
    const { body } = await compare(`&from=${TODAY}`, JSON.stringify(lines), 'application/json');
    expect(body).toMatchObject({
      balanced: false,
      differing: [{ payment: 'p2', dossier: id }],
      unrecorded: [{ payment: 'p9' }],
      unstated: [{ payment: 'p1', dossier: id }],
    });
    expect(await house.stage.machine.platform.store.events(id)).toHaveLength(before);
  });

  it('of another system has nothing to do with what this one told', async () => {
    await pay('p1');
    const path = '/payments/reconciliation?system=other';
    const { body } = await house.send('POST', path, { token: reception, body: [] });
    expect(body).toMatchObject({ balanced: true, recorded: [], unstated: [] });
  });

  it('is refused with the line at fault, and each format has its own type', async () => {
    const faulty = await compare('', 'payment,amount,currency\np1,1.000,VND\n');
    expect(faulty).toMatchObject({
      status: 400,
      body: { errors: [{ at: 'line 2, column 2 (amount)', found: '1.000' }] },
    });
    expect((await compare('', '{', 'application/json')).status).toBe(400);
    expect((await compare('', JSON.stringify([{ payment: 'p' }]), 'application/json')).status).toBe(400);
    expect((await compare('', 'x', 'text/plain')).status).toBe(415);
    expect((await compare('&from=2026-11-17&until=2026-11-16', 'payment,amount,currency\n')).status).toBe(400);
  });
});

it('of a unit that has ended is read by the one that took over', async () => {
  await pay('p1', 7);
  const admin = await house.admin();
  const at = '2026-11-20T00:00:00+07:00';
  const unit = await get('/units/thu-lam', admin);
  const next = { ...unit.body, id: 'phuc-thinh', name: 'Phúc Thịnh', area: [], identifier: 'H26.17', from: at };
  expect((await house.send('PUT', '/units/phuc-thinh', { token: admin, body: next })).status).toBeLessThan(300);
  const official = (await get('/officials/thu-lam-reception', admin)).body;
  const office = { unit: 'phuc-thinh', role: 'reception', from: '2026-11-20', title: 'Reception' };
  const old = (official['appointments'] as object[]).map((each) => ({ ...each, until: '2026-11-19' }));
  const body = { ...official, appointments: [...old, office] };
  await house.send('PUT', '/officials/thu-lam-reception', { token: admin, body });
  const moves = ['thu-lam', 'dong-anh'].map((from) => ({ from, to: ['phuc-thinh'] }));
  const merger = { id: 'merger', at, legalBasis: 'Resolution 1', moves };
  expect((await house.send('POST', '/reorganisations', { token: admin, body: merger })).status).toBeLessThan(300);
  await house.stage.passUntil(Date.parse(at) + 3_600_000);
  await house.stage.settle();
  const heir = await house.official('thu-lam-reception', 'reception', 'phuc-thinh');
  expect(items(await get(`/payments?unit=thu-lam&from=${TODAY}`, heir))).toMatchObject([{ payment: 'p1' }]);
  expect((await get(`/payments?unit=dong-anh&from=${TODAY}`, heir)).status).toBe(200);
  const stranger = await house.official('khac-reception', 'reception', 'khac');
  expect((await get(`/payments?unit=thu-lam&from=${TODAY}`, stranger)).status).toBeGreaterThanOrEqual(400);
});
