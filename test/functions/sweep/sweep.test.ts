import { SqliteCursors } from '../../../adapters/local/sqlite-cursors.ts';
import type { Measures } from '../../../functions/sweep/measure.ts';
import { sweep } from '../../../functions/sweep/sweep.ts';
import { DeskHouse } from '../../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

const MINUTE = 60_000;

/** A desk and the sweeps over it. Time passes for the sweeps alone: nothing else takes up what falls due meanwhile. */
async function open() {
  const desk = await house.open();
  const { platform, catalogue } = desk.stage.machine;
  const cursors = new SqliteCursors(desk.stage.machine.database);
  let ahead = 0;
  const clock = { now: () => desk.stage.now + ahead };
  const swept = async (timeLeft = 100_000) => {
    let measures: Measures | undefined;
    const failure = await sweep({ ...platform, clock }, catalogue, {
      cursors,
      timeLeft: () => timeLeft,
      measured: (found) => {
        measures = found;
      },
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    return { measures, failure };
  };
  const pass = (ms: number): void => {
    ahead += ms;
  };
  return { desk, store: platform.store, cursors, swept, pass };
}

describe('a sweep', () => {
  it('stamps heads at once and leaves what is fresh to the relay, but not for long', async () => {
    const { desk, store, swept, pass } = await open();
    const id = await desk.submit();
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    await swept();
    expect(await store.anchors(id)).not.toEqual([]);
    const fresh = await store.outboxByGroup(`${id}:engine`);
    expect(fresh).toHaveLength(1);
    pass(20_000);
    await swept();
    expect(await store.outboxByGroup(`${id}:engine`)).not.toContainEqual(fresh[0]);
  });

  it('takes up at once what has been tried before and is due again', async () => {
    const { desk, store, swept, pass } = await open();
    const id = await desk.submit();
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    const [fresh] = await store.outboxByGroup(`${id}:engine`);
    await store.outboxRetry({ id: fresh?.id ?? '', at: desk.stage.now + 1_000, attempts: 1, error: 'busy' });
    await swept();
    expect(await store.outboxByGroup(`${id}:engine`)).toMatchObject([{ id: fresh?.id, attempts: 1 }]);
    pass(1_000);
    await swept();
    expect(await store.outboxByGroup(`${id}:engine`)).not.toContainEqual(expect.objectContaining({ id: fresh?.id }));
  });

  it('fires the timers that are due', async () => {
    const { desk, swept, pass } = await open();
    const id = await desk.submit({ amount: 5000 });
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    pass(14 * 86_400_000);
    const { measures } = await swept();
    expect(await desk.dossier(id)).toMatchObject({ stage: 'lapsed' });
    expect(measures).toMatchObject({ timerAge: 0 });
  });

  it('begins no further timer or row when its time runs out, and the next one goes on there', async () => {
    const { desk, store, cursors, pass } = await open();
    const { platform, catalogue } = desk.stage.machine;
    const ids = [await desk.submit({ amount: 5000 }), await desk.submit({ amount: 5000 })];
    await desk.settle();
    for (const id of ids) await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    pass(14 * 86_400_000);
    const clock = { now: () => desk.stage.now + 14 * 86_400_000 };
    // One timer's worth of time above what is left for the rest.
    const times = [100_000, 100_000];
    const timeLeft = (): number => times.shift() ?? 20_000;
    await sweep({ ...platform, clock }, catalogue, { cursors, timeLeft, measured: () => undefined });
    expect(await store.timersDue(clock.now(), 9)).toHaveLength(1);
    await sweep({ ...platform, clock }, catalogue, { cursors, timeLeft: () => 100_000, measured: () => undefined });
    expect(await store.timersDue(clock.now(), 9)).toHaveLength(0);
  });

  it('fires the timers of several dossiers beside each other', async () => {
    const { desk, store, swept, pass } = await open();
    const ids = [await desk.submit({ amount: 5000 }), await desk.submit({ amount: 5000 })];
    await desk.settle();
    for (const id of ids) await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    pass(14 * 86_400_000);
    const commit = store.commit.bind(store);
    let under = 0;
    let most = 0;
    store.commit = async (one) => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const result = await commit(one);
      under -= 1;
      return result;
    };
    await swept();
    store.commit = commit;
    expect(most).toBeGreaterThan(1);
    for (const id of ids) expect(await desk.dossier(id)).toMatchObject({ stage: 'lapsed' });
  });

  it('fires the timers of one dossier one after the other', async () => {
    const { desk, store, swept, pass } = await open();
    const { cache } = desk.stage.machine.platform;
    const id = await desk.submit({ amount: 5000 });
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    pass(14 * 86_400_000);
    const [timer] = await store.timersDue(desk.stage.now + 14 * 86_400_000, 9);
    if (!timer) throw new Error('expected a timer');
    const timersDue = store.timersDue.bind(store);
    store.timersDue = () => Promise.resolve([{ ...timer, id: 'complete.9', visit: 9 }, timer]);
    const load = cache.load.bind(cache);
    let under = 0;
    let most = 0;
    cache.load = async (...of) => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 5));
      under -= 1;
      return load(...of);
    };
    await swept();
    store.timersDue = timersDue;
    expect(most).toBe(1);
    expect(await desk.dossier(id)).toMatchObject({ stage: 'lapsed' });
  });

  it('fires what is due behind a whole page of timers that fail', async () => {
    const { desk, store, cursors, pass } = await open();
    const { platform, catalogue } = desk.stage.machine;
    const id = await desk.submit({ amount: 5000 });
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    pass(14 * 86_400_000);
    const clock = { now: () => desk.stage.now + 14 * 86_400_000 };
    const [timer] = await store.timersDue(clock.now(), 9);
    if (!timer) throw new Error('expected a timer');
    const broken = Array.from({ length: 200 }, (_, n) => ({ ...timer, dossier: `d${String(n).padStart(26, '0')}` }));
    const timersDue = store.timersDue.bind(store);
    store.timersDue = async (now, limit) => [...broken, ...(await timersDue(now, 1))].slice(0, limit);
    const swept = sweep({ ...platform, clock }, catalogue, {
      cursors,
      timeLeft: () => 100_000,
      measured: () => undefined,
    });
    await expect(swept).rejects.toThrow('1 of 6 steps failed');
    store.timersDue = timersDue;
    expect(await desk.dossier(id)).toMatchObject({ stage: 'lapsed' });
  });

  it('goes on with the next step when one fails, throws at the end, and tells how old the last complete one is', async () => {
    const { desk, store, swept, pass } = await open();
    await desk.submit();
    expect((await swept()).measures).toMatchObject({ sweepAge: 0 });
    pass(5 * MINUTE);
    const timersDue = store.timersDue.bind(store);
    store.timersDue = () => Promise.reject(new Error('no timers today'));
    const { measures, failure } = await swept();
    store.timersDue = timersDue;
    expect(failure).toMatchObject({ message: '1 of 6 steps failed' });
    expect(measures).toMatchObject({ sweepAge: 300, outboxAge: 0 });
    expect((await swept()).measures).toMatchObject({ sweepAge: 0 });
  });

  it('begins no further page when its time runs out, and says what is left', async () => {
    const { desk, store, swept, pass } = await open();
    const row = (n: number) => ({
      id: `late:${n}`,
      group: `late:${n}`,
      kind: 'mail' as const,
      dossier: 'd'.padEnd(27, '0'),
      at: desk.stage.now,
      attempts: 0,
      body: {},
    });
    await store.outboxAdd(Array.from({ length: 300 }, (_, n) => row(n)));
    pass(2 * MINUTE);
    const { measures } = await swept(10_000);
    expect(measures?.outboxAge).toBe(120);
  });

  it('counts dossiers that stand still and rows that were given up', async () => {
    const { desk, store, swept } = await open();
    const id = await desk.submit({ ready: 'unsaid' });
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    await desk.decide(id, 'verify', 'valid');
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ status: 'parked' });
    await store.outboxAdd([
      { id: 'x', group: 'x', kind: 'mail', dossier: id, at: desk.stage.now, attempts: 0, body: {} },
    ]);
    await store.outboxRetry({ id: 'x', at: desk.stage.now, attempts: 13, error: 'gone', dead: true });
    expect((await swept()).measures).toMatchObject({ stalledDossiers: 1, deadLetters: 1 });
  });

  it('lays one row for each subscriber and event, also where two sweeps run at once', async () => {
    const { desk, cursors, swept } = await open();
    const { platform } = desk;
    await platform.registry.put(
      'subscription',
      'ward',
      {
        id: 'ward',
        url: 'https://ward.example/hook',
        units: ['thu-lam'],
        types: ['DossierSubmitted'],
        secret: 'whsec_c2VjcmV0IG9mIGEgc3Vic2NyaXB0aW9u',
        owner: 'ward',
        created: new Date(desk.stage.now - 1).toISOString(),
      },
      0,
    );
    const id = await desk.submit();
    await Promise.all([swept(), swept()]);
    expect(await platform.store.outboxByGroup(`subscriptions:ward:${id}`)).toMatchObject([{ body: { seq: 1 } }]);
    expect(await cursors.get('subscriptions')).toBeDefined();
  });
});
