import { replayEvents } from '../../../domain/evidence/replay.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let reception: string;
let mai: string;
let id: string;
beforeAll(async () => {
  house = await ApiHouse.open(['test/workflows/fixtures/charge.yaml']);
  reception = await house.official('thu-lam-reception', 'reception');
  mai = await house.applicant('mai');
});
afterAll(() => house.close());
beforeEach(async () => {
  const form = { owner: { name: 'Trần Thị Mai' }, pages: 5 };
  const submitted = await house.send('POST', '/dossiers', {
    token: mai,
    body: { procedure: 'charge', unit: 'thu-lam', form },
  });
  id = String(submitted.body['id']);
  await house.stage.settle();
  await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.stage.settle();
});

interface Owed {
  order: string;
  amount: { value: number; currency: string };
}
const owed = async (token = reception): Promise<Owed> => {
  const { status, body } = await house.send('GET', `/dossiers/${id}/payment`, { token });
  expect(status).toBe(200);
  return { order: String(body['order']), amount: body['amount'] as Owed['amount'] };
};
const take = (cash: object, token = reception): Promise<Answer> =>
  house.send('POST', `/dossiers/${id}/cash`, { token, body: { voucher: 'PT-0117', ...cash } });
const stored = () => house.stage.machine.platform.store.events(id);

it('is taken by the reception, once: the dossier goes on, and the voucher is in no event', async () => {
  const sum = await owed();
  expect(sum).toEqual(await owed(mai));
  expect(await take(sum)).toMatchObject({ status: 200, body: { status: { financial: 'paid' } } });
  const length = (await stored()).length;
  expect(await take(sum)).toMatchObject({ status: 200 });
  await house.stage.settle();
  const events = await stored();
  const [paid, ...others] = events.map(({ event }) => event).filter(({ type }) => type === 'PaymentRecorded');
  expect(others).toEqual([]);
  expect(paid).toMatchObject({
    data: { payment: `cash-${sum.order}`, amount: sum.amount, effect: 'settled', cash: true },
    actor: { kind: 'official', id: 'thu-lam-reception' },
  });
  expect(events.length).toBeGreaterThanOrEqual(length);
  expect(JSON.stringify(events)).not.toContain('PT-0117');
  expect(replayEvents(events)).toMatchObject({ ok: true });
});

it('is not taken twice by two counters: another voucher for the same is refused, the same one is answered again', async () => {
  const sum = await owed();
  expect((await take(sum)).status).toBe(200);
  expect((await take({ ...sum, voucher: ' PT-0117 ' })).status).toBe(200);
  const second = await take({ ...sum, voucher: 'PT-0118' });
  expect(second).toMatchObject({ status: 409, body: { type: 'urn:onetrack:problem:nothing-owed' } });
  expect((await stored()).filter(({ event }) => event.type === 'PaymentRecorded')).toHaveLength(1);
});

it('is another sum than a payment to which its system gave the id of cash: that one waits to go back', async () => {
  const sum = await owed();
  const told = { system: 'ward-system', payment: `cash-${sum.order}`, dossier: id };
  await house.webhook('/webhooks/payments', { ...told, amount: { ...sum.amount, value: 7 } });
  await house.stage.settle();
  const waiting = await house.send('GET', `/tasks/${id}.refund.1`, { token: reception });
  expect(waiting.body['refund']).toMatchObject({ system: 'ward-system', payment: told.payment, amount: { value: 7 } });
  expect((await take(sum)).status).toBe(200);
  expect((await take({ ...sum, voucher: 'PT-0118' })).status).toBe(409);
  const events = await stored();
  const effects = events.map(({ event }) => event).filter(({ type }) => type === 'PaymentRecorded');
  expect(effects.map(({ data }) => data['effect'])).toEqual(['refund-due', 'settled']);
  expect(replayEvents(events)).toMatchObject({ ok: true });
});

it.each<[string, (sum: Owed) => object, number, string]>([
  ['another sum', (sum) => ({ ...sum, amount: { ...sum.amount, value: sum.amount.value - 1 } }), 409, 'conflict'],
  ['another currency', (sum) => ({ ...sum, amount: { ...sum.amount, currency: 'USD' } }), 409, 'conflict'],
  ['for what was owed before', (sum) => ({ ...sum, order: 'of-yesterday' }), 409, 'conflict'],
  ['without a voucher', (sum) => ({ ...sum, voucher: ' ' }), 400, 'invalid-request'],
])('is refused %s, and nothing waits to go back', async (_, change, status, code) => {
  const before = (await stored()).length;
  const answer = await take(change(await owed()));
  expect([answer.status, String(answer.body['type']).replace('urn:onetrack:problem:', '')]).toEqual([status, code]);
  expect(await stored()).toHaveLength(before);
});

it('is refused from another office, and where nothing is owed any more', async () => {
  const sum = await owed();
  const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  expect((await take(sum, officer)).status).toBe(403);
  expect((await take(sum, mai)).status).toBe(403);
  const amount = sum.amount;
  await house.webhook('/webhooks/payments', { system: 'ward-system', payment: 'p1', dossier: id, amount });
  expect(await take(sum)).toMatchObject({ status: 409, body: { type: 'urn:onetrack:problem:nothing-owed' } });
});
