import { replayEvents } from '../../../domain/evidence/replay.ts';
import { fold } from '../../../domain/dossier/fold.ts';
import type { Dossier } from '../../../domain/dossier/state.ts';
import { upcastEvent } from '../../../schemas/upcast-event.ts';
import { ruleAgainstMoney } from '../../../domain/evidence/replay-money.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';

const TODAY = '2026-11-16';
/** Of five pages: 20,000 and 50 of the ward that receives and decides, 500 of the one that keeps the archive. */
const SUM = 20_550;

let house: ApiHouse;
let reception: string;
let archive: string;
let mai: string;
beforeEach(async () => {
  house = await ApiHouse.open(['test/workflows/fixtures/shared-charge.yaml']);
  reception = await house.official('thu-lam-reception', 'reception');
  archive = await house.official('dong-anh-reception', 'reception', 'dong-anh');
  mai = await house.applicant('mai');
});
afterEach(() => house.close());

async function accepted(form: object = {}): Promise<string> {
  const whole = { owner: { name: 'Trần Thị Mai' }, copy: true, pages: 5, ...form };
  const body = { procedure: 'shared-charge', unit: 'thu-lam', form: whole };
  const submitted = await house.send('POST', '/dossiers', { token: mai, body });
  expect(submitted.status).toBe(201);
  const id = String(submitted.body['id']);
  await house.stage.settle();
  await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.stage.settle();
  return id;
}

async function pay(dossier: string, payment: string, value: number): Promise<void> {
  const amount = { value, currency: 'VND' };
  const told = await house.webhook('/webhooks/payments', { system: 'ward-system', payment, dossier, amount });
  expect(told.status).toBeLessThan(300);
  await house.stage.settle();
}

/** Units that end, and who takes over all that they had. */
async function reorganise(ended: string[], to: string[]): Promise<void> {
  const admin = await house.admin();
  const at = '2026-11-18T00:00:00+07:00';
  for (const [index, id] of to.entries()) {
    const unit = {
      id,
      name: id,
      agency: 'Hà Nội',
      level: 'commune',
      parent: 'coordination',
      area: [],
      identifier: `H26.${17 + index}`,
      symbol: 'UBND',
      place: id,
      codeScheme: 'vn-one-stop',
      calendar: 'vn',
      from: at,
    };
    expect((await house.send('PUT', `/units/${id}`, { token: admin, body: unit })).status).toBeLessThan(300);
  }
  const moves = ended.map((from) => ({ from, to }));
  const record = { id: 'turn', at, legalBasis: 'Resolution 1', moves };
  expect((await house.send('POST', '/reorganisations', { token: admin, body: record })).status).toBeLessThan(300);
  await house.stage.passUntil(Date.parse(at) + 3_600_000);
  await house.stage.settle();
}

const get = (path: string, token: string): Promise<Answer> => house.send('GET', path, { token });
const items = ({ body }: Answer): unknown => body['items'];
const stored = (id: string) => house.stage.machine.platform.store.events(id);
const code = ({ body }: Answer): string => String(body['type']).replace('urn:onetrack:problem:', '');
const cash = async (id: string, token: string): Promise<Answer> => {
  const { body: owed } = await get(`/dossiers/${id}/payment`, mai);
  const body = { order: owed['order'], amount: owed['amount'], voucher: 'PT-1' };
  return house.send('POST', `/dossiers/${id}/cash`, { token, body });
};
const compare = (token: string, text: string): Promise<Answer> =>
  house.send('POST', '/payments/reconciliation?system=ward-system', {
    token,
    body: text,
    headers: { 'content-type': 'text/csv' },
  });

