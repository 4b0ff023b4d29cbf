import { reconcile } from '../../../domain/payments/reconcile.ts';
import type { MoneyEntry, StatementLine } from '../../../schemas/payments.ts';
import { randomFrom } from '../../../embedded/scenarios/chance.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import { recordPayment } from '../../../functions/payments/record-payment.ts';
import { fold } from '../../../domain/dossier/fold.ts';
import type { Dossier } from '../../../domain/dossier/state.ts';
import { upcastEvent } from '../../../schemas/upcast-event.ts';
import { ApiHouse } from '../../builders/api-house.ts';
import { decide } from '../../../functions/tasks/decide.ts';
import type { ChainedEvent } from '../../../schemas/events.ts';
import { type Desk, DeskHouse, officialOf } from '../../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

const OWED = 5_000;
const DAY = 86_400_000;

async function owing(): Promise<{ desk: Desk; id: string }> {
  const desk = await house.open();
  return { desk, id: await submitted(desk) };
}

async function submitted(desk: Desk): Promise<string> {
  const id = await desk.submit({ amount: OWED });
  await desk.settle();
  expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
  await desk.settle();
  return id;
}

/** So many that owe, settled together: to settle after each would ask each time what is due of all. */
async function submittedTogether(desk: Desk, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await desk.submit({ amount: OWED }));
  await desk.settle();
  for (const id of ids) expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
  await desk.settle();
  return ids;
}

async function pay({ stage }: Desk, dossier: string, payment: string, value: number, system = 'bank'): Promise<void> {
  const { platform, catalogue } = stage.machine;
  const amount = { value, currency: 'VND' };
  expect(await recordPayment(platform, catalogue, system, { payment, dossier, amount })).toMatchObject({ ok: true });
}

function giveBack(
  { stage }: Desk,
  id: string,
  {
    visit = 1,
    comment = 'UNC 117/2026',
    by = officialOf('receive'),
  }: { visit?: number; comment?: string; by?: ReturnType<typeof officialOf> } = {},
) {
  const { platform, catalogue } = stage.machine;
  const decision = { outcome: 'refunded', comment, attachments: [], missing: [] };
  return decide(platform, catalogue, `${id}.refund.${visit}`, { by, subject: by.id }, decision);
}

