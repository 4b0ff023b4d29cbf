import { readFileSync } from 'node:fs';
import type { RecordOf } from '../../../domain/ports/registry.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import { paperData } from '../../../functions/issues/make-paper.ts';
import { standingOf } from '../../../functions/stages/standing.ts';
import { recordPayment } from '../../../functions/payments/record-payment.ts';
import { receivedFor } from '../../../functions/payments/receipt.ts';
import type { Dossier } from '../../../domain/dossier/state.ts';
import type { Procedure } from '../../../schemas/procedure.ts';
import { ApiHouse } from '../../builders/api-house.ts';

const AMOUNT = { value: 100_000, currency: 'VND' };
const DAY = 86_400_000;
const FORM = JSON.parse(
  readFileSync(new URL('../../../workflows/procedures/fixtures/household-business.json', import.meta.url), 'utf8'),
) as object;

let house: ApiHouse;
let id: string;
beforeEach(async () => {
  house = await ApiHouse.open(['workflows/procedures/household-business.yaml']);
  id = await owing();
});
afterEach(() => house.close());

const platform = () => house.stage.machine.platform;
const types = async () => (await platform().store.events(id)).map(({ event }) => event.type);
const dossier = async (): Promise<Dossier> => {
  const loaded = await platform().cache.load(id, platform().store, platform().masterKey);
  if (!loaded) throw new Error('expected the dossier');
  return loaded.dossier;
};

/** At the counter 100,000 VND are owed. */
async function owing(): Promise<string> {
  const token = await house.official('dong-anh-reception', 'reception');
  const documents = [{ component: 'request', upload: await house.upload(token), how: 'scan' }];
  const contact = { email: 'owner@example.org' };
  const body = {
    procedure: 'household-business',
    unit: 'dong-anh',
    channel: 'counter',
    form: FORM,
    documents,
    contact,
  };
  const submitted = await house.send('POST', '/dossiers', { token, body });
  const made = String(submitted.body['id']);
  await house.stage.settle();
  const decided = await house.send('POST', `/tasks/${made}.receive.1/decision`, {
    token,
    body: { outcome: 'accepted' },
  });
  expect(decided.status).toBe(200);
  await house.stage.settle();
  return made;
}

async function pay(payment: string, value = AMOUNT.value): Promise<void> {
  const { catalogue } = house.stage.machine;
  await recordPayment(platform(), catalogue, 'bank', { payment, dossier: id, amount: { ...AMOUNT, value } });
  await house.stage.settle();
}

/** A record of the registry is other than it should be for a while. */
async function broken<K extends 'unit' | 'calendar'>(
  kind: K,
  record: string,
  change: (known: RecordOf[K]) => RecordOf[K],
  work: () => Promise<void>,
): Promise<void> {
  const { registry } = platform();
  const put = async (next: (known: RecordOf[K]) => RecordOf[K]): Promise<RecordOf[K]> => {
    const known = await registry.get(kind, record);
    if (!known) throw new Error(`expected ${kind} ${record}`);
    expect(await registry.put(kind, record, next(known.record), known.revision)).toBe('put');
    return known.record;
  };
  const before = await put(change);
  await work();
  await put(() => before);
}

async function resumed(): Promise<void> {
  const token = await house.admin();
  expect((await house.send('POST', `/dossiers/${id}/resume`, { token })).status).toBe(200);
  await house.stage.settle();
}

describe('the receipt of a payment', () => {
  it('is made once for the payment that settled, numbered, sealed and sent, and not for a sum that did not', async () => {
    await pay('p1', 7);
    await pay('p2');
    await pay('p2');
    const { issues, notices } = await dossier();
    expect(issues['feeReceipt']).toMatchObject({ number: { number: 1, register: 'bl' }, copy: 1 });
    expect(issues['feeReceipt']?.sealed).toBeTruthy();
    expect(Object.values(notices).filter(({ notice }) => notice === 'paid')).toHaveLength(1);
    expect((await types()).filter((type) => type === 'NumberTaken')).toHaveLength(2);
  });

  it('says what was paid in whole units of its currency', async () => {
    platform().config = { ...platform().config, currency: 'RON' };
    id = await owing();
    const { catalogue } = house.stage.machine;
    const amount = { ...AMOUNT, currency: 'RON' };
    await recordPayment(platform(), catalogue, 'bank', { payment: 'p1', dossier: id, amount });
    await house.stage.settle();
    const loaded = await platform().cache.load(id, platform().store, platform().masterKey);
    if (!loaded) throw new Error('expected the dossier');
    const now = platform().clock.now();
    const standing = await standingOf(catalogue, loaded, now);
    expect(await paperData(platform(), catalogue, standing, 'feeReceipt', now)).toMatchObject({
      paid: { sum: 1_000, currency: 'RON', fees: [{ amount: 1_000 }] },
    });
  });

  it('that cannot be filled parks the dossier, and is made when that was put right and somebody lets it go on', async () => {
    await broken(
      'unit',
      'dong-anh',
      (unit) => ({ ...unit, name: '' }),
      () => pay('p1'),
    );
    expect(await dossier()).toMatchObject({ financial: 'paid', parked: expect.anything() as unknown });
    expect((await dossier()).issues['feeReceipt']?.sealed).toBeFalsy();
    await resumed();
    expect((await dossier()).issues['feeReceipt']?.sealed).toBeTruthy();
    // Asked for again nothing more is made.
    await house.stage.passUntil(house.stage.now + DAY);
    await house.stage.settle();
    expect((await types()).filter((type) => type === 'NumberTaken')).toHaveLength(2);
    expect(await dossier()).toMatchObject({ stage: 'verify', parked: null });
  });

  it('is made, and the dossier goes on, where it was paid and could not go on at once', async () => {
    const covers = { from: '2025-01-01', to: '2025-12-31' };
    await broken(
      'calendar',
      'vn@1.0.0',
      (calendar) => ({ ...calendar, covers }),
      () => pay('p1'),
    );
    expect(await dossier()).toMatchObject({ stage: 'payFee', financial: 'paid', parked: expect.anything() as unknown });
    await resumed();
    expect(await dossier()).toMatchObject({ stage: 'verify', parked: null, stages: { payFee: { outcome: 'paid' } } });
    expect((await dossier()).issues['feeReceipt']?.sealed).toBeTruthy();
    await house.stage.passUntil(house.stage.now + 14 * DAY);
    await house.stage.settle();
    expect(await dossier()).toMatchObject({ stage: 'verify', financial: 'paid' });
    expect(replayEvents(await platform().store.events(id))).toMatchObject({ ok: true });
  });
});

it('tells of what was paid at its stage alone, not of what another stage was paid before', () => {
  const fee = (value: number, paid: string) => ({ kind: 'fee', amount: { ...AMOUNT, value }, exempt: false, paid });
  const procedure = {
    stages: {
      first: { kind: 'pay', fees: ['a'], makes: 'r1' },
      second: { kind: 'pay', fees: ['a', 'b'], makes: 'r2' },
    },
  } as unknown as Procedure;
  const paid = { fees: { a: fee(100, '2026-11-16T01:00:00.000Z'), b: fee(7, '2026-11-16T02:00:00.000Z') } };
  expect(receivedFor(procedure, paid as unknown as Dossier, 'r1')).toMatchObject({ sum: { value: 100 } });
  expect(receivedFor(procedure, paid as unknown as Dossier, 'r2')).toMatchObject({
    fees: [{ fee: 'b' }],
    sum: { value: 7 },
  });
});