describe('one sum that is owed to several units', () => {
  it('is one order in parts, paid once, and each part stands in the book of its unit, whose statement balances', async () => {
    const id = await accepted();
    const owed = await get(`/dossiers/${id}/payment`, mai);
    expect(owed.body).toMatchObject({
      amount: { value: SUM },
      parts: [
        { unit: 'thu-lam', fees: ['copy', 'register'], amount: { value: 20_050 } },
        { unit: 'dong-anh', fees: ['search'], amount: { value: 500 } },
      ],
    });
    await pay(id, 'p1', SUM);
    await pay(id, 'p1', SUM);
    const { body } = await get(`/dossiers/${id}`, mai);
    expect(body['status']).toMatchObject({ financial: 'paid' });
    expect(items(await get('/payments', reception))).toMatchObject([
      { kind: 'settled', payment: 'p1', amount: { value: 20_050 }, dossier: id },
    ]);
    expect(items(await get('/payments', archive))).toMatchObject([
      { kind: 'settled', payment: 'p1', amount: { value: 500 }, dossier: id },
    ]);
    for (const [token, part] of [
      [reception, 20_050],
      [archive, 500],
    ] as const) {
      const compared = await compare(token, `payment,amount,currency\np1,${part},VND\n`);
      expect(compared.body).toMatchObject({ balanced: true, agreed: 1 });
      const whole = await compare(token, `payment,amount,currency\np1,${SUM},VND\n`);
      expect(whole.body).toMatchObject({ balanced: false, differing: [{ payment: 'p1' }] });
    }
    expect(replayEvents(await stored(id))).toMatchObject({ ok: true });
  });

  it.each([
    ['one part alone', 500],
    ['too little', SUM - 1],
  ])('is not settled by %s: that waits to go back at the unit that receives, and all stays owed', async (_, value) => {
    const id = await accepted();
    await pay(id, 'p1', value);
    const task = await house.stage.machine.platform.store.task(`${id}.refund.1`);
    expect(task).toMatchObject({ unit: 'thu-lam', role: 'reception', status: 'open' });
    expect(items(await get('/payments', archive))).toEqual([]);
    expect((await get(`/dossiers/${id}/payment`, mai)).body).toMatchObject({ amount: { value: SUM } });
    await pay(id, 'p2', SUM);
    expect(items(await get('/payments', archive))).toMatchObject([{ payment: 'p2' }]);
    expect(replayEvents(await stored(id))).toMatchObject({ ok: true });
  });

  it('is not taken at a counter: no counter takes another’s money', async () => {
    const id = await accepted();
    for (const token of [reception, archive]) expect((await cash(id, token)).status).toBeGreaterThanOrEqual(400);
    expect(code(await cash(id, reception))).toBe('not-entitled');
    expect(JSON.stringify(await stored(id))).not.toContain('PaymentRecorded');
  });
});

describe('what is owed to one unit that does not receive the dossier', () => {
  it('is its money alone: its book, its refunds, and not the counter of another', async () => {
    const id = await accepted({ copy: false });
    expect((await get(`/dossiers/${id}/payment`, mai)).body).toMatchObject({
      amount: { value: 500 },
      parts: [{ unit: 'dong-anh', amount: { value: 500 } }],
    });
    expect((await cash(id, reception)).status).toBe(403);
    await pay(id, 'p1', 499);
    await pay(id, 'p2', 500);
    await pay(id, 'p3', 500);
    expect(items(await get('/payments', archive))).toMatchObject([
      { kind: 'to-refund', payment: 'p1' },
      { kind: 'settled', payment: 'p2' },
      { kind: 'to-refund', payment: 'p3' },
    ]);
    expect(items(await get('/payments', reception))).toEqual([]);
    const body = { outcome: 'refunded', comment: 'UNC 117' };
    const others = await house.send('POST', `/tasks/${id}.refund.1/decision`, { token: reception, body });
    expect(others.status).toBeGreaterThanOrEqual(400);
    const done = await house.send('POST', `/tasks/${id}.refund.1/decision`, { token: archive, body });
    expect(done.status).toBe(200);
    expect(items(await get('/payments', archive))).toHaveLength(4);
    expect(replayEvents(await stored(id))).toMatchObject({ ok: true });
  });

  it('goes back there too when it comes after the term', async () => {
    const id = await accepted({ copy: false });
    await house.stage.passUntil(Date.parse('2026-11-30T05:00:00.000Z'));
    await house.stage.settle();
    await pay(id, 'p1', 500);
    const task = await house.stage.machine.platform.store.task(`${id}.refund.1`);
    expect(task).toMatchObject({ unit: 'dong-anh' });
  });

  it('is its successor’s once it has been merged, and one part where all are', async () => {
    const [id, whole] = [await accepted({ copy: false }), await accepted()];
    await reorganise(['thu-lam', 'dong-anh'], ['phuc-thinh']);
    await pay(id, 'p1', 500);
    await pay(whole, 'p2', SUM);
    const parts = async (dossier: string): Promise<unknown> =>
      (await stored(dossier)).find(({ event }) => event.type === 'PaymentRecorded')?.event.data['parts'];
    expect(await parts(id)).toMatchObject([{ unit: 'phuc-thinh', amount: { value: 500 } }]);
    expect(await parts(whole)).toMatchObject([{ unit: 'phuc-thinh', amount: { value: SUM } }]);
    for (const each of [id, whole]) expect(replayEvents(await stored(each))).toMatchObject({ ok: true });
  });
});

