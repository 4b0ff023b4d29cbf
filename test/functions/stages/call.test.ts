import { TaskTerminal } from '../../../domain/failures.ts';
import { actStage } from '../../../functions/stages/act-stage.ts';
import { resumeDossier } from '../../../functions/dossiers/resume.ts';
import { recordPayment } from '../../../functions/payments/record-payment.ts';
import { DESK, type Desk, DeskHouse } from '../../builders/desk.ts';

// The procedure does not say what a refusal of the tax system leads to.
const house = new DeskHouse(DESK.replace('{ done: verify, refused: refuse }', '{ done: verify }'));
afterEach(() => house.close());
afterAll(() => house.end());

/** A dossier that stands at its call: accepted and paid. */
async function standingAtCall(desk: Desk): Promise<string> {
  const { platform, catalogue } = desk.stage.machine;
  const id = await desk.submit({ amount: 5000 });
  await desk.settle();
  expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
  await desk.settle();
  const payment = { payment: 'p1', dossier: id, amount: { value: 5000, currency: 'VND' } };
  expect(await recordPayment(platform, catalogue, 'payment-platform', payment)).toMatchObject({ ok: true });
  expect((await desk.dossier(id)).stage).toBe('link');
  return id;
}

async function parkedWith(desk: Desk, id: string): Promise<unknown> {
  const events = await desk.platform.store.events(id);
  return events.find(({ event }) => event.type === 'DossierParked')?.event.data;
}

describe('a call to another system', () => {
  it('parks the dossier at once where the system refuses and the procedure does not say what then', async () => {
    const desk = await house.open();
    desk.stage.world.setAnswer('tax', 'refused');
    const id = await standingAtCall(desk);
    await desk.settle();
    expect(await parkedWith(desk, id)).toMatchObject({
      stage: 'link',
      error: 'TaskTerminal',
      cause: 'system tax refused, and the procedure does not say what then',
    });
    expect(await desk.dossier(id)).toMatchObject({ status: 'parked' });
    expect(await desk.count(id, 'CallAnswered')).toBe(0);
    expect(desk.stage.world.calls('tax')).toBe(1);
  });

  it('parks the dossier at once where the system answers something else, records no answer, and goes on when resumed', async () => {
    const desk = await house.open();
    const id = await standingAtCall(desk);
    let asked = 0;
    const connectors = {
      ...desk.platform.connectors,
      call: () => {
        asked += 1;
        return Promise.reject(new TaskTerminal('system tax: expected { outcome, data }, got something else'));
      },
    };
    const platform = { ...desk.platform, connectors };
    await expect(
      actStage(platform, desk.stage.machine.catalogue, { dossierId: id, run: 1, stage: 'link' }),
    ).rejects.toThrow(TaskTerminal);
    expect(asked).toBe(1);
    expect(await parkedWith(desk, id)).toMatchObject({ stage: 'link', error: 'TaskTerminal' });
    expect(await desk.count(id, 'CallAnswered')).toBe(0);
    expect(await resumeDossier(desk.platform, id, { kind: 'platform' })).toMatchObject({ ok: true });
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ status: 'processing', stage: 'verify' });
  });
});
