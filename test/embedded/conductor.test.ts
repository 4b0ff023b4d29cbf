import { Conductor } from '../../embedded/conductor.ts';
import { DeskHouse, MONDAY } from '../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

describe('the conductor of one machine', () => {
  it('lays rows for subscribers up to the end of the feed in one sweep, page by page', async () => {
    const desk = await house.open();
    const { platform } = desk.stage.machine;
    const subscription = {
      id: 's1',
      url: 'http://127.0.0.1:9/',
      types: [],
      units: ['thu-lam'],
      secret: 'whsec_YQ==',
      owner: 'a',
    };
    await platform.registry.put('subscription', 's1', { ...subscription, created: new Date(MONDAY).toISOString() }, 0);
    for (let n = 0; n < 410; n += 1) await desk.submit();
    const pages: number[] = [];
    const outboxAdd = platform.store.outboxAdd.bind(platform.store);
    platform.store.outboxAdd = (rows) => {
      pages.push(rows.length);
      return outboxAdd(rows);
    };
    const errors: unknown[] = [];
    const conductor = new Conductor(desk.stage.machine, (error) => errors.push(error));
    await conductor.start();
    expect(pages.slice(0, 3)).toEqual([200, 200, expect.any(Number)]);
    expect(pages.reduce((sum, rows) => sum + rows, 0)).toBeGreaterThanOrEqual(410);
    await conductor.stop();
    expect(errors).toEqual([]);
  });
});
