import { TaskRetryable } from '../../../domain/failures.ts';
import { recordPayment } from '../../../functions/payments/record-payment.ts';
import { resumeDossier } from '../../../functions/dossiers/resume.ts';
import { append } from '../../../functions/runtime/append.ts';
import { actStage } from '../../../functions/stages/act-stage.ts';
import { enterWaitingStage } from '../../../functions/stages/enter-stage.ts';
import { fireTimers } from '../../../functions/sweep/fire-timers.ts';
import { drainOutbox } from '../../../functions/relay/relay.ts';
import { type Desk, DeskHouse, MONDAY, officialOf } from '../../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

const DAY = 86_400_000;

async function accepted(desk: Desk, form: Parameters<Desk['submit']>[0] = {}): Promise<string> {
  const id = await desk.submit(form);
  await desk.settle();
  expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
  await desk.settle();
  return id;
}

function pay(desk: Desk, dossier: string, value: number, payment = 'p1'): ReturnType<typeof recordPayment> {
  const { platform, catalogue } = desk.stage.machine;
  return recordPayment(platform, catalogue, 'payment-platform', {
    payment,
    dossier,
    amount: { value, currency: 'VND' },
  });
}

describe('what comes twice', () => {
  it('changes nothing the second time: entering, doing, firing, paying, deciding', async () => {
    const desk = await house.open();
    const { platform, catalogue } = desk.stage.machine;
    const id = await accepted(desk, { amount: 5000 });
    const call = { dossierId: id, run: 1 };
    const before = await desk.types(id);
    const token = (await platform.store.tokenFor(id, 'pay', 1))?.token ?? '';
    await enterWaitingStage(platform, catalogue, { ...call, stage: 'pay', token });
    expect(await desk.types(id)).toEqual(before);
    expect(await pay(desk, id, 5000)).toMatchObject({ ok: true });
    expect(await pay(desk, id, 5000)).toMatchObject({ ok: true });
    expect(await desk.count(id, 'PaymentRecorded')).toBe(1);
    await desk.settle();
    const linked = await desk.types(id);
    expect(await actStage(platform, catalogue, { ...call, stage: 'link' })).toEqual({ next: 'verify' });
    expect(desk.stage.world.calls('tax')).toBe(1);
    await fireTimers(platform, catalogue);
    expect(await desk.types(id)).toEqual(linked);
    const twice = await Promise.all([desk.decide(id, 'verify', 'valid'), desk.decide(id, 'verify', 'invalid')]);
    expect(twice.map((each) => (each.ok ? 'ok' : each.refusal.code)).sort()).toEqual(['ok', 'task-closed']);
    expect(await desk.count(id, 'TaskDecided')).toBe(2);
  });

  it('settles nothing by a wrong, an unowed or a late sum, and keeps the refund in view', async () => {
    const desk = await house.open();
    const id = await accepted(desk, { amount: 5000 });
    expect(await pay(desk, id, 4999, 'wrong')).toMatchObject({ dossier: { stage: 'pay', financial: 'refund-due' } });
    expect(await pay(desk, id, 5000, 'right')).toMatchObject({ dossier: { stage: 'link', financial: 'refund-due' } });
    expect(await pay(desk, id, 5000, 'more')).toMatchObject({ dossier: { stage: 'link', financial: 'refund-due' } });
    const late = await accepted(desk, { amount: 7000 });
    await desk.stage.passUntil(MONDAY + 14 * DAY);
    expect(await desk.dossier(late)).toMatchObject({ status: 'closed', financial: 'expired', result: 'stopped' });
    expect(await pay(desk, late, 7000)).toMatchObject({ dossier: { status: 'closed', financial: 'refund-due' } });
  });
});