describe('money that settles nothing', () => {
  it('is work of the reception until somebody says by which voucher it went back', async () => {
    const { desk, id } = await owing();
    await pay(desk, id, 'p1', OWED - 1);
    expect(await desk.dossier(id)).toMatchObject({ financial: 'refund-due', stage: 'pay' });
    const task = await desk.platform.store.task(`${id}.refund.1`);
    expect(task).toMatchObject({ unit: 'thu-lam', role: 'reception', stage: 'refund', status: 'open' });
    expect(await giveBack(desk, id, { comment: ' ' })).toMatchObject({
      ok: false,
      refusal: { code: 'reason-missing' },
    });
    expect(await giveBack(desk, id, { by: officialOf('verify') })).toMatchObject({ ok: false });
    expect(await giveBack(desk, id)).toMatchObject({ ok: true });
    expect(await giveBack(desk, id)).toMatchObject({ ok: false, refusal: { code: 'task-closed' } });
    expect(await desk.dossier(id)).toMatchObject({ financial: 'owed', stage: 'pay', refunds: {} });
    const last = (await desk.platform.store.events(id)).at(-1)?.event;
    expect(last).toMatchObject({
      type: 'RefundMade',
      data: { payment: 'p1', amount: { value: OWED - 1, currency: 'VND' } },
    });
    expect(JSON.stringify(last)).not.toContain('UNC');
    expect(replayEvents(await desk.platform.store.events(id))).toMatchObject({ ok: true });
  });

  it('stays due while other money waits, and beside a fee that is then paid', async () => {
    const { desk, id } = await owing();
    await pay(desk, id, 'p1', 1);
    await pay(desk, id, 'p2', 2);
    await pay(desk, id, 'p3', OWED);
    expect((await desk.dossier(id)).financial).toBe('refund-due');
    await giveBack(desk, id, { visit: 2 });
    expect((await desk.dossier(id)).financial).toBe('refund-due');
    await giveBack(desk, id);
    expect((await desk.dossier(id)).financial).toBe('paid');
  });

  it('is not taken for that of another system which gave it the same id: each counts once, and goes back by itself', async () => {
    const { desk, id } = await owing();
    await pay(desk, id, 'p1', 7, 'post');
    await pay(desk, id, 'p1', OWED);
    await pay(desk, id, 'p1', OWED);
    await desk.settle();
    await pay(desk, id, 'p1', 8, 'treasury');
    expect(await desk.dossier(id)).toMatchObject({
      financial: 'refund-due',
      stage: 'verify',
      fees: { charge: { paid: expect.any(String) as string } },
      refunds: { 'post p1': { amount: { value: 7 } }, 'treasury p1': { amount: { value: 8 } } },
    });
    expect(await giveBack(desk, id)).toMatchObject({ ok: true });
    expect(await desk.dossier(id)).toMatchObject({
      financial: 'refund-due',
      refunds: { 'treasury p1': { payment: 'p1', system: 'treasury' } },
    });
    expect(await giveBack(desk, id, { visit: 2 })).toMatchObject({ ok: true });
    expect((await desk.dossier(id)).financial).toBe('paid');
    const entries = await bookOf(desk);
    expect(entries.map(({ kind, system, amount }) => [kind, system, amount.value])).toEqual([
      ['to-refund', 'post', 7],
      ['settled', 'bank', OWED],
      ['to-refund', 'treasury', 8],
      ['refunded', 'post', 7],
      ['refunded', 'treasury', 8],
    ]);
    expect(replayEvents(await desk.platform.store.events(id))).toMatchObject({ ok: true });
  });

  it('that comes after the end is given back after the end; the term to pay has passed as before', async () => {
    const { desk, id } = await owing();
    await desk.stage.passUntil(desk.stage.now + 14 * DAY);
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ status: 'closed', financial: 'expired' });
    await pay(desk, id, 'p1', OWED);
    expect(await giveBack(desk, id)).toMatchObject({ ok: true });
    expect(await desk.dossier(id)).toMatchObject({ status: 'closed', financial: 'expired', refunds: {} });
    expect(replayEvents(await desk.platform.store.events(id))).toMatchObject({ ok: true });
  });
});

it('waits before all else: a sum that came before acceptance is not forgotten when the fee is owed and paid', async () => {
  const desk = await house.open();
  const id = await desk.submit({ amount: OWED });
  await desk.settle();
  await pay(desk, id, 'early', OWED);
  await desk.decide(id, 'receive', 'accepted');
  await desk.settle();
  expect(await desk.dossier(id)).toMatchObject({ financial: 'refund-due', stage: 'pay' });
  await pay(desk, id, 'p2', OWED);
  await desk.settle();
  expect(await desk.dossier(id)).toMatchObject({ financial: 'refund-due', stage: 'verify' });
  await giveBack(desk, id);
  expect(await desk.dossier(id)).toMatchObject({ financial: 'paid', refunds: {} });
});

it('of an earlier release, which opened no task, is not forgotten when another sum goes back', async () => {
  const { desk, id } = await owing();
  await pay(desk, id, 'old', 1);
  await pay(desk, id, 'new', 2);
  await giveBack(desk, id, { visit: 2 });
  let d: Dossier | undefined;
  for (const { event, hash } of await desk.platform.store.events(id)) {
    const { refund, ...data } = event.data;
    const isOld = refund !== undefined && data['payment'] === 'old';
    d = fold(d, upcastEvent(isOld ? { ...event, data } : event), hash);
  }
  expect(d).toMatchObject({ financial: 'refund-due', refunds: { 'bank old': { payment: 'old', task: null } } });
});