describe('an order', () => {
  const orderOf = async (id: string): Promise<string> =>
    String((await get(`/dossiers/${id}/payment`, mai)).body['order']);
  async function payBy(dossier: string, payment: string, order: string): Promise<void> {
    const amount = { value: SUM, currency: 'VND' };
    const told = { system: 'ward-system', payment, dossier, amount, order };
    expect((await house.webhook('/webhooks/payments', told)).status).toBe(200);
    await house.stage.settle();
  }

  it('is another one where its sum is divided otherwise, and either settles what both are for, once', async () => {
    const id = await accepted();
    const before = await orderOf(id);
    expect(await orderOf(id)).toBe(before);
    await reorganise(['thu-lam', 'dong-anh'], ['phuc-thinh']);
    const after = await orderOf(id);
    expect(after).not.toBe(before);
    await payBy(id, 'p1', before);
    await payBy(id, 'p2', after);
    const paid = (await stored(id)).filter(({ event }) => event.type === 'PaymentRecorded');
    expect(paid.map(({ event }) => event.data)).toMatchObject([
      { payment: 'p1', effect: 'settled', parts: [{ unit: 'phuc-thinh', amount: { value: SUM } }] },
      { payment: 'p2', effect: 'refund-due', reason: 'not-owed' },
    ]);
    expect(replayEvents(await stored(id))).toMatchObject({ ok: true });
  });
});

describe('what is owed to a unit that several have taken over since', () => {
  it('is none of theirs: it stands in its own book, and no counter takes it', async () => {
    const id = await accepted({ copy: false });
    await reorganise(['dong-anh'], ['new-b', 'new-a']);
    expect((await get(`/dossiers/${id}/payment`, mai)).body['parts']).toMatchObject([{ unit: 'dong-anh' }]);
    expect((await cash(id, reception)).status).toBe(403);
    await pay(id, 'p1', 500);
    const { body } = await get(`/dossiers/${id}`, mai);
    expect(body['status']).toMatchObject({ financial: 'paid' });
    const paid = (await stored(id)).find(({ event }) => event.type === 'PaymentRecorded');
    expect(paid?.event.data['parts']).toMatchObject([{ unit: 'dong-anh', amount: { value: 500 } }]);
    const span = { unit: 'dong-anh', from: '2026-11-17T00:00:00.000Z', before: '2026-11-30T00:00:00.000Z' };
    const { items: entries } = await house.stage.machine.platform.store.moneyOf(span, { limit: 10 });
    expect(entries).toMatchObject([{ kind: 'settled', payment: 'p1', dossier: id }]);
    expect(replayEvents(await stored(id))).toMatchObject({ ok: true });
  });

  it('goes back by the unit that receives where it settles nothing', async () => {
    const id = await accepted({ copy: false });
    await reorganise(['dong-anh'], ['new-b', 'new-a']);
    await pay(id, 'p1', 499);
    const task = await house.stage.machine.platform.store.task(`${id}.refund.1`);
    expect(task).toMatchObject({ unit: 'thu-lam', status: 'open' });
  });
});