describe('the relay', () => {
  it('loses nothing when the deletion of a row, or the engine behind it, fails once', async () => {
    const desk = await house.open();
    const { platform, catalogue, engine } = desk.stage.machine;
    const id = await desk.submit();
    const outboxDone = platform.store.outboxDone.bind(platform.store);
    platform.store.outboxDone = () => {
      platform.store.outboxDone = outboxDone;
      return Promise.reject(new Error('the disk is full'));
    };
    await expect(drainOutbox(platform, catalogue)).rejects.toThrow('the disk is full');
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    const complete = engine.complete.bind(engine);
    engine.complete = async (token, output) => {
      await complete(token, output);
      engine.complete = complete;
      throw new Error('the answer was lost');
    };
    await desk.settle();
    await desk.stage.passUntil(MONDAY + 60_000);
    expect(await desk.dossier(id)).toMatchObject({ stage: 'verify' });
    expect(await desk.count(id, 'TaskDecided')).toBe(1);
    expect(desk.stage.world.calls('tax')).toBe(1);
  });

  it('asks for another run where the name of an execution was used before, until one is free', async () => {
    const desk = await house.open();
    const { engine, catalogue } = desk.stage.machine;
    const id = await desk.submit();
    const machineArn = (await catalogue.pinned('desk', '1.0.0')).record.machine?.arn ?? '';
    for (const run of [1, 2]) {
      // Fenced: the dossier is in no such run.
      const input = { dossierId: id, run: 99, stage: 'receive' };
      const { arn } = await engine.start({ machineArn, name: `${id}-${run}`, input });
      await engine.stop(arn, { error: 'Lost', cause: 'by a test' });
    }
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ run: 3, stage: 'receive', parked: null });
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ run: 3, stage: 'verify' });
  });

  it('replaces a run whose execution is gone, and only if the run has not advanced', async () => {
    const desk = await house.open();
    const { platform, engine } = desk.stage.machine;
    const id = await desk.submit();
    await desk.settle();
    const { machine } = (await desk.stage.machine.catalogue.pinned('desk', '1.0.0')).record;
    const arn = `${machine?.arn.replace(':stateMachine:', ':execution:')}:${id}-1`;
    expect((await engine.describe(arn))?.status).toBe('RUNNING');
    await engine.stop(arn, { error: 'Lost', cause: 'by a test' });
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ run: 2, stage: 'verify' });
    const rows = await platform.store.outboxByGroup(`${id}:engine`);
    expect(rows).toEqual([]);
    await platform.store.outboxAdd([
      {
        id: `${id}:000004:complete`,
        group: `${id}:engine`,
        kind: 'complete',
        dossier: id,
        at: desk.stage.now,
        attempts: 0,
        body: { run: 1, stage: 'receive', visit: 1, next: 'pay' },
      },
    ]);
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ run: 2, stage: 'verify' });
  });

  it('leaves no execution behind when two runs are requested one after the other', async () => {
    const desk = await house.open();
    const { platform, engine } = desk.stage.machine;
    const id = await accepted(desk);
    const again = () =>
      append(platform, id, ({ dossier }) => ({
        decision: {
          ok: true,
          events: [{ type: 'RunRequested', data: { run: dossier.run + 1, stage: 'verify', reason: 'migration' } }],
        },
        actor: { kind: 'platform' },
      }));
    await again();
    await again();
    await desk.settle();
    const { machine } = (await desk.stage.machine.catalogue.pinned('desk', '1.0.0')).record;
    const execution = (run: number) =>
      engine.describe(`${machine?.arn.replace(':stateMachine:', ':execution:')}:${id}-${run}`);
    expect((await execution(1))?.status).toBe('ABORTED');
    expect((await execution(3))?.status).toBe('RUNNING');
    expect(await desk.decide(id, 'verify', 'valid')).toMatchObject({ ok: true });
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ status: 'closed', result: 'granted' });
  });
});