describe('of a dossier that has ended, when its unit was merged', () => {
  const REFORM = '2026-11-20T00:00:00+07:00';
  const moves = ['thu-lam', 'dong-anh'].map((from) => ({ from, to: ['phuc-thinh'] }));
  const merger = { id: 'merger', at: REFORM, legalBasis: 'Resolution 1', moves };
  const unit = {
    id: 'phuc-thinh',
    name: 'Phúc Thịnh',
    agency: 'Hà Nội',
    level: 'commune',
    parent: 'coordination',
    area: [],
    identifier: 'H26.17',
    symbol: 'UBND',
    place: 'Phúc Thịnh',
    codeScheme: 'vn-one-stop',
    calendar: 'vn',
    from: REFORM,
  };

  it.each(['before', 'after'])('is given back by the unit that took over: paid %s the merger', async (when) => {
    const api = await ApiHouse.open();
    const ask = async (method: string, path: string, token: string, body?: unknown) => {
      const answer = await api.send(method, path, { token, ...(body !== undefined && { body }) });
      await api.stage.settle();
      expect(answer.status).toBeLessThan(300);
      return answer.body;
    };
    const [admin, ngoc] = [await api.admin(), await api.applicant()];
    const id = await api.submitted(ngoc);
    await ask('POST', `/dossiers/${id}/withdrawal`, ngoc, { reason: 'I moved' });
    const { platform, catalogue } = api.stage.machine;
    const amount = { value: 7, currency: 'VND' };
    const paid = () => recordPayment(platform, catalogue, 'bank', { payment: 'p1', dossier: id, amount });
    if (when === 'before') await paid();
    await ask('PUT', '/units/phuc-thinh', admin, unit);
    const official = await ask('GET', '/officials/thu-lam-reception', admin);
    const next = { unit: 'phuc-thinh', role: 'reception', from: '2026-11-20', title: 'Reception' };
    const appointments = [...(official['appointments'] as object[]), next];
    await ask('PUT', '/officials/thu-lam-reception', admin, { ...official, appointments });
    await ask('POST', '/reorganisations', admin, merger);
    await api.stage.passUntil(Date.parse(REFORM) + 3_600_000);
    await api.stage.settle();
    if (when === 'after') await paid();
    const reception = await api.official('thu-lam-reception', 'reception', 'phuc-thinh');
    await ask('POST', `/tasks/${id}.refund.1/decision`, reception, { outcome: 'refunded', comment: 'UNC 117' });
    const events = await platform.store.events(id);
    expect(events.at(-1)?.event.type).toBe('RefundMade');
    expect(replayEvents(events)).toMatchObject({ ok: true });
    expect(await platform.store.head(id)).toMatchObject({ unit: 'thu-lam', receivingUnit: 'thu-lam' });
    await api.close();
  });
});

describe('a forged record of money', () => {
  type Plain = ChainedEvent['event'];
  const change = (data: object) => (event: Plain) => ({ ...event, data: { ...event.data, ...data } });
  it.each<[string, 'PaymentRecorded' | 'RefundMade', (event: Plain) => Plain]>([
    ['gives back another sum', 'RefundMade', change({ amount: { value: 7, currency: 'VND' } })],
    ['gives back another payment', 'RefundMade', change({ payment: 'p9' })],
    ['gives back by a task that waits for nothing', 'RefundMade', change({ task: 'none' })],
    ['lets the platform give back', 'RefundMade', (event) => ({ ...event, actor: { kind: 'platform' } })],
    ['settles by another sum', 'PaymentRecorded', change({ effect: 'settled' })],
    [
      'lets a sum settle that was not owed',
      'PaymentRecorded',
      (event) => {
        const { refund: _, ...data } = event.data;
        return { ...event, data: { ...data, effect: 'settled', reason: 'exact', fees: ['charge'] } };
      },
    ],
    [
      'opens the refund with less assurance',
      'PaymentRecorded',
      (event) => {
        const refund = event.data['refund'] as { opening: object };
        return change({ refund: { ...refund, opening: { ...refund.opening, assurance: 'system' } } })(event);
      },
    ],
  ])('is found where it %s', async (_, type, forge) => {
    const { desk, id } = await owing();
    await pay(desk, id, 'p1', 1);
    await giveBack(desk, id);
    const stored = await desk.platform.store.events(id);
    const forged = stored.map((each) => (each.event.type === type ? { ...each, event: forge(each.event) } : each));
    expect(replayEvents(forged)).toMatchObject({ ok: false });
  });

  it('is found where one payment counts twice', async () => {
    const { desk, id } = await owing();
    await pay(desk, id, 'p1', 1);
    await pay(desk, id, 'p2', 1);
    const stored = await desk.platform.store.events(id);
    const forged = stored.map((each) => ({
      ...each,
      event: change(each.event.data['payment'] === 'p2' ? { payment: 'p1' } : {})(each.event),
    }));
    expect(replayEvents(forged)).toMatchObject({ ok: false });
  });
});

