import { recordPayment } from '../../../functions/payments/record-payment.ts';
import { statutoryDeadline } from '../../../functions/dossiers/deadline.ts';
import { standingOf } from '../../../functions/stages/standing.ts';
import type { Platform } from '../../../functions/runtime/platform.ts';
import { DeskHouse, type Desk } from '../../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

/** The platform as a process sees it whose clock is this much behind that of who wrote last. */
function behind({ platform }: Desk, ms: number): Platform {
  return { ...platform, clock: { now: () => platform.clock.now() - ms } };
}

describe('a clock that was put back', () => {
  it('lets what follows count as of what it follows: the payment resumes the term, and the date can be derived', async () => {
    const desk = await house.open();
    const { catalogue } = desk.stage.machine;
    const id = await desk.submit({ amount: 1000 });
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    const waiting = await desk.dossier(id);
    expect(waiting.clock.at(-1)?.kind).toBe('stop');
    const slow = behind(desk, 600_000);
    const payment = { payment: 'p1', dossier: id, amount: { value: 1000, currency: 'VND' } };
    expect(await recordPayment(slow, catalogue, 'payments', payment)).toMatchObject({ ok: true });
    await desk.settle();
    const paid = await desk.dossier(id);
    expect(paid.parked).toBeNull();
    expect(paid.clock.at(-1)).toMatchObject({ kind: 'resume', at: waiting.clock.at(-1)?.at });
    const loaded = await desk.platform.cache.load(id, desk.platform.store, desk.platform.masterKey);
    if (!loaded) throw new Error('expected the dossier');
    const standing = await standingOf(catalogue, loaded, slow.clock.now());
    expect(await statutoryDeadline(standing, paid.clock, standing.evaluator)).toMatchObject({
      state: 'due',
      due: paid.lawful?.due,
    });
  });
});