describe('what is owed to a unit that procedure and organisation do not know', () => {
  it.each([
    ['nobody', 'nobody'],
    ['a kind of unit that neither decides nor receives', 'ministry'],
  ])('parks the dossier with its cause, and nothing is owed: %s', async (_, carrier) => {
    const id = await accepted({ carrier });
    const { body } = await get(`/dossiers/${id}`, reception);
    expect(body['status']).toMatchObject({ business: 'parked', financial: 'nothing-owed' });
    expect(JSON.stringify(await stored(id))).toContain(
      `expected one unit to which it is owed, found none for ${carrier}`,
    );
  });
});

it('is taken in cash by the counter of a sole payee, and said again is answered as before', async () => {
  const id = await accepted({ pages: 0 });
  const { body: owed } = await get(`/dossiers/${id}/payment`, mai);
  expect(owed['parts']).toMatchObject([{ unit: 'thu-lam', amount: { value: 20_050 } }]);
  const body = { order: owed['order'], amount: owed['amount'], voucher: 'PT-1' };
  for (const _ of [1, 2]) {
    const taken = await house.send('POST', `/dossiers/${id}/cash`, { token: reception, body });
    expect(taken.status).toBe(200);
  }
  expect(items(await get('/payments', reception))).toMatchObject([{ kind: 'settled', system: null }]);
});

it('is of no account where nothing is owed by it', async () => {
  const id = await accepted({ copy: false, pages: 0 });
  const { body } = await get(`/dossiers/${id}`, reception);
  expect(body).toMatchObject({ stage: 'check', status: { financial: 'nothing-owed' } });
  await pay(id, 'p1', 500);
  const task = await house.stage.machine.platform.store.task(`${id}.refund.1`);
  expect(task).toMatchObject({ unit: 'thu-lam' });
});

describe('a record of parts', () => {
  it.each<[string, (data: Record<string, unknown>) => object, string]>([
    ['is left out', ({ parts: _, ...data }) => data, 'parts, by whose money it is'],
    [
      'gives a unit more',
      (data) => changed(data, 0, { amount: { value: 20_051, currency: 'VND' } }),
      'a part of 20050 VND',
    ],
    [
      'is of another currency',
      (data) => changed(data, 0, { amount: { value: 20_050, currency: 'USD' } }),
      'a part of 20050 VND',
    ],
    ['leaves a fee out', (data) => changed(data, 0, { fees: ['copy'] }), 'parts of the fees that settle'],
    ['names a fee twice', (data) => changed(data, 1, { fees: ['search', 'copy'] }), 'parts of the fees that settle'],
    ['names a unit twice', (data) => changed(data, 1, { unit: 'thu-lam' }), 'one part for each unit'],
  ])('is refused where it %s', async (_, change, expected) => {
    const id = await accepted();
    await pay(id, 'p1', SUM);
    const events = (await stored(id)).map(({ event }) => upcastEvent(event));
    const at = events.findIndex(({ type }) => type === 'PaymentRecorded');
    const before = events
      .slice(0, at)
      .reduce<Dossier | undefined>((dossier, each) => fold(dossier, each, ''), undefined);
    if (!before) throw new Error('expected a dossier before the payment');
    const event = events[at] as Extract<DossierEvent, { type: 'PaymentRecorded' }>;
    expect(ruleAgainstMoney(before, event)).toBeUndefined();
    expect(ruleAgainstMoney(before, { ...event, data: change(event.data) } as typeof event)).toBe(expected);
  });

  function changed(data: Record<string, unknown>, index: number, by: object): object {
    const parts = (data['parts'] as object[]).map((part, at) => (at === index ? { ...part, ...by } : part));
    return { ...data, parts };
  }
});

it('stands in the book of the day', async () => {
  const id = await accepted();
  await pay(id, 'p1', SUM);
  expect((await get('/payments/totals', archive)).body).toMatchObject({
    unit: 'dong-anh',
    from: TODAY,
    accounts: [{ system: 'ward-system', settled: { count: 1, value: 500 } }],
  });
});