it('of callbacks that come shuffled, doubled, late and wrong each fee is paid at most once, the rest waits to go back, and the books balance', async () => {
  const callbacks = Number(process.env['ONETRACK_CASES'] ?? 240);
  const random = randomFrom(2_026);
  const desk = await house.open();
  const dossiers = await submittedTogether(desk, Math.ceil(callbacks / 8));
  const sums = new Map<string, Came>();
  for (let index = 0; index < callbacks; index += 1) {
    const dossier = dossiers[Math.floor(random() * dossiers.length)] ?? '';
    // Of two systems that give the same ids, now and then to the same dossier.
    const [system, payment] = [index % 2 === 0 ? 'bank' : 'post', `p${Math.floor(index / 2)}`];
    const isTwin = system === 'post' && random() < 0.5;
    const of = isTwin ? (sums.get(`bank ${payment}`)?.dossier ?? dossier) : dossier;
    sums.set(`${system} ${payment}`, {
      system,
      payment,
      dossier: of,
      value: random() < 0.4 ? OWED : 1 + Math.floor(random() * 2 * OWED),
    });
  }
  const once = [...sums.keys()];
  const told = [...once, ...once.filter(() => random() < 0.5)].map((key) => ({ key, order: random() }));
  told.sort((a, b) => a.order - b.order);
  for (const [index, { key }] of told.entries()) {
    // After half of them the term to pay is over.
    if (index === Math.floor(told.length / 2)) await desk.stage.passUntil(desk.stage.now + 14 * DAY);
    const came = sums.get(key);
    if (came) await pay(desk, came.dossier, came.payment, came.value, came.system);
  }
  await desk.settle();
  let [settled, waiting] = [0, 0];
  for (const id of dossiers) {
    const { fees, refunds = {} } = await desk.dossier(id);
    const events = (await desk.platform.store.events(id)).map(({ event }) => event);
    const paid = events.filter(({ type, data }) => type === 'PaymentRecorded' && data['effect'] === 'settled');
    expect(paid.length).toBe(fees['charge']?.paid == null ? 0 : 1);
    settled += paid.length * OWED;
    waiting += Object.values(refunds).reduce((sum, { amount }) => sum + amount.value, 0);
  }
  const came = [...sums.values()].reduce((sum, { value }) => sum + value, 0);
  expect(settled).toBeGreaterThan(0);
  expect(settled + waiting).toBe(came);
  const book = await bookOf(desk);
  for (const system of ['bank', 'post']) balances(book, [...sums.values()], system);
}, 1_800_000);

interface Came {
  system: string;
  payment: string;
  dossier: string;
  value: number;
}

const SPAN = { from: '2026-11-01T00:00:00.000Z', before: '2027-01-01T00:00:00.000Z' };

async function bookOf({ platform }: Desk): Promise<MoneyEntry[]> {
  const entries: MoneyEntry[] = [];
  for (let after: string | undefined; ;) {
    const page = await platform.store.moneyOf({ unit: 'thu-lam', ...SPAN }, { limit: 100, ...(after && { after }) });
    entries.push(...page.items);
    if (page.next === undefined) return entries;
    after = page.next;
  }
}

/** Each provider’s own list agrees with the book; without one line, or with another sum in one, it does not. */
function balances(book: readonly MoneyEntry[], sums: readonly Came[], system: string): void {
  const entries = book.filter((entry) => entry.system === system);
  const lines = sums
    .filter((came) => came.system === system)
    .map(({ payment, value }): StatementLine => ({ payment, amount: { value, currency: 'VND' }, kind: 'in' }));
  const found = reconcile(lines, entries, SPAN);
  expect(found).toMatchObject({ balanced: true, agreed: lines.length });
  expect(found.stated).toEqual(found.recorded);
  const [first, ...others] = lines;
  expect(reconcile(others, entries, SPAN)).toMatchObject({ balanced: false, unstated: [{ payment: first?.payment }] });
  const other = {
    payment: first?.payment ?? '',
    amount: { value: 1 + 2 * OWED, currency: 'VND' },
    kind: 'in' as const,
  };
  expect(reconcile([other, ...others], entries, SPAN).balanced).toBe(false);
}
