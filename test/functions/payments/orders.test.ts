import { replayEvents } from '../../../domain/evidence/replay.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';

/** Of the ward that keeps the archive first, then as much again of the one that receives. */
const SUM = 500;

let house: ApiHouse;
let reception: string;
let archive: string;
let mai: string;
beforeEach(async () => {
  house = await ApiHouse.open(['test/functions/payments/two-charges.yaml', 'test/functions/payments/two-desks.yaml']);
  reception = await house.official('thu-lam-reception', 'reception');
  archive = await house.official('dong-anh-reception', 'reception', 'dong-anh');
  mai = await house.applicant('mai');
});
afterEach(() => house.close());

async function accepted(procedure = 'two-charges'): Promise<string> {
  const body = { procedure, unit: 'thu-lam', form: { owner: { name: 'Trần Thị Mai' } } };
  const id = String((await house.send('POST', '/dossiers', { token: mai, body })).body['id']);
  await house.stage.settle();
  await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.stage.settle();
  return id;
}

async function pay(dossier: string, payment: string, of: { order?: string; value?: number } = {}): Promise<void> {
  const { order, value = SUM } = of;
  const amount = { value, currency: 'VND' };
  const told = { system: 'ward-system', payment, dossier, amount, ...(order !== undefined && { order }) };
  expect((await house.webhook('/webhooks/payments', told)).status).toBe(200);
  await house.stage.settle();
}

const get = (path: string, token: string): Promise<Answer> => house.send('GET', path, { token });
const orderOf = async (id: string): Promise<string> =>
  String((await get(`/dossiers/${id}/payment`, mai)).body['order']);
const book = async (token: string): Promise<unknown> => (await get('/payments', token)).body['items'];
const refund = (id: string, visit = 1) => house.stage.machine.platform.store.task(`${id}.refund.${visit}`);
const stage = async (id: string): Promise<unknown> => (await get(`/dossiers/${id}`, mai)).body['stage'];

describe('a payment that names its order', () => {
  it.each([
    ['the same sum', SUM],
    ['another sum', SUM + 1],
  ])('settles no other: a second one of %s goes back to whom the first was owed', async (_, value) => {
    const id = await accepted();
    const first = await orderOf(id);
    await pay(id, 'p1', { order: first });
    expect(await stage(id)).toBe('second');
    await pay(id, 'p1-again', { order: first, value });
    expect(await stage(id)).toBe('second');
    expect(await refund(id)).toMatchObject({ unit: 'dong-anh', status: 'open' });
    expect(await book(archive)).toMatchObject([
      { kind: 'settled', payment: 'p1' },
      { kind: 'to-refund', payment: 'p1-again', amount: { value } },
    ]);
    expect(await book(reception)).toEqual([]);
    await pay(id, 'p2', { order: await orderOf(id) });
    expect(await stage(id)).toBe('check');
    expect(await book(reception)).toMatchObject([{ kind: 'settled', payment: 'p2' }]);
    await pay(id, 'p2-again', { order: first });
    expect(await refund(id, 2)).toMatchObject({ unit: 'dong-anh' });
    expect(replayEvents(await house.stage.machine.platform.store.events(id))).toMatchObject({ ok: true });
  });

  it('is late where the term of its own stage is over', async () => {
    const id = await accepted();
    const first = await orderOf(id);
    await house.stage.passUntil(Date.parse('2026-11-30T05:00:00.000Z'));
    await house.stage.settle();
    await pay(id, 'p1', { order: first });
    expect(await refund(id)).toMatchObject({ unit: 'dong-anh' });
    const { body } = await get(`/tasks/${id}.refund.1`, archive);
    expect(body['refund']).toMatchObject({ reason: 'late' });
  });

  it('settles nothing where no such order was ever owed, and goes back by the unit that receives', async () => {
    const id = await accepted();
    await pay(id, 'p1', { order: 'f'.repeat(24) });
    expect(await stage(id)).toBe('first');
    expect(await refund(id)).toMatchObject({ unit: 'thu-lam' });
  });

  it('owed, of another sum, settles nothing either', async () => {
    const id = await accepted();
    await pay(id, 'p1', { order: await orderOf(id), value: SUM - 1 });
    expect(await stage(id)).toBe('first');
    expect(await refund(id)).toMatchObject({ unit: 'dong-anh' });
  });
});

it('settles what is owed now where the payment system names no order', async () => {
  const id = await accepted();
  await pay(id, 'p1');
  await pay(id, 'p2');
  expect(await stage(id)).toBe('check');
});

it('is taken in cash, and said again while a later stage owes another unit, answered by the counter that took it', async () => {
  const id = await accepted('two-desks');
  const { body: owed } = await get(`/dossiers/${id}/payment`, mai);
  const cash = { order: owed['order'], amount: owed['amount'], voucher: 'PT-1' };
  const say = (token: string, body: object) => house.send('POST', `/dossiers/${id}/cash`, { token, body });
  expect((await say(reception, cash)).status).toBe(200);
  await house.stage.settle();
  expect(await stage(id)).toBe('second');
  expect((await say(reception, cash)).status).toBe(200);
  expect((await say(reception, { ...cash, voucher: 'PT-2' })).body).toMatchObject({
    type: 'urn:onetrack:problem:nothing-owed',
  });
  expect((await say(archive, cash)).status).toBe(403);
  expect(await stage(id)).toBe('second');
  expect(await book(reception)).toHaveLength(1);
  expect(await book(archive)).toEqual([]);
});

describe('what is no payment', () => {
  it.each([
    ['nothing', { value: 0, currency: 'VND' }, '/amount/value'],
    ['a currency that is written otherwise', { value: SUM, currency: 'vnd' }, '/amount/currency'],
  ])('is refused, and nothing waits to go back: %s', async (_, amount, at) => {
    const dossier = await accepted();
    const told = await house.webhook('/webhooks/payments', { system: 'ward-system', payment: 'p1', dossier, amount });
    expect(told).toMatchObject({ status: 400, body: { errors: [{ at }] } });
    expect(await refund(dossier)).toBeUndefined();
  });
});
