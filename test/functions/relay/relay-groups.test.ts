import { relayGroups } from '../../../functions/relay/relay-groups.ts';
import { type Desk, DeskHouse } from '../../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

const row = (desk: Desk, id: string, group: string, more: { at?: number; kind?: 'stop' | 'anchor' } = {}) => ({
  id,
  group,
  kind: more.kind ?? ('stop' as const),
  dossier: 'd'.padEnd(27, '0'),
  at: more.at ?? desk.stage.now,
  attempts: 0,
  body: { run: 1 },
});

describe('what the stream tells of', () => {
  it('is left to the sweep where it is a head', async () => {
    const desk = await house.open();
    const { platform, catalogue } = desk.stage.machine;
    const head = row(desk, 'a:1', 'a', { kind: 'anchor' });
    await platform.store.outboxAdd([head]);
    expect(await relayGroups(platform, catalogue, [head])).toBe(0);
    expect(await platform.store.outboxByGroup('a')).toHaveLength(1);
  });

  it('is done in order of its group, whatever the order in which it was told, and once', async () => {
    const desk = await house.open();
    const { platform, catalogue } = desk.stage.machine;
    const id = await desk.submit();
    const rows = await platform.store.outboxByGroup(`${id}:engine`);
    const starts: string[] = [];
    const { engine } = platform;
    const told = {
      ...platform,
      engine: Object.assign(Object.create(engine) as typeof engine, {
        start: async (execution: Parameters<typeof engine.start>[0]) => {
          starts.push(execution.name);
          return engine.start(execution);
        },
      }),
    };
    expect(await relayGroups(told, catalogue, [...rows, ...rows])).toBe(1);
    expect(await relayGroups(told, catalogue, rows)).toBe(0);
    expect(starts).toEqual([`${id}-1`]);
  });

  it('waits behind a row that was put off', async () => {
    const desk = await house.open();
    const { platform, catalogue } = desk.stage.machine;
    const [first, second] = [row(desk, 'b:1', 'b', { at: desk.stage.now + 60_000 }), row(desk, 'b:2', 'b')];
    await platform.store.outboxAdd([first, second]);
    expect(await relayGroups(platform, catalogue, [second])).toBe(0);
    expect(await platform.store.outboxByGroup('b')).toHaveLength(2);
  });

  it('is left for the next where there is no time for it', async () => {
    const desk = await house.open();
    const { platform, catalogue } = desk.stage.machine;
    const rows = [row(desk, 'c:1', 'c'), row(desk, 'c:2', 'c'), row(desk, 'd:1', 'd')];
    await platform.store.outboxAdd(rows);
    let asked = 0;
    const onceAlone = () => (asked += 1) === 1;
    await relayGroups(platform, catalogue, rows, onceAlone);
    const left = [...(await platform.store.outboxByGroup('c')), ...(await platform.store.outboxByGroup('d'))];
    expect(left.map(({ id, attempts }) => [id, attempts]).filter(([, attempts]) => attempts === 0)).toHaveLength(2);
  });

  it('is put off when it fails, and those who watch hear of it by name', async () => {
    const desk = await house.open();
    const { platform, catalogue } = desk.stage.machine;
    const id = await desk.submit();
    const failed: string[] = [];
    const broken = {
      ...platform,
      failed: (failing: { id: string; attempts: number }) => failed.push(`${failing.id} after ${failing.attempts}`),
      engine: Object.assign(Object.create(platform.engine) as typeof platform.engine, {
        start: () => Promise.reject(new Error('no engine today')),
      }),
    };
    const rows = await platform.store.outboxByGroup(`${id}:engine`);
    await relayGroups(broken, catalogue, rows);
    expect(failed).toEqual([`${id}:000001:start after 0`]);
    expect(await platform.store.outboxByGroup(`${id}:engine`)).toMatchObject([
      {
        attempts: 1,
        at: desk.stage.now + 1_000,
        error: expect.stringMatching(/^Error: at relay-groups\.test\.ts:\d+:\d+$/) as string,
      },
    ]);
  });
});