describe('a parked dossier', () => {
  it('stands still, its timers with it, and goes on where it stood', async () => {
    const desk = await house.open();
    desk.stage.world.setAnswer('tax', 'unavailable');
    const id = await accepted(desk);
    await desk.stage.passUntil(MONDAY + DAY);
    expect(await desk.dossier(id)).toMatchObject({ status: 'parked', stage: 'link' });
    desk.stage.world.setAnswer('tax', 'done');
    await desk.stage.passUntil(MONDAY + 3 * DAY);
    expect(await desk.dossier(id)).toMatchObject({ status: 'parked' });
    expect(await resumeDossier(desk.platform, id, officialOf('verify'))).toMatchObject({ ok: true });
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ status: 'processing', stage: 'verify', run: 2, parked: null });
  });

  it('is parked where the rules find nothing, with the decision; it stays decided', async () => {
    const desk = await house.open();
    const id = await accepted(desk, { ready: 'unsaid' });
    await desk.decide(id, 'verify', 'valid');
    expect(await desk.dossier(id)).toMatchObject({ status: 'parked', stage: 'verify' });
    await resumeDossier(desk.platform, id, officialOf('verify'));
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ status: 'parked', run: 2 });
    expect(await desk.decide(id, 'verify', 'invalid')).toMatchObject({ refusal: { code: 'task-closed' } });
    expect(await desk.count(id, 'TaskDecided')).toBe(2);
  });

  it('is parked where the calendar does not say when, with the decision and the cause', async () => {
    const desk = await house.open(Date.parse('2027-12-31T03:00:00.000Z'));
    const id = await desk.submit();
    await desk.settle();
    expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
    const { parked, status } = await desk.dossier(id);
    expect(status).toBe('parked');
    expect(parked?.cause).toMatch(/deadline/);
  });

  it('lets a timer that is due elsewhere fire', async () => {
    const desk = await house.open();
    const parked = await accepted(desk, { amount: 5000 });
    const other = await accepted(desk, { amount: 5000 });
    await append(desk.platform, parked, ({ dossier }) => ({
      decision: {
        ok: true,
        events: [{ type: 'DossierParked', data: { run: dossier.run, stage: 'pay', error: 'Failed', cause: '' } }],
      },
      actor: { kind: 'platform' },
    }));
    await desk.stage.passUntil(MONDAY + 20 * DAY);
    expect(await desk.dossier(other)).toMatchObject({ status: 'closed', result: 'stopped' });
    expect(await desk.dossier(parked)).toMatchObject({ status: 'parked', stage: 'pay' });
    await resumeDossier(desk.platform, parked, officialOf('verify'));
    await desk.settle();
    expect(await desk.dossier(parked)).toMatchObject({ status: 'closed', result: 'stopped' });
  });
});

describe('a crash', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('at commit %i of a dossier ends as if there had been none', async (at) => {
    const desk = await house.open();
    const id = await desk.submit({ amount: 5000, ready: false }, { email: 'ngoc@example.org' });
    let commits = 0;
    const dieAt = (): void => {
      const { store } = desk.platform;
      const commit = store.commit.bind(store);
      store.commit = async (request) => {
        commits += 1;
        const result = await commit(request);
        if (commits === at) throw new TaskRetryable('the answer of the store was lost');
        return result;
      };
    };
    dieAt();
    const step = async (work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: unknown) => {
        if (!(error instanceof TaskRetryable || error instanceof AggregateError)) throw error;
      });
      if (commits === at) {
        await desk.stage.crash();
        commits += 1;
        dieAt();
      }
      await desk.stage.passUntil(desk.stage.now + 120_000);
    };
    await step(() => desk.settle());
    await step(() => desk.decide(id, 'receive', 'accepted'));
    await step(() => pay(desk, id, 5000));
    await step(() => desk.decide(id, 'verify', 'valid'));
    await step(() => desk.stage.passUntil(MONDAY + 10 * DAY));
    const dossier = await desk.dossier(id);
    expect(dossier).toMatchObject({ status: 'closed', result: 'granted', financial: 'paid' });
    expect(dossier.issues['card']?.number?.number).toBe(1);
    expect(await desk.count(id, 'TaskDecided')).toBe(2);
    expect(await desk.count(id, 'PaymentRecorded')).toBe(1);
    expect(desk.stage.world.calls('tax')).toBe(1);
  });
});
